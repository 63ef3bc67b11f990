"""Prose documents, continued: how templates are written down, greetings and remarks, other languages, test kinds."""

from __future__ import annotations


def templates(block: str) -> list[str]:
    """The templates of a block, one a line; a line that begins with a space continues the one before, `¶` is a line
    break."""
    out: list[str] = []
    for line in block.strip("\n").split("\n"):
        if line.startswith(" "):
            out[-1] += " " + line.strip()
        elif line:
            out.append(line.strip())
    return [template.replace("¶", "\n") for template in out]


GREETINGS = {
    "en": templates("""
[Hi|Hello|Dear|Hey] {first},
[Hi|Hello] {first} and {2:first},
Dear [Mr.|Ms.|Mrs.|Dr.|Prof.] {last},
Good [morning|afternoon|evening] {first},
Dear customer,
[Hi|Hello] team,
[Hi all|Hello everybody|Dear all],
To whom it may concern,
Dear Sir or Madam,
Hi there,
"""),
    "de": ["[Hallo|Hi|Liebe|Lieber] {first},", "Sehr geehrte Frau {last},", "Sehr geehrter Herr [Dr. |]{last},",
           "Sehr geehrte Damen und Herren,", "Liebes Team,", "Guten Tag [Frau|Herr] {last},"],
    "fr": ["[Bonjour|Salut|Cher|Chère] {first},", "[Madame|Monsieur] {last},", "Madame, Monsieur,", "Bonjour à tous,",
           "Chère [Madame|Docteure] {last},"],
    "es": ["[Hola|Querida|Querido] {first}:", "Estimado Sr. {last}:", "Estimada Sra. {last}:", "Buenos días:",
           "A quien corresponda:", "Hola, equipo:"],
    "it": ["[Ciao|Cara|Caro] {first},", "Gentile [Sig. |Sig.ra |Dott. ]{last},", "Buongiorno,", "Spett.le Ufficio,",
           "Ciao a tutti,"],
    "nl": ["[Hoi|Beste|Hallo] {first},", "Geachte [heer|mevrouw] {last},", "Geachte heer/mevrouw,", "Beste allemaal,"],
    "pt": ["[Olá|Oi|Cara|Caro] {first},", "Prezado Sr. {last},", "Exma. Sra. {last},", "Bom dia,", "Prezados,"],
    "pl": ["[Cześć|Hej|Witaj] {first},", "Szanowny Panie {last},", "Szanowni Państwo,", "Dzień dobry,"],
    "sv": ["[Hej|Hejsan|Bästa] {first},", "Hej allihop!", "Till den det berör,", "God morgon {first},"],
    "tr": ["[Merhaba|Selam|Sevgili] {first},", "Sayın {last},", "Sayın yetkili,", "Herkese merhaba,", "{first} Bey,"],
}

CLOSINGS = {
    "en": templates("""
[Best|Thanks|Cheers|Regards],¶{first}
[Kind|Best|Warm] regards,¶{name}
Sincerely,¶{name}¶{job_title}
Yours [faithfully|truly],¶{initial_last}
[Thank you.|Many thanks in advance!|Please advise.]
{first}
- {first} {last}, {city}
Regards,¶{name} | {phone} | {email}
The Customer Care Team
Sent from my mobile
"""),
    "de": ["[Viele|Beste|Liebe] Grüße¶{first}", "Mit freundlichen Grüßen¶{name}", "Danke im Voraus!", "MfG {last}"],
    "fr": ["Cordialement,¶{name}", "[Merci d'avance.|Bonne journée !]", "Bises, {first}",
           "Bien à vous,¶{initial_last}"],
    "es": ["[Un saludo|Saludos|Atentamente],¶{name}", "Muchas gracias.", "Un abrazo, {first}", "{first}"],
    "it": ["[Cordiali saluti|Distinti saluti],¶{name}", "Grazie mille!", "A presto, {first}", "{initial_last}"],
    "nl": ["[Met vriendelijke groet|Groeten],¶{name}", "Alvast bedankt!", "Groetjes, {first}"],
    "pt": ["[Atenciosamente|Cumprimentos],¶{name}", "Obrigado desde já.", "Abraço, {first}"],
    "pl": ["[Pozdrawiam|Z poważaniem],¶{name}", "Dziękuję z góry.", "Pozdrowienia, {first}"],
    "sv": ["[Med vänlig hälsning|Hälsningar],¶{name}", "Tack på förhand!", "Kram, {first}"],
    "tr": ["[Saygılarımla|İyi çalışmalar],¶{name}", "Şimdiden teşekkürler.", "Sevgiler, {first}"],
}
CLOSINGS = {language: [text.replace("¶", "\n") for text in texts] for language, texts in CLOSINGS.items()}

# Remarks that hold no personal data.
FILLERS = {
    "en": templates("""
Please let me know if you need anything else.
May I also ask about the grace period?
Nice work on version {version}, by the way.
The reference is {order_id}.
[Invoice|Quote|Case] {invoice} is attached as {filename}.
We will mark this as done on {weekday}.
The total is {price} including tax.
I have read the Terms and Conditions.
That was on {date} at {time}.
Error {error_code} appeared again.
It took {duration}, which is {percent} longer than before.
The mobile app shows nothing.
Bill me later, please.
My {animal} is 9 years old and sleeps through all of it.
The {product} is {color} and 3 years old.
Serial number {sku}, lot {number}.
Do not call {phone_like}, it is a fax.
Reading the manual did not help.
As of {month} {year}, the price is {price}.
Tracking: {tracking}
Internal id {uuid}, build {hash}.
The reference number on the form is {card_like}.
Roses for reception, tulips for the hall, please.
Hunter green would be my choice.
Turkey or ham? Either will do.
Monday is a bank holiday.
We use {model_name} for drafts only.
Our {job_title} is out until {weekday}.
Chapter {number} deals with the rest.
Everything Else Stays The Same.
PS: the meeting room is called Jupiter now.
The bath is broken and the hall light is dim.
Ticket {ticket_id} has the details.
Jack and socket don't match, see page {number}.
Note: section {number}.{number} applies from {date}.
Hope this helps.
Perhaps in spring, when the lilac and the iris bloom.
Nothing urgent. Whenever you can.
Ask the doctor, the lawyer or the tax office.
Joy, grief and hunger: that is the whole plot.
Our Spanish and {language} pages will follow in {month}.
The china in the cabinet is older than the house, 150 years at least.
"""),
    "loose": templates("""
lol
ok will do
brb, reading
nice one
may be late, sorry
cant believe its {weekday} already
idk, mark it as read
{number} times now
ty!!
it costs like {price}
version {version} is fine tho
haha same
the bill was {price}, wow
yeah no thats fine
call the shop not me
so anyway
thats what she said
pic is {filename}
will it rain
{time} ok?
"""),
    "de": ["Die Rechnung {invoice} liegt bei.", "Bitte um Rückruf.", "Version {version} läuft stabil.",
           "Das Paket wiegt {number} Kilo.", "Der Schrank ist 30 Jahre alt.", "Am {date} um {time} passt es gut.",
           "Im Mai blüht die Rose.", "Frohe Ostern!", "Der Preis beträgt {price}."],
    "fr": ["La facture {invoice} est jointe.", "Merci de votre aide.", "La version {version} fonctionne.",
           "Le colis {tracking} est en route.", "Le vin a 12 ans.", "Rendez-vous le {date} à {time}.",
           "La rose est une fleur.", "Le prix est de {price}."],
    "es": ["La factura {invoice} está adjunta.", "Gracias por la ayuda.", "La versión {version} va bien.",
           "El coche tiene 10 años.", "Quedamos el {date} a las {time}.", "El pedido {order_id} sigue pendiente.",
           "Cuesta {price}.", "El sol sale para todos."],
    "it": ["In allegato la fattura {invoice}.", "Grazie per l'aiuto.", "La versione {version} funziona.",
           "La casa ha 50 anni.", "Va bene il {date} alle {time}.", "L'ordine {order_id} è in ritardo.",
           "Costa {price}."],
    "nl": ["De factuur {invoice} zit erbij.", "Versie {version} werkt goed.", "De kast is 40 jaar oud.",
           "Op {date} om {time} is prima.", "Bestelling {order_id} is onderweg.", "Het kost {price}."],
    "pt": ["Segue a fatura {invoice}.", "A versão {version} funciona.", "O carro tem 8 anos.",
           "Pode ser dia {date} às {time}.", "O pedido {order_id} está atrasado.", "Custa {price}."],
    "pl": ["Faktura {invoice} w załączniku.", "Wersja {version} działa.", "Dom ma 60 lat.",
           "Pasuje {date} o {time}.", "Zamówienie {order_id} jest w drodze.", "Cena wynosi {price}."],
    "sv": ["Faktura {invoice} bifogas.", "Version {version} fungerar.", "Båten är 25 år gammal.",
           "Det passar {date} kl. {time}.", "Order {order_id} är på väg.", "Det kostar {price}."],
    "tr": ["Fatura {invoice} ektedir.", "Sürüm {version} çalışıyor.", "Araba 10 yaşında.",
           "{date} saat {time} uygundur.", "Sipariş {order_id} yolda.", "Fiyatı {price}."],
}

OTHER_LANGUAGES = {
    "support_ticket.de": templates("""
Mein Name ist {name}, meine Bestellung {order_id} ist nicht angekommen. Sie erreichen mich unter {phone} oder {email}.
Seit Version {version} stürzt die App ab, Fehler {error_code}. Neustart hat nichts gebracht.
Bitte ändern Sie meine Adresse: {address}. Kundennummer {number}, geboren am {dob}.
Kundin {last} aus {city} wurde zweimal mit {amount} belastet, IBAN {iban}.
"""),
    "chat_message.de": templates("""
hey {first}, bist du schon in {location}? {2:first} wartet
kannst du {2:first} mal fragen ob sie morgen kann, meine nummer ist {phone}
nee, der grüne ist schöner, kostet aber {price}
"""),
    "email.de": templates("""
Von: {name} <{email}>¶Betreff: Angebot {invoice}¶¶Hallo {2:first}, anbei das Angebot über {amount}. Gruß, {first}
Frau Dr. {last} ist bis {date} nicht im Haus. Herr {2:last} ({2:email}) vertritt sie.
Die Sitzung wird auf {date}, {time} verschoben. Bitte bringen Sie die Unterlagen mit.
"""),
    "news_paragraph.de": templates("""
{city}. Der {age}-jährige {name} ist seit Montag [neuer Chef|Sprecher] von {org} geworden.
In {location} stiegen die Mieten um {percent}, wie {org} mitteilte. {last} fordert eine Bremse.
Die Preise für Holz sind im {year} um {percent} gefallen. Der Wald ist trocken, die Jäger klagen.
"""),
    "prompt_to_llm.de": templates("""
Schreibe eine Absage an {name}, {address_line}. Freundlich, aber knapp.
Fasse zusammen: {first} {last} ({age}) aus {city} hat sich bei {org} als Bäcker beworben.
Erkläre mir den Unterschied zwischen {model_name} und {model_name} in {number} Sätzen.
"""),
    "plain_text.de": templates("""
Der Bäcker öffnet um {time}, der Müller mahlt, der Schneider näht. Montag ist Ruhetag.
Sehr geehrte Kundin, sehr geehrter Kunde, Ihre Sendung {tracking} ist unterwegs. Der Winter war lang, die Birne süß.
"""),
    "support_ticket.fr": templates("""
Je m'appelle {name} et ma commande {order_id} n'est pas arrivée. Vous pouvez me joindre au {phone} ou à {email}.
L'application plante depuis la version {version}, code {error_code}. Que faire ?
Ma nouvelle adresse : {address}. Merci de corriger la facture {invoice}.
Le client {last} ({city}) a été débité deux fois de {amount} sur le compte {iban}.
"""),
    "chat_message.fr": templates("""
coucou {first}, t'es où ? {2:first} est déjà à {location}
demande à {first} si elle vient samedi, son num c'est {phone}
nan le {number} est fermé, prends plutôt la ligne verte
"""),
    "email.fr": templates("""
De : {name} <{email}>¶Objet : Devis {invoice}¶¶Bonjour {2:first}, voici le devis de {amount}. Bien à toi, {first}
Mme {last} sera absente jusqu'au {date}. Contactez M. {2:last} au {2:phone}.
La réunion est reportée au {date} à {time}. L'ordre du jour reste inchangé.
"""),
    "news_paragraph.fr": templates("""
{name}, {age} ans, a été nommée à la tête de {org}, à {city}.
À {location}, les loyers ont grimpé de {percent}. « C'est trop », dit {first} {last}, né le {dob}.
La grâce du patinage, la rose des sables, le bain de minuit : l'été {year} fut doux.
"""),
    "prompt_to_llm.fr": templates("""
Rédige une lettre de refus pour {name}, {address_line}.
Résume ce message : « {first} part de {location} pour {other_city} avec {2:first}. »
Traduis en anglais : « Le fichier {filename} est trop lourd. »
"""),
    "plain_text.fr": templates("""
Cher client, votre colis {tracking} sera livré entre {time} et {time}. Le boulanger ferme le lundi.
Pierre qui roule n'amasse pas mousse. Mars est froid, mai est doux. Prix : {price}.
"""),
    "support_ticket.es": templates("""
Me llamo {name} y mi pedido {order_id} no ha llegado. Mi teléfono es {phone} y mi correo {email}.
La aplicación se cierra desde la versión {version}, error {error_code}. Ya la reinstalé.
Cambien mi dirección, por favor: {address}. Nací el {dob} y mi documento es {gov_id}.
A la clienta {last}, de {city}, se le cobró {amount} dos veces.
"""),
    "chat_message.es": templates("""
oye {first}, {2:first} ya está en {location}, ¿vienes?
pásame el número de {first}, creo que es {phone}
jaja no, el rojo cuesta {price} y es feo
"""),
    "email.es": templates("""
De: {name} <{email}>¶Asunto: Factura {invoice}¶¶Hola, {2:first}: te mando la factura de {amount}. {first}
La Dra. {last} no atiende hasta el {date}. Llame al Sr. {2:last}, {2:phone}.
La reunión pasa al {date} a las {time}. Traigan el informe.
"""),
    "news_paragraph.es": templates("""
{name}, de {age} años y vecino de {city}, dirige {org} desde {year}.
El alquiler subió un {percent} en {location}, según {org}. "No se puede", dijo {last}.
La rosa, el sol y la cruz adornan el escudo. La fiesta será el {date}.
"""),
    "prompt_to_llm.es": templates("""
Escribe una carta a {name}, {address_line}, para pedir el pago de {amount}.
¿Quién es {name}? Responde en {number} frases.
Explica cómo funciona {code_ident} en Python.
"""),
    "plain_text.es": templates("""
Estimado cliente: su paquete {tracking} llega mañana. El panadero cierra los lunes.
Mercedes y dones aparte, el dolor pasa y la paz queda. Capítulo {number}, página {number}.
"""),
    "support_ticket.it": templates("""
Mi chiamo {name}, il mio ordine {order_id} non è arrivato. Mi trovate al {phone} o a {email}.
Dalla versione {version} l'app si blocca con errore {error_code}.
Nuovo indirizzo: {address}. Codice fiscale {gov_id}.
La signora {last} di {city} ha pagato due volte {amount}; rimborso su {iban}.
"""),
    "chat_message.it": templates("""
ciao {first}, sei già a {location}? c'è anche {2:first}
il numero di {first} è {phone}, chiamalo tu
boh, quello verde costa {price}
"""),
    "email.it": templates("""
Da: {name} <{email}>¶Oggetto: Preventivo {invoice}¶¶Ciao {2:first}, ti mando il preventivo di {amount}. {first}
La dott.ssa {last} rientra il {date}. Per urgenze: {2:name}, {2:email}.
La riunione è spostata al {date}, ore {time}. Portate il file {filename}.
"""),
    "news_paragraph.it": templates("""
{name}, {age} anni, di {city}, è il nuovo presidente di {org}.
A {location} gli affitti crescono del {percent}. Lo ha detto {last} durante la visita a {other_city}.
La rosa è fiorita, il cacciatore dorme, la grazia resta. Fine del capitolo {number}.
"""),
    "prompt_to_llm.it": templates("""
Scrivi una mail a {name} ({email}) per annullare la cena a {location}.
Riassumi il testo: {first} e {2:first} lavorano per {org} dal {year}.
Qual è la differenza tra {model_name} e {model_name}?
"""),
    "plain_text.it": templates("""
Gentile cliente, il pacco {tracking} arriva tra le {time} e le {time}. Il fornaio chiude il lunedì.
La vite, l'uva, il mosto: tutto in {number} litri. Prezzo {price}.
"""),
    "support_ticket.nl": templates("""
Mijn naam is {name} en bestelling {order_id} is nooit bezorgd. Bel me op {phone} of mail {email}.
Sinds versie {version} sluit de app meteen, foutcode {error_code}.
Ik ben verhuisd naar {address}. Mijn rekening is {iban}.
Mevrouw {last} uit {city} heeft {amount} te veel betaald.
"""),
    "chat_message.nl": templates("""
hoi {first}, is {2:first} al in {location}?
vraag {first} ff of ie komt, nr is {phone}
nee joh, die groene is {price}, veel te duur
"""),
    "email.nl": templates("""
Van: {name} <{email}>¶Onderwerp: Offerte {invoice}¶¶Dag {2:first}, hierbij de offerte van {amount}. {first}
De heer {last} is afwezig tot {date}. Neem contact op met {2:name}, {2:phone}.
De vergadering is verzet naar {date}, {time} uur.
"""),
    "news_paragraph.nl": templates("""
{name} ({age}) uit {city} volgt {2:name} op als directeur van {org}.
In {location} steeg de huur met {percent}, zegt {last}.
De bakker, de visser en de smid staan op het oude bord van {year}.
"""),
    "prompt_to_llm.nl": templates("""
Schrijf een brief aan {name}, {address_line}, over factuur {invoice}.
Haal de namen uit deze tekst: {first} en {2:first} gingen van {location} naar {other_city}.
Wat doet {code_ident} in versie {version}?
"""),
    "plain_text.nl": templates("""
Beste klant, uw pakket {tracking} komt tussen {time} en {time}. Maandag zijn wij gesloten.
De roos bloeit, de beer slaapt, de vos jaagt. Bladzijde {number}.
"""),
    "support_ticket.pt": templates("""
O meu nome é {name} e a encomenda {order_id} não chegou. Telefone {phone}, e-mail {email}.
O aplicativo trava desde a versão {version}, erro {error_code}.
Novo endereço: {address}. Documento: {gov_id}.
Cliente {last}, de {city}, pagou {amount} duas vezes.
"""),
    "chat_message.pt": templates("""
oi {first}, a {2:first} já tá em {location}?
o número do {first} é {phone}, liga lá
não, o verde custa {price}, caro demais
"""),
    "email.pt": templates("""
De: {name} <{email}>¶Assunto: Fatura {invoice}¶¶Olá {2:first}, segue a fatura de {amount}. {first}
A Dra. {last} volta em {date}. Fale com {2:name}, {2:phone}.
A reunião passou para {date}, às {time}.
"""),
    "news_paragraph.pt": templates("""
{name}, de {age} anos, natural de {city}, assume a {org}.
Em {location}, o aluguel subiu {percent}, disse {last} em visita a {other_city}.
A rosa, a oliveira e a pereira crescem no pátio. A feira abre às {time}.
"""),
    "prompt_to_llm.pt": templates("""
Escreva uma carta para {name}, {address_line}, pedindo {amount}.
Resuma: {first} e {2:first} trabalham na {org}.
Explique a diferença entre {model_name} e {model_name}.
"""),
    "plain_text.pt": templates("""
Prezado cliente, o pacote {tracking} chega amanhã. O padeiro fecha à segunda-feira.
Graça, fé e esperança. Capítulo {number}, página {number}, preço {price}.
"""),
    "support_ticket.pl": templates("""
Nazywam się {name}, zamówienie {order_id} nie dotarło. Telefon: {phone}, mail: {email}.
Od wersji {version} aplikacja się zamyka, błąd {error_code}.
Mój nowy adres: {address}. PESEL lub dowód: {gov_id}.
Klient {initial_last}, {city}: dwa razy pobrano {amount} z konta {iban}.
"""),
    "chat_message.pl": templates("""
hej {first} jesteś? pisała {2:first}, numer {phone}
nie, zielony kosztuje {price}, za drogo
kto to {name}? znasz?
"""),
    "email.pl": templates("""
Od: {name} <{email}>¶Temat: Faktura {invoice}¶¶Cześć {2:first}, w załączniku faktura na {amount}. {first}
Pani {last} wraca {date}. Kontakt: {2:name}, {2:phone}.
Spotkanie przeniesiono na {date}, godz. {time}.
"""),
    "news_paragraph.pl": templates("""
{name} (lat {age}, {city}) kieruje firmą {org}.
{location}: czynsze wzrosły o {percent}. „To za dużo” – mówi {name}.
Kowal kuł, młynarz mielił, a wilk spał. Rozdział {number}.
"""),
    "prompt_to_llm.pl": templates("""
Napisz list, adresat: {name}, {address_line}. Temat: zaległa kwota {amount}.
Kim jest {name}?
Wyjaśnij, co robi {code_ident} w wersji {version}.
"""),
    "plain_text.pl": templates("""
Szanowny Kliencie, paczka {tracking} będzie jutro. W poniedziałek nieczynne.
Maj jest ciepły, marzec zimny, róża kwitnie. Cena: {price}.
"""),
    "support_ticket.sv": templates("""
Jag heter {name} och min order {order_id} kom aldrig. Ring {phone} eller mejla {email}.
Appen kraschar sedan version {version}, felkod {error_code}.
Min nya adress är {address}. Personnummer {gov_id}.
Kund {last} från {city} har betalat {amount} två gånger.
"""),
    "chat_message.sv": templates("""
tja {first}, är {2:first} i {location} än?
fråga {first} om hon kan på lördag, nr {phone}
nä den gröna kostar {price}
"""),
    "email.sv": templates("""
Från: {name} <{email}>¶Ämne: Offert {invoice}¶¶Hej {2:first}, här är offerten på {amount}. {first}
{name} är borta till {date}. Kontakta {2:name}, {2:email}.
Mötet flyttas till {date} kl. {time}.
"""),
    "news_paragraph.sv": templates("""
{name}, {age}, från {city} blir ny chef för {org}.
I {location} steg hyrorna med {percent}, säger {last}.
Björn och varg syntes vid sjön. Rosen blommar i juni.
"""),
    "prompt_to_llm.sv": templates("""
Skriv ett brev till {name}, {address_line}, om faktura {invoice}.
Sammanfatta: {first} och {2:first} reste från {location} till {other_city}.
Vad är skillnaden mellan {model_name} och {model_name}?
"""),
    "plain_text.sv": templates("""
Bästa kund, paketet {tracking} kommer mellan {time} och {time}. Stängt på måndag.
Sten, ek och lind. Kapitel {number}, sida {number}.
"""),
    "support_ticket.tr": templates("""
Adım {name}, {order_id} numaralı siparişim gelmedi. Telefonum {phone}, e-postam {email}.
{version} sürümünden beri uygulama çöküyor, hata {error_code}.
Yeni adresim: {address}. Kimlik numaram {gov_id}.
Müşteri {last} ({city}) iki kez {amount} ödemiş, IBAN {iban}.
"""),
    "chat_message.tr": templates("""
selam {first}, {2:first} geldi mi? {location} tarafındayım
{first}'e sor, numarası {phone}
yok ya, yeşil olan {price}, çok pahalı
"""),
    "email.tr": templates("""
Kimden: {name} <{email}>¶Konu: Fatura {invoice}¶¶Merhaba {2:first}, {amount} tutarındaki fatura ektedir. {first}
{last} Hanım {date} tarihine kadar izinli. {2:name} ile görüşün: {2:phone}.
Toplantı {date}, saat {time} olarak değişti.
"""),
    "news_paragraph.tr": templates("""
{city} doğumlu {name} ({age}), {org} başkanı oldu.
{location}'da kiralar {percent} arttı. {last}, "Bu çok fazla" dedi.
Deniz sakin, güneş sıcak, gül kırmızı. Yağmur beklenmiyor.
"""),
    "prompt_to_llm.tr": templates("""
{name} için kısa bir mektup yaz. Adres: {address_line}. Konu: {amount} borç.
{name} kimdir?
{code_ident} ne işe yarar? {number} cümleyle anlat.
"""),
    "plain_text.tr": templates("""
Sayın müşterimiz, {tracking} numaralı paketiniz yarın gelecek. Pazartesi kapalıyız.
Umut, barış ve sevgi. Bölüm {number}, sayfa {number}, fiyat {price}.
"""),
}

HELD_OUT_KINDS = {
    "court_snippet": templates("""
The plaintiff, {name}, filed suit against {2:name} in {location} on {date}.
{last} v. {2:last}, No. {number}, slip op. at {number} ({year}).
Judge {last} sustained the objection. Counsel for the defence, Ms. {2:last}, took exception.
The witness {name}, {age}, of {address_line}, was sworn and testified as follows.
MR. {last}: Objection, hearsay.¶THE COURT: Overruled. Proceed, Ms. {2:last}.
Exhibit {number}, a {number} page ledger, was admitted without objection. Exhibit {number} was not.
Defendant {name} (DOB {dob}, SSN {ssn}) is ordered to pay {amount} within {duration}.
Appeal dismissed. Costs follow the event. Leave to appeal refused on {date}.
In re Estate of {name}, deceased, late of {city}, {state}.
The Court finds that {org} knew of the defect as early as {month} {year}.
It is so ordered. The clerk will mark the file closed and bill the parties equally.
Counsel may approach. Will the jury please rise? Grace was shown, no more.
{name} and {2:name}, husband and wife, seek custody of {3:first}, now {3:age}.
Served by post on {name} at {address}, and by mail at {email}.
hearing got moved to {weekday} {time}, judge {last} is sick, tell {2:first}
my lawyer {first} says {2:last} lied under oath, case no {order_id}
lost the case. {amount} gone, plus {percent} interest. never again
According to {2:name}'s affidavit, {last} left {location} for {other_city} the same night.
The statute requires notice within {number} days. Section {number}(b) is silent on fax.
Appearances: {name} for the appellant; {2:name} and {3:name} for the respondent {org}.
The interpreter rendered the {language} text of page {number} into English.
bail was {price}, {first}s mum in {city} paid it from {bank_account}
"""),
    "police_report": templates("""
On {date} at approx. {time}, Officer {last} responded to a burglary at {address_line}.
Complainant {name}, DOB {dob}, states that a {color} bicycle was taken from {street}.
Suspect is described as male, 6 ft, {color} jacket, fled toward the market on foot.
Stopped vehicle, driver {name}, licence {driver_license}, registered in {state}. Passenger {2:name}, age {2:age}.
Items recovered: one {product}, serial {sku}; cash {amount}; two mobile phones; a china vase.
Statement of {name}: "I was walking home from {location} when {2:first} shouted."
R/O spoke to {initial_last} by phone at {phone}. No further action.
Case {ticket_id} closed on {date}. Evidence tag {number}, locker {number}.
Victim {last}, {first}, transported to hospital in {other_city}. Next of kin {2:name} ({2:phone}) informed.
Officers {last} and {2:last} canvassed the block. Nobody had seen anything.
The IP {ip} was traced to an account in the name of {name}, {email}.
Vehicle: {color} van, {number} km, 12 years old, plate unreadable.
Missing: {name}, {age}, last seen in {city} on {date} wearing a {color} coat.
Hunter reported shots near the reservoir. Grouse season opened on {date}. Unfounded.
Speed 83 in a 50 zone. Warning issued. Form {number} rev. {version}.
{name} (passport {passport}, citizen of {country}) was released at {time}.
so some guy named {first} hit my car on {street}, plate starts with {number}, {weekday} night
cops came at {time}, took the {animal}, left. no report no nothing
call me if u find my wallet, card {card}, id {gov_id}, thx {first}, {phone}
Det. {last} to interview {2:first} {2:last} again re: {org}.
Radio log {time}: unit {number} to base, two males at the bath house, nothing found.
neighbour {2:last} saw it all, lives {2:street}, knocks off at {time}
"""),
    "visa_application": templates("""
Surname: {last}¶Given names: {first}¶Date of birth: {dob}¶Place of birth: {other_city}¶Passport no.: {passport}
I, {name}, citizen of {country}, apply for a visitor visa from {date} to {date}.
Purpose of travel: visit to my cousin {2:name}, who lives at {2:address_line}.
My sponsor {2:name} works at {org} in {2:city} as a {job_title} and will cover {amount}.
Fee: {price}. Processing time: {duration}. Photos must be 35 x 45 mm and not older than 6 months.
Previous visits: {location} ({year}), {location} ({year}), {other_city} ({year}).
Our embassy in {other_city} received your form on {date}. Quote {order_id} in all mail.
Children travelling with me: {2:first} ({2:age}) and {3:first} ({3:age}).
Father: {2:name}, born {2:dob}. Mother: {3:name}, born {3:dob}.
Applicant's contact: {phone}, {email}. Home: {address}
Type C visa, multiple entry, {number} days. Not valid for work. May be extended once.
Employer letter signed by {2:initial_last}, dated {date}, salary {amount} a year.
Do you speak {language}? Level B1 is required; German and French count too.
Refused under Article {number}. You may appeal within {number} days. Bring Form {number}.
hi my visa for {country} expires {date}, name {name}, what do i do
is it faster in {location} or {other_city}? {first} got hers in {duration}
they want bank statements, {number} of them, all stamped, for a {price} visa. nice
{first} flew out yesterday, passport {passport} came back just in time
Invitation: Mr. and Mrs. {last} of {city} invite {2:name} to stay from {date}.
National identity no. {gov_id}; driving licence {driver_license}; issued in {state}.
Will you visit farms? Will you carry more than {amount} in cash? Tick Yes or No.
pls check if {2:last}, {2:first} is spelled right on page {number}
"""),
    "charity_letter": templates("""
Dear {first},¶thanks to your gift of {amount}, {2:first} in {location} can go to school.
Dear friend, winter is coming and {number} families still sleep outside. Will you help?
Meet {name}, {age}, from {other_city}. [She|He] walks {number} km for water.
Please make your gift to {org}, IBAN {iban}, reference {invoice}.
Mr. {last} left us {amount} in his will. His house at {street} now shelters nine people.
Tax receipt {number} for {name}, {address_line}: {amount} in {year}.
Our volunteers {first}, {2:first} and {3:first} packed {number} boxes on {weekday}.
"Every penny counts," says {name}, who founded {org} in her kitchen in {city}.
The Spring Appeal closes on {date}. Gifts are matched up to {amount}.
Give hope. Give joy. A blanket costs {price}, a stove {price}.
Please update your details: {name}, {phone}, {email}.
Warmly,¶{name}¶Chair of Trustees, {org}¶{address}
In memory of {name}, loved by all in {city}, flowers declined.
Of each {price} we spend {percent} on food, {percent} on care and {percent} on the office.
Hunters for Hunger, Baths for All, Books by Bike: pick your cause and mark the box.
hey {first}, running for charity in {location} on {weekday}, chip in? {url}
gave {price} last {month}, still no receipt, order {order_id}. anyone there??
{2:first} from the food bank says hi and wants the van keys back
stop sending letters to {address_line}, {last} doesnt live here
Bequests may be sent to our {job_title}. We will treat all letters in confidence.
A 90 year old barn became our shelter; {number} goats and one very old {animal} live there.
Dear Mrs. {last}, Sister {2:first} asked me to thank you and {3:first} for the quilts.
"""),
    "tenancy_dispute": templates("""
Dear {last},¶the deposit of {amount} for {address_line} is still unpaid. You have {number} days.
My landlord {name} entered the flat at {street} without notice on {date}.
Tenants {name} and {2:name} dispute the bill for heating, {amount}.
The mould in the bath was reported on {date}, again on {date}, and never fixed.
Rent rose by {percent} in {month}. Clause {number} allows no more than {percent}.
Agent {initial_last} of {org} said I may repaint. Now {2:last} wants {price} for it.
Please forward the meter reading ({number}) and the inventory.
Notice to quit served on {name}, {address}, on {date} at {time}.
The boiler is 22 years old, the windows are older. Marks on the wall are wear and tear.
Witness statement of {name}, {age}, neighbour at {2:street}: noise after {time}, most nights.
Pay into {iban} ({name}), not into the old account.
{first}'s lodger, {2:first}, kept a {animal} against the lease.
Mediation is set for {date} in {location}; both sides shall bring receipts.
Former tenant {name}, now of {other_city}, can be reached at {phone}.
The Rent Tribunal, ref. {ticket_id}, will decide on papers. No hearing will be held.
landlord wont answer, name is {name}, email {email}, any1 know him?
{price} for a broken cup lol, china from 1980 apparently
{first} upstairs leaks water again, third time, im at {street}
moved from {location} to {other_city}, still paying both, {last} keeps the deposit
According to Ms {last}, the keys were handed to {2:first} in {month}.
Schedule of Condition: Hall: good. Kitchen: fair. Bath: poor. Rose trellis: missing.
sick of {2:last} and his {number} page letters. {3:first} says ignore
"""),
    "dating_profile": templates("""
{first}, {age}, {city}. Looking for someone who laughs at bad puns.
Hi, I'm {first}! {job_title} by day, baker of {food} by night.
Originally from {location}, now in {city}. Six feet tall, two left feet.
I like long walks, old maps, frank talk and a hot bath. No drama.
Swipe right if you can cook {food}. Left if you hate my 13 year old {animal}.
My friends {2:first} and {3:first} made me write this.
Text me on {phone} or find me as {username}.
Name: {first} {last}¶Age: {age}¶Location: {city}, {country}¶Star sign: Leo
Will trade {product} for good company. Must love reading.
Two truths and a lie: I met {2:name}, I lived in {other_city}, I can juggle.
Ask me about the night train from {location} to {other_city}.
Works at {org}, dreams of {location}. {first}'s the name.
Favourites: rose wine, jade plants, {color} socks, rainy {weekday}s.
Not here for hookups. Faith, hope and a nice sense of humour matter to me.
im {first} and im {age}, just moved to {city} pls be kind
lol {2:first} from {2:city} if u see this im sorry
dont ask for my number its {phone_like} and its fake
insta: {username} / snap: {2:username}
5'11, {number} kg, no kids, coffee > tea, may bite
had a great time w {2:first} but she moved to {other_city} so here i am
Recently divorced, {age}, father of {2:first} ({2:age}). Weekends in {location}.
My hunter instinct finds parking anywhere. Level {number} in patience.
"""),
}

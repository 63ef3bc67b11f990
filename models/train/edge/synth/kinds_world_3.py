"""Newspaper sentences, encyclopedia and posts of ten languages, and how those name countries and institutions."""

from __future__ import annotations

from .kinds_prose_2 import templates


def _lines(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", ",").split(",") if item.strip()]


# Where most people of a language's texts are from.
HOMES = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE"), "es": ("ES", "MX", "AR", "CL", "CO"), "it": ("IT",), "pt": ("PT",
    "BR"),
    "nl": ("NL", "BE"), "pl": ("PL",), "sv": ("SE",), "tr": ("TR",), "da": ("DK",),
}
COUNTRY_NAMES = {
    "de": _lines("""Deutschland, Österreich, Schweiz, Frankreich, Italien, Spanien, Portugal, Polen, Tschechien, Ungarn,
    Russland, Ukraine, Türkei, Griechenland, Großbritannien, England, Schottland, Irland, Schweden, Norwegen, Dänemark,
    Finnland, Belgien, Luxemburg, USA, Kanada, Mexiko, Brasilien, Argentinien, China, Japan, Indien, Australien,
    Ägypten,
    Südafrika, Israel, Syrien, Irak, Iran, Afghanistan, Kroatien, Serbien, Slowenien, Rumänien, Bulgarien, Albanien,
    Bayern, Sachsen, Hessen, Thüringen, Tirol, Kärnten, Europa, Afrika, Asien, Nordamerika"""),
    "fr": _lines("""France, Allemagne, Espagne, Italie, Portugal, Belgique, Suisse, Pologne, Russie, Ukraine, Turquie,
    Grèce,
    Angleterre, Irlande, Écosse, Suède, Norvège, Danemark, Finlande, Roumanie, Hongrie, Algérie, Tunisie, Égypte,
    Maroc, Sénégal, Mali, Cameroun, États-Unis, Canada, Mexique, Brésil, Argentine, Chine, Japon, Inde, Syrie, Irak,
    Bretagne, Normandie, Provence, Alsace, Corse, Catalogne, Europe, Afrique"""),
    "es": _lines("""España, México, Argentina, Chile, Colombia, Perú, Uruguay, Bolivia, Ecuador, Cuba, Venezuela,
    Francia,
    Alemania, Italia, Portugal, Reino Unido, Inglaterra, Irlanda, Polonia, Rusia, Ucrania, Turquía, Grecia, Suecia,
    Estados Unidos, Canadá, Brasil, China, Japón, Marruecos, Egipto, Siria, Irak, Israel, Cataluña, Galicia, Andalucía,
    Europa, América Latina"""),
    "it": _lines("""Italia, Francia, Germania, Spagna, Portogallo, Svizzera, Austria, Polonia, Russia, Ucraina, Turchia,
    Grecia, Inghilterra, Irlanda, Scozia, Svezia, Norvegia, Ungheria, Romania, Croazia, Stati Uniti, Canada, Messico,
    Brasile, Cina, Giappone, Egitto, Libia, Tunisia, Siria, Sicilia, Toscana, Lombardia, Puglia, Sardegna, Europa"""),
    "pt": _lines("""Portugal, Brasil, Angola, Moçambique, Cabo Verde, Espanha, França, Alemanha, Itália, Inglaterra,
    Irlanda,
    Suíça, Bélgica, Polónia, Rússia, Ucrânia, Turquia, Grécia, Suécia, Estados Unidos, Canadá, México, Argentina, Chile,
    China, Japão, Índia, Marrocos, Egito, Minas Gerais, Bahia, Alentejo, Algarve, Paraná, Europa, América do Sul"""),
    "nl": _lines("""Nederland, België, Duitsland, Frankrijk, Spanje, Italië, Engeland, Ierland, Polen, Rusland,
    Oekraïne,
    Turkije, Griekenland, Zweden, Noorwegen, Denemarken, Zwitserland, Oostenrijk, Amerika, Canada, Brazilië, China,
    Japan, Suriname, Marokko, Egypte, Indonesië, Zeeland, Drenthe, Vlaanderen, Limburg, Friesland, Europa, Afrika"""),
    "pl": _lines("""Polska, Niemcy, Francja, Hiszpania, Czechy, Słowacja, Litwa, Ukraina, Rosja, Białoruś, Turcja,
    Szwecja,
    Anglia, Szkocja, Irlandia, Chiny, Japonia, Kanada, Brazylia, Egipt, Europa, Afryka"""),
    "sv": _lines("""Sverige, Norge, Danmark, Finland, Island, Tyskland, Frankrike, Spanien, Italien, Polen, Ryssland,
    Ukraina, Turkiet, England, Irland, USA, Kanada, Kina, Japan, Brasilien, Skåne, Dalarna, Europa, Afrika"""),
    "tr": _lines("""Türkiye, Almanya, Fransa, İspanya, İtalya, Yunanistan, Rusya, Ukrayna, Bulgaristan, Suriye, Irak,
    İran,
    Mısır, Çin, Japonya, Hollanda, İngiltere, Avusturya, Avrupa, Anadolu"""),
    "da": _lines("""Danmark, Sverige, Norge, Finland, Island, Tyskland, Frankrig, Spanien, Italien, Polen, Rusland,
    Ukraine,
    Tyrkiet, England, Irland, USA, Grønland, Kina, Japan, Jylland, Fyn, Sjælland, Europa, Afrika"""),
}
BODIES = {
    "en": _lines("""Senate, House of Representatives, Congress, Parliament, Supreme Court, State Department, Pentagon,
    European Union, EU, United Nations, UN, NATO, Security Council, European Parliament, Labour Party,
    Conservative Party,
    Treasury, House of Commons, Knesset, Duma, Justice Department, Federal Reserve, Fed, World Health Organization,
    OPEC,
    International Criminal Court, African Union, Council of Europe, Coast Guard, Navy, Home Office, Foreign Office, ECB,
    Bank of England, Congressional Budget Office, Green Party, Royal Society, UNHCR, OSCE, IAEA, WTO, FIFA, UEFA,
    NCAA"""),
    "de": _lines("""Bundestag, Bundesrat, Bundesgerichtshof, Bundesverfassungsgericht, Bundesbank, SPD, CDU, CSU, FDP,
    EU,
    Europäische Zentralbank, EZB, Deutsche Bahn, Landtag, Auswärtiges Amt, Bundeswehr, Bundeskartellamt,
    Statistisches Bundesamt,
    Bundesagentur für Arbeit, Caritas, Diakonie, Deutscher Fußball-Bund, DFB, ADAC, ARD, ZDF, Nationalrat, ÖVP,
    SPÖ, Verdi, IG Metall, Greenpeace, Technisches Hilfswerk, UNO, Nato, Europäisches Parlament, Goethe-Institut,
    Max-Planck-Gesellschaft, Deutscher Wetterdienst, Umweltbundesamt, Robert-Koch-Institut"""),
    "fr": _lines("""Assemblée nationale, Sénat, Conseil d'État, Conseil constitutionnel, Cour des comptes,
    Banque de France,
    SNCF, RATP, Parti socialiste, CGT, CFDT, Medef, Union européenne, UE, ONU, OTAN, Insee, CNRS, Commission européenne,
    Croix-Rouge, Météo-France, Quai d'Orsay, La Poste, Secours populaire, Cour de cassation, Le Monde,
    Parlement européen"""),
    "es": _lines("""Congreso, Senado, Tribunal Supremo, Banco de España, Renfe, PSOE, PP, Unión Europea, UE, ONU,
    OTAN, INE,
    Guardia Civil, Cruz Roja, Comisión Europea, Tribunal Constitucional, Correos, Real Academia Española, RAE, UGT,
    Policía Nacional, PRI, PAN, OEA, Fiscalía General, Ministerio de Sanidad, Parlamento Europeo, CSIC"""),
    "it": _lines("""Camera dei deputati, Senato, Corte costituzionale, Banca d'Italia, Trenitalia,
    Partito Democratico, Lega,
    Unione Europea, UE, ONU, Nato, Istat, Carabinieri, Guardia di Finanza, Protezione civile, Croce Rossa, Cgil,
    Confindustria,
    Commissione europea, Rai, Inps, Corte dei conti, Cassazione, Anas, Legambiente, Parlamento europeo"""),
    "pt": _lines("""Assembleia da República, Senado, Supremo Tribunal Federal, STF, Banco de Portugal, Banco Central,
    CP, PS,
    PSD, PT, União Europeia, UE, ONU, NATO, INE, IBGE, Polícia Federal, GNR, Cruz Vermelha, Petrobras,
    Câmara dos Deputados,
    Tribunal de Contas, Ministério Público, Comissão Europeia, RTP, Ordem dos Médicos, USP"""),
    "nl": _lines("""Tweede Kamer, Eerste Kamer, Hoge Raad, Raad van State, De Nederlandsche Bank, NS, VVD, PvdA, CDA,
    D66,
    Europese Unie, EU, VN, NAVO, CBS, KNMI, Rode Kruis, Rijkswaterstaat, FNV, ANWB, KNVB, RIVM, Europese Commissie, NOS,
    Openbaar Ministerie, Belastingdienst, Staatsbosbeheer"""),
    "pl": _lines("""Sejm, Senat, Sąd Najwyższy, Trybunał Konstytucyjny, NBP, PKP, PiS, PSL, Unia Europejska, UE, ONZ,
    NATO,
    GUS, Caritas, Komisja Europejska, ZUS, Solidarność, PAN, IMGW, PZPN, Orlen"""),
    "sv": _lines("""Riksdagen, Högsta domstolen, Riksbanken, SJ, Socialdemokraterna, Moderaterna, EU, FN, Nato, SCB,
    SMHI,
    Röda Korset, Trafikverket, Skatteverket, LO, Svenska Akademien, SVT, Försäkringskassan, Europaparlamentet"""),
    "tr": _lines("""TBMM, Anayasa Mahkemesi, Yargıtay, Merkez Bankası, TCDD, CHP, AKP, Avrupa Birliği, AB, BM, NATO,
    TÜİK,
    Kızılay, AFAD, Millî Eğitim Bakanlığı, TRT, Danıştay, TÜBİTAK, Diyanet, Avrupa Komisyonu"""),
    "da": _lines("""Folketinget, Højesteret, Nationalbanken, DSB, Socialdemokratiet, Venstre, EU, FN, Nato, DMI,
    Røde Kors,
    Danmarks Statistik, Skattestyrelsen, DR, LO, Rigspolitiet, Banedanmark, Europa-Parlamentet"""),
}

OTHER: dict[str, list[str]] = {}

OTHER["news.de"] = templates("""
{city} ({agency}) - Bei einem [Unfall|Brand|Unwetter] in der Nähe von {other_city} sind am
 [Montag|Freitagabend|Wochenende] <n> Menschen verletzt worden.
Der [Bürgermeister|Landrat|Oberbürgermeister] von {city}, {name}, will die Gebühren für Kindertagesstätten im
 kommenden Jahr nicht erhöhen.
"Wir haben lange genug gewartet", sagte {last} am Dienstag in {city}.
Nach Angaben von {name}, Sprecher der {org}, sollen die Arbeiten an der Brücke im Herbst beginnen.
{name} ({age}) aus {city} hat den [Vorlesewettbewerb|Halbmarathon|Förderpreis] vor {2:name} und {3:name} gewonnen.
Der frühere [Minister|Trainer|Intendant|Vorstandschef] {name} ist im Alter von {age} Jahren in {city} gestorben.
{last_gen} Anwalt {2:name} kündigte an, vor dem {body} Berufung einzulegen.
In {city} und {2:city} demonstrierten am Samstag mehrere tausend Menschen gegen die Schließung der Werke.
{city_gen} Innenstadt bleibt wegen der Bauarbeiten bis März für den Verkehr gesperrt.
Die {org} mit Sitz in {city} hat im dritten Quartal deutlich weniger Umsatz gemacht als die {org} aus {land}.
Zwischen {city} und {2:city} fahren von Montag an wieder Züge, teilte {body} mit.
Der {club} verlor mit 1:3 gegen {club}, obwohl {last} den Gast früh in Führung gebracht hatte.
{club} trennte sich von {club} 2:2; die Tore schossen {last} (12., 67.), {2:last} (34.) und {3:last} (89.).
{body}-Chef {name} warf der Opposition vor, die Debatte künstlich zu verlängern.
Bundeskanzler {last} traf am Mittwoch in {other_city} mit dem Präsidenten von {land}, {2:name}, zusammen.
{name}, Professorin für Geschichte an der {org}, hält die Quellen aus {other_city} für gefälscht.
Im Prozess gegen {initial_last} hat der Richter am Donnerstag die Aussage der Zeugin {2:name} verlesen.
Die Flüchtlinge waren aus {land} über {land} und {land} bis nach {other_city} gekommen.
Wie {agency} meldet, starb der Schauspieler {name} in der Nacht in einer Klinik in {city}.
{other_city} ist eine Kleinstadt im Norden von {land} mit etwa <n>000 Einwohnern und einem bekannten Heimatmuseum.
Das Schloss wurde {year} von {name} für {2:name} erbaut und gehört heute der {org}.
{ruler} übergab {year} die Stadt {other_city} an seinen Bruder {ruler}.
Geboren wurde {last} {year} in {city}, aufgewachsen ist sie in {other_city}, wo ihr Vater {2:first} eine Bäckerei
 führte.
Der Fluss entspringt in {land}, fließt durch {other_city} und mündet bei {other_city} ins Meer.
Zu den Ehrengästen gehörten [Pfarrer|Stadträtin|Altbürgermeister] {name}, {2:name} und {3:name}.
Auch Frau {last} und Herr {2:last} vom {body} waren der Meinung, dass der Antrag zu spät kam.
Im Finale in {other_city} schlug {name} die an Nummer drei gesetzte {2:name} 6:4, 3:6, 7:5.
Für die {org} arbeiten in {city} rund <n>00 Beschäftigte, in {land} sind es doppelt so viele.
Als {first} nach Hause kam, hatte {2:first} schon den Koffer gepackt und ein Taxi zum Bahnhof bestellt.
Dass ausgerechnet {last} den Preis bekam, überraschte in {city} kaum jemanden.
Der aus {land} stammende Dirigent {name} übernimmt im Sommer das Orchester in {city}.
{name} vom {body} sprach von einem "schweren Schlag für die Region".
Auf dem Marktplatz in {city} spielten am Abend {band} und die Kapelle von {name}.
Die Polizei in {city} sucht Zeugen: Der Wagen fuhr in Richtung {2:city} davon.
Bei der Wahl in {land} liegt {name} ({org}) mit <n> Prozent vor {2:name} ({org}).
{org}-Aktien verloren nach der Warnung aus {land} fast <n> Prozent.
Trainer {last} muss gegen {club} auf {2:last} und {3:last} verzichten.
Ihre Kindheit verbrachte {first} {last} in {land}, ehe die Familie nach {city} zog.
Der Roman erzählt von {first} und {2:first}, die in {other_city} eine Druckerei eröffnen wollen.
Wer von {city} nach {2:city} will, muss derzeit über {3:city} fahren.
Die Ausstellung ist bis Ende Mai in {city}, danach in {other_city} und {other_city} zu sehen.
{name}, {street}, {city}, feiert heute den {age}. Geburtstag.
Regie führte {name}, in den Hauptrollen sind {2:name} und {3:name} zu sehen.
Laut {body} stiegen die Verbraucherpreise in {land} im Oktober um 2,<n> Prozent.
Für {body} sei das "kein Thema", hieß es am Rande der Tagung in {city}.
Am Vormittag landete der Außenminister in {other_city}, am Nachmittag flog er weiter nach {land}.
Unbekannte haben in der Nacht zum Sonntag das Vereinsheim des {club} in {city} verwüstet.
Seit {year} leitet {name} das Archiv; {last_gen} Vorgänger, {2:name}, ging nach {land}.
Der Angeklagte {first} {last_caps} schwieg, sein Bruder {2:first} dagegen redete stundenlang.
{org} und {org} prüfen einen Zusammenschluss, sagte {name} der Zeitung "{org}".
Sturm über {land}: Fähren nach {other_city} fallen aus
{last} folgt auf {2:last}
{city}: Neues Hallenbad wird teurer
{club} - {club} 3:1 (1:0)
Unter {ruler} wurde das Kloster aufgehoben, die Bibliothek kam nach {other_city}.
Kommissarin {last} vermutet, dass der Täter aus {city} stammt und {2:first} kannte.
An der Grenze zu {land} bildeten sich am Wochenende lange Staus.
Das teilte der Vorsitzende {name} auf Anfrage mit.
Vertreter aus {land}, {land} und {land} reisten zu der Konferenz nach {other_city}.
Seine Schwester {first} lebt in {other_city}, seine Mutter {2:first} noch immer in {city}.
Die gebürtige Schweizerin {name} arbeitet seit {year} bei {org}.
{name} singt, {2:name} spielt Klavier, und {3:first} kassiert den Eintritt.
"{first}, komm endlich!", rief {2:first} aus dem Fenster.
Vor Gericht in {city} muss sich seit gestern der Unternehmer {initial_last} verantworten.
Die Zeitung {org} berichtete, {last} habe sich mit {2:last} in einem Hotel in {other_city} getroffen.
""")

OTHER["plain.de"] = templates("""
Die Feuerwehr löschte den Brand in der Scheune, bevor die Flammen auf das Wohnhaus übergreifen konnten.
Am Nachmittag ziehen von Westen Wolken auf, gegen Abend fällt in den höheren Lagen Schnee.
Der Ausschuss vertagte die Entscheidung über den Haushalt auf die kommende Woche.
Mit der neuen Regelung sollen Eltern, Lehrkräfte und Schulträger entlastet werden.
Im Mittelpunkt der Untersuchung stehen Fragen nach Herkunft, Bildung und Einkommen.
Der Kläger verlangte Schadenersatz, das Gericht wies die Klage jedoch ab.
Viele Bauern warten auf Regen, denn der Boden ist bis in zwei Meter Tiefe trocken.
Das Verfahren wurde gegen Zahlung einer Geldauflage eingestellt.
Auf der Tagesordnung standen der Bericht des Kassenwarts, die Wahl des Vorstands und Verschiedenes.
Nach dem Spiel blieben die Fans noch lange im Stadion und sangen.
Die Preise für Strom, Gas und Heizöl sind im Vergleich zum Vorjahr gesunken.
Der Hund war entlaufen, die Katze saß auf dem Dach, und der Briefträger lachte.
Ein Sprecher des Unternehmens wollte sich zu den Gerüchten nicht äußern.
Im Garten blühen Rosen, Flieder und Lavendel, im Beet reifen Tomaten und Gurken.
Zum Glück wurde bei dem Aufprall niemand verletzt, der Sachschaden ist jedoch hoch.
Der Wolf, der Bär und der Fuchs sind in den Märchen selten gute Nachbarn.
Die Richterin sprach von einem Irrtum, der Staatsanwalt von Vorsatz.
Wegen eines Streiks der Lokführer fielen am Dienstag zahlreiche Züge aus.
Der König verlor den Krieg, die Krone und am Ende auch die Geduld.
Heute im Angebot: Kaffee, Butter, Käse, Waschmittel und Winterreifen.
Das Haus hat drei Zimmer, Küche, Bad, Balkon, Keller und einen Stellplatz.
Bitte beachten Sie die Hinweise auf der Rückseite des Formulars.
Der Müller mahlt das Korn, der Schmied beschlägt das Pferd, der Bäcker backt das Brot.
In der Mitte der Halle stand ein Tisch aus Eiche, daran zwölf Stühle.
Die Mannschaft zeigte in der zweiten Halbzeit mehr Einsatz, doch das Tor fiel auf der anderen Seite.
Auf Grund der Inflation wächst der Druck auf die Löhne, sagen Ökonomen.
Der Roman beginnt mit einem Begräbnis und endet mit einer Hochzeit.
Frieden, Freiheit, Gerechtigkeit: große Worte für einen kleinen Saal.
Die Studie umfasst Daten aus fünf Jahren, die Auswertung dauerte drei.
Mit dem Frühling kommen die Störche, mit den Störchen die Fotografen.
Wer im Winter Holz verkauft, muss im Sommer sägen.
Der Zuschuss beträgt höchstens die Hälfte der Kosten, Anträge nimmt das Amt bis Juni an.
Die deutsche, die französische und die polnische Fassung des Vertrags sind gleichermaßen verbindlich.
Nächste Woche beginnt die Fastenzeit, die Kantine streicht Schnitzel und Torte.
Das Protokoll führte die Schriftleitung, Einwände gab es keine.
Gold, Silber und Kupfer wurden teurer, Blei blieb stabil.
Im Januar, Februar und März bleibt die Bücherei montags geschlossen.
Der Jäger sah das Reh, das Reh sah den Jäger, und der Morgen war still.
""")

OTHER["post.de"] = templates("""
boah {first} hat schon wieder meinen Lieblingsbecher zerbrochen 😩
bin grad in {city}, wer hat Zeit? 😊
Kann jemand einen guten Zahnarzt in {city} empfehlen?
@{handle} danke dir!! grüß {first} von mir
Guten Morgen {city}! Kaffee ist fertig ☕
{club} spielt heute wieder unterirdisch, {last} raus bitte!!
hat wer {first} gesehen?? geht nicht ans handy
War bei Dr. {last} in {city}, super Praxis, kaum Wartezeit.
Nie wieder {org}! Paket weg, Hotline nutzlos.
Montag. Regen. Kein Bock.
Suche Nachmieter in {city}, {street}, ab Mai, 2 Zimmer
Endlich Wochenende, endlich Sofa, endlich Ruhe 🙌
Tatort heute mal wieder zum Einschlafen #tatort
{first} und {2:first} heiraten!!! 🎉 ich heul
Unser Kater ist seit gestern weg, bitte teilen! Melden bei {name}, {phone}
Kundenservice von {org} = Katastrophe. Frau {last} war aber nett
wie heißt nochmal der sänger von {band}? {first} irgendwas
Konzert von {band} in {city} war der Hammer
""")

OTHER["fr"] = templates("""
{city} ({agency}) - Le [maire|préfet|procureur] de {city}, {name}, a annoncé jeudi la fermeture du pont pour trois
 mois.
Selon {name}, porte-parole de {org}, les travaux coûteront plus cher que prévu.
« Nous n'avons rien à cacher », a déclaré {last} à la sortie du tribunal de {city}.
{name}, {age} ans, habitant {city}, a été entendu par les gendarmes mardi matin.
Le président {last} s'est entretenu à {other_city} avec son homologue {2:last}.
Né à {city} en {year}, {name} étudie le droit avant de rejoindre {org}.
{other_city} est une commune située dans le nord de {land}, sur la rive gauche du fleuve.
La bataille de {other_city} oppose en {year} les troupes de {name} à celles de {2:name}.
{club} a battu {club} (2-1) grâce à un doublé de {last}.
En finale, {name} s'est imposée face à {2:name} 6-4, 7-5.
Le groupe {band}, originaire de {city}, sort son deuxième album au printemps.
Le texte doit encore être examiné par {body} avant l'été.
D'après {body}, le chômage a reculé de <n> % dans la région de {city}.
{last} et {2:last} se connaissaient depuis l'école.
Plusieurs centaines de manifestants ont défilé à {city}, à {2:city} et à {3:city}.
Le film, tourné en {land}, réunit {name} et {2:name}.
Mme {last}, professeure à {org}, conteste ces chiffres.
Le roi {ruler} fit bâtir le château pour sa sœur {ruler}.
Les pompiers ont mis plusieurs heures à éteindre l'incendie.
La séance est levée à dix-huit heures, faute de quorum.
Le vin est cher, le pain aussi, et personne ne s'en étonne plus.
Au menu du jour : soupe, poisson, fromage, tarte aux pommes.
Les élèves devront rendre leur devoir avant les vacances de février.
mdr {first} a encore oublié ses clés chez {2:first}
trop hâte d'être à {city} ce week-end 😍
Merci à {first} de chez {org} pour son accueil, je recommande !
À éviter : {org} à {city}, personnel désagréable et chambre sale.
@{handle} t'as vu le but de {last} ??
{org} supprime <n>00 postes en {land}
{name} nommée à la tête de {org}
Mort de {name}, figure de {city}
Le juge {last} a renvoyé l'affaire devant la cour d'appel de {city}.
Entre {city} et {2:city}, la ligne sera coupée tout l'été, prévient {body}.
Pour {first}, tout a commencé à {other_city}, dans l'atelier de son oncle {2:first}.
Bonjour {first}, {2:first} m'a transmis votre message ; je serai à {other_city} lundi. {3:first}
Le docteur {last} exerce à {city} depuis {year}.
L'ancien ministre {name} et l'avocat {2:name} ont dîné ensemble à {other_city}.
Sa fille {first} vit au {land}, son fils {2:first} à {other_city}.
Ni {last} ni {2:last} n'ont souhaité répondre à nos questions.
""")

OTHER["es"] = templates("""
{city} ({agency}).- El [alcalde|presidente|portavoz] de {city}, {name}, anunció este lunes la apertura del nuevo
 hospital.
«No vamos a dimitir», aseguró {last} a los periodistas en {city}.
Según {name}, directora de {org}, los precios bajarán en otoño.
{name}, de {age} años y vecino de {city}, fue detenido cerca de la frontera con {land}.
El ministro {last} viajará el jueves a {other_city} para reunirse con {2:name}.
{other_city} es un municipio situado al sur de {land}, a orillas del río.
Nació en {city} en {year}, hijo de {2:name} y {3:name}.
La batalla de {other_city} enfrentó a {name} con las tropas de {2:name}.
{club} venció 2-0 a {club} con goles de {last} y {2:last}.
La banda {band}, formada en {city} por {name} y {2:name}, publicará un disco en mayo.
El {body} aprobó la reforma con los votos de {org}.
El juez {last} ordenó el ingreso en prisión de {2:name}.
{last} y {2:last} llegaron juntos a {other_city}.
Miles de personas salieron a las calles de {city}, {2:city} y {3:city}.
La novela, ambientada en {other_city}, cuenta la vida de {first} y {2:first}.
Las lluvias provocaron inundaciones en varias provincias.
El pan, la leche y los huevos volvieron a subir en marzo.
La reunión terminó sin acuerdo y sin café.
Se ruega no fumar en la Sala de Espera.
El gato duerme, el perro ladra y el vecino toca la trompeta.
jajaja {first} no sabe cocinar ni un huevo
vamos {club} carajo!!! golazo de {last} 🔥
feliz cumple {first}!! te quiero mil ❤️
Muy buena atención de {first} en {org}, lo recomiendo.
Pésimo servicio de {org} en {city}, no vuelvo.
@{handle} ya viste lo que dijo {last}?
{org} cierra su planta de {city}
Muere {name}, maestro de {city}
{land} y {land} firman un acuerdo pesquero
Doña {first} {last} vende flores frente a la catedral de {city} desde {year}.
El profesor {last}, de la {org}, discrepa de {2:last}.
Hola {first}, te copio a {2:first} y a {3:first} de {org}. Nos vemos en {other_city}. {4:first}
La ruta une {city} con {2:city} y pasa por {3:city}.
El rey {ruler} otorgó el fuero a la villa de {other_city}.
Su hermana {first} vive en {land}; su primo {2:first}, en {other_city}.
Ni {last} ni el abogado {2:name} quisieron hacer declaraciones.
La tenista {name} cayó ante {2:name} por 6-3 y 6-4.
Fuentes de {body} confirmaron a {agency} la salida de {last}.
""")

OTHER["it"] = templates("""
{city} ({agency}) - Il [sindaco|prefetto|questore] di {city}, {name}, ha firmato ieri l'ordinanza sul traffico.
"Non ci fermeremo", ha detto {last} ai cronisti a {other_city}.
Secondo {name}, portavoce di {org}, i lavori finiranno in autunno.
{name}, {age} anni, di {city}, è stato fermato al confine con la {land}.
Il ministro {last} incontrerà domani a {other_city} il collega {2:name}.
{other_city} è un comune nel nord di {land}, famoso per le sue ceramiche.
Nato a {city} nel {year}, {last} studiò a {other_city} con {2:name}.
La battaglia di {other_city} fu vinta da {name} contro {2:name}.
{club} batte {club} 2-1: decide {last} nel recupero.
Il gruppo {band}, nato a {city}, torna con un nuovo disco.
Il disegno di legge passa ora all'esame di {body}.
Per {body} i prezzi sono saliti del <n>% nel mese di marzo.
Il giudice {last} ha assolto {2:name} e il fratello {3:first}.
{last} e {2:last} erano amici fin dai tempi di {city}.
In piazza a {city}, {2:city} e {3:city} migliaia di studenti.
Il film, girato in {land}, è interpretato da {name} e {2:name}.
Il treno è partito con due ore di ritardo e senza riscaldamento.
Domani cielo sereno, venti deboli, mari poco mossi.
La Giunta ha approvato il Bilancio e rinviato il Regolamento.
Farina, uova, burro, zucchero e un pizzico di sale.
auguri {first}!!! ti voglio bene ❤️
ma {first} dove sei finito?? ti aspettiamo da {2:first}
forza {club}!!! {last} immenso
Consiglio la dottoressa {last} di {city}, gentile e preparata.
Pessima esperienza da {org} a {city}, mai più.
Addio a {name}, voce di {city}
{org} taglia <n>00 posti in {land}
Sua moglie {first} è di {other_city}, lui invece viene da {city}.
L'architetto {name} progettò il ponte per {ruler}.
Il fiume nasce in {land} e attraversa {other_city} e {other_city}.
Ciao {first}, ho sentito {2:first} di {org}: ci vediamo lunedì a {other_city}. {3:first}
La professoressa {last} insegna a {org} dal {year}.
Tra {city} e {2:city} la linea resta chiusa fino a giugno.
Né {last} né l'avvocato {2:name} hanno commentato.
In finale {name} ha superato {2:name} per 6-4, 6-2.
Il cantante {name} ha dedicato il concerto di {city} alla madre {2:first}.
""")

OTHER["pt"] = templates("""
{city} ({agency}) - O [prefeito|presidente da Câmara|governador] de {city}, {name}, anunciou ontem a abertura de duas
 escolas.
"Não vou desistir", disse {last} aos jornalistas em {other_city}.
Segundo {name}, diretora da {org}, as obras devem terminar em agosto.
{name}, de {age} anos, morador de {city}, foi ouvido pela polícia na terça-feira.
O ministro {last} reúne-se hoje em {other_city} com {2:name}.
{other_city} é um município do interior de {land}, conhecido pelo queijo e pela feira.
Nascido em {city} em {year}, {last} estudou na {org} com {2:name}.
A batalha de {other_city} opôs {name} às forças de {2:name}.
{club} venceu {club} por 3 a 1, com gols de {last} e {2:last}.
A banda {band}, formada em {city} por {name}, lança disco novo em abril.
A proposta segue agora para {body}.
De acordo com {body}, a inflação recuou <n>% em {land}.
O juiz {last} absolveu {2:name} e mandou soltar {3:name}.
{last} e {2:last} conheceram-se em {other_city}.
Milhares de pessoas saíram às ruas em {city}, {2:city} e {3:city}.
O filme, rodado em {land}, tem {name} e {2:name} nos papéis principais.
O trem atrasou, o ônibus quebrou e a chuva não parou.
A partida foi adiada por causa do mau tempo.
Arroz, feijão, café e açúcar ficaram mais caros no mês passado.
Os alunos devem trazer Caderno, Lápis e Borracha.
kkkkk {first} caiu da cadeira de novo
parabéns {first}!!! muita saúde e paz 🙏
vai {club}!!! que gol do {last} 🔥
bom dia {city}! café e sol ☀️
A doutora {last} é ótima, recomendo muito. Atende em {city}.
Péssimo atendimento da {org} em {city}, não volto.
Morre {name}, aos {age} anos, em {city}
{org} fecha fábrica em {land}
{land} e {land} assinam acordo sobre pesca
O rei {ruler} doou as terras a {ruler}.
A irmã {first} mora em {land}, o irmão {2:first} ficou em {other_city}.
Oi {first}, falei com {2:first} da {org}, a reunião em {other_city} foi adiada. Abs, {3:first}
O advogado de {last}, {2:name}, não quis comentar.
A estrada liga {city} a {2:city}, passando por {3:city}.
Para {first}, que cresceu em {other_city}, o mar era coisa de livro.
O técnico {last} não contará com {2:last} nem com {3:last}.
Em {other_city}, {name} derrotou {2:name} por 6-4 e 6-3.
A professora {last}, da {org}, discorda do relatório de {2:last}.
""")

OTHER["nl"] = templates("""
{city} ({agency}) - Burgemeester {name} van {city} wil het plein voor de zomer opnieuw laten bestraten.
"We hebben niets te verbergen", zei {last} maandag in {other_city}.
Volgens {name}, woordvoerder van {org}, duurt de storing nog tot donderdag.
{name} ({age}) uit {city} is dinsdag aangehouden bij de grens met {land}.
Minister {last} spreekt morgen in {other_city} met zijn ambtgenoot {2:name}.
{other_city} is een gemeente in het noorden van {land}, bekend om haar kaasmarkt.
{last} werd in {year} geboren in {city} en studeerde bij {2:name}.
De slag bij {other_city} werd gewonnen door {name}.
{club} won met 2-1 van {club} door goals van {last} en {2:last}.
De band {band} uit {city} speelt zaterdag in {other_city}.
Het voorstel ligt nu bij de {body}.
Uit cijfers van {body} blijkt dat de prijzen in {land} licht dalen.
De rechter legde {initial_last} een boete op; {2:last} werd vrijgesproken.
{last} en {2:last} kennen elkaar van school in {city}.
Duizenden mensen gingen de straat op in {city}, {2:city} en {3:city}.
De film met {name} en {2:name} is opgenomen in {land}.
Door de sneeuw reden er de hele ochtend geen bussen.
Morgen wisselend bewolkt, met in de middag kans op een bui.
De koeien staan weer buiten en de boer slaapt uit.
Brood, melk, eieren en een pond gehakt.
haha {first} is z'n fiets weer kwijt
gefeliciteerd {first}!! maak er een mooie dag van 🎉
lekker {club}!!! wat een goal van {last}
Fijne tandarts, dokter {last} in {city}. Aanrader!
Slechte ervaring met {org} in {city}, nooit meer.
{org} schrapt <n>00 banen in {land}
Oud-wethouder {name} ({age}) overleden
Koning {ruler} schonk het klooster aan {ruler}.
De rivier ontspringt in {land} en stroomt langs {other_city} en {other_city}.
Hoi {first}, {2:first} van {org} belde; de vergadering in {other_city} gaat door. Groet, {3:first}
Hoogleraar {last} van de {org} noemt het plan van {2:last} onhaalbaar.
Tussen {city} en {2:city} rijden dit weekend geen treinen.
Haar zus {first} woont in {land}, haar broer {2:first} nog in {other_city}.
Advocaat {name} zegt dat {2:last} niets van het geld wist.
Trainer {last} mist zondag {2:last} en {3:last}.
{name} versloeg {2:name} in de finale met 6-3 en 6-4.
Wie {first} kent, weet dat {2:first} gelijk had.
""")

OTHER["pl"] = templates("""
{city} ({agency}) - Prezydent miasta {name} zapowiedział w poniedziałek remont dworca.
– Nie mamy nic do ukrycia – powiedział {last} dziennikarzom.
Zdaniem rzecznika {org}, którym jest {name}, prace potrwają do jesieni.
{name} ({age} l.), {city}, drugie miejsce: {2:name}, {2:city}
Minister {last} spotkał się wczoraj z ambasadorem, którym jest {2:name}.
{other_city} – miasto, {land}, znane z jarmarku i starego młyna.
{club} – {club} 2:1. Bramki: {last}, {2:last}.
Zespół {band} powstał w {year} r., założyli go {name} i {2:name}.
{body} odrzucił poprawki, a {last} zagroził dymisją.
Obok {land} w turnieju zagrają {land} i {land}.
Sędzia {last} odroczył rozprawę, bo {2:name} zachorował.
Wiatr zerwał dach szkoły, nikt nie ucierpiał.
Chleb, masło, ser i dwa kilo ziemniaków.
Jutro pochmurno, miejscami deszcz ze śniegiem.
haha {first} znowu zaspał na pociąg
brawo {club}!!! co za gol, {last} król
Polecam, pani {first} jest bardzo miła i zna się na rzeczy.
{org} zwalnia <n>00 osób
Nie żyje {name}. Miał {age} lat
Pociąg relacji {city} – {2:city} – {3:city} nie kursuje.
{city}: awaria wodociągu, {first} i {2:first} bez wody
{name} i {2:name} otrzymali nagrodę, którą ufundowała {org}.
Cześć {first}, {2:first} prosi o fakturę. Pozdrawiam, {3:first}
""")

OTHER["sv"] = templates("""
{city} ({agency}) - Kommunalrådet {name} vill bygga en ny skola i {city} till hösten.
"Vi har inget att dölja", sade {last} på måndagen i {other_city}.
Enligt {name}, talesperson för {org}, är felet nu åtgärdat.
{name}, {age}, från {city} greps vid gränsen till {land}.
Minister {last} träffar i dag sin kollega {2:name} i {other_city}.
{other_city} är en ort i norra {land}, känd för sin marknad.
{last} föddes {year} i {city} och studerade för {2:name}.
{club} vann med 3-1 mot {club} efter mål av {last} och {2:last}.
Bandet {band} från {city} släpper nytt i vår.
{body} säger nej till förslaget, men {last} ger sig inte.
Tåget mellan {city} och {2:city} ställs in på grund av snö.
{first_last} och {2:first_last} delade priset i {other_city}.
Älgen stod kvar på vägen och bilarna väntade.
Mjölk, bröd, smör och ett kilo potatis.
grattis {first}!! hoppas du får en fin dag 🎂
nån i {city} som kan passa hunden? /{first}
Trevlig personal på {org}, särskilt {first}. Rekommenderas!
{org} varslar <n>00 anställda i {land}
Åklagaren {last} yrkar på fängelse för {2:name}.
Kung {ruler} gav marken till {ruler}.
{city_gen} kommun köper fastigheten av {org}.
Hennes syster {first} bor i {land}, brodern {2:first} i {other_city}.
""")

OTHER["tr"] = templates("""
{city} ({agency}) - Belediye Başkanı {name}, köprünün haziran ayında açılacağını söyledi.
"Saklayacak bir şeyimiz yok" diyen {last}, istifa etmeyeceğini açıkladı.
{org} sözcüsü {name}, çalışmaların sonbaharda biteceğini belirtti.
{name} ({age}), {city} yakınlarında geçirdiği kazada yaralandı.
Bakan {last} ile {2:name} dün {other_city} kentinde bir araya geldi.
{other_city}, {land} sınırları içinde küçük bir kasabadır.
{last}, {year} yılında {city} şehrinde doğdu.
{club} 2-1 {club}: goller {last} ve {2:last}
{band} grubu cumartesi {city} sahnesinde.
{body} tasarıyı bugün görüşecek.
{land}, {land} ve {land} anlaşmayı imzaladı.
Kar yağışı nedeniyle okullar iki gün tatil edildi.
Ekmek, süt, yumurta ve yarım kilo peynir alınacak.
hahaha {first} yine geç kaldı ya
iyi ki doğdun {first}!! 🎉
Dr. {last} çok ilgiliydi, {city} için tavsiye ederim.
{org} berbat, param iade edilmedi.
Usta oyuncu {name} {age} yaşında öldü
Hakim {last}, {2:name} hakkında beraat kararı verdi.
Profesör {name} ve öğrencisi {2:name}, {org} bünyesinde çalışıyor.
Merhaba {first}, {2:first} dosyayı gönderdi. Sevgiler, {3:first}
""")

OTHER["da"] = templates("""
{city} ({agency}) - Borgmester {name} vil åbne en ny skole i {city} til sommer.
"Vi har intet at skjule," sagde {last} mandag i {other_city}.
Ifølge {name}, talsmand for {org}, er fejlen nu rettet.
{name} på {age} år fra {city} blev anholdt ved grænsen til {land}.
Minister {last} mødes i dag med sin kollega {2:name} i {other_city}.
{other_city} er en by i det nordlige {land}, kendt for sit marked.
{last} blev født i {city} i {year} og studerede hos {2:name}.
{club} slog {club} 2-0 på mål af {last} og {2:last}.
Gruppen {band} fra {city} spiller på lørdag.
{body} afviser forslaget, men {last} giver ikke op.
Toget mellem {city} og {2:city} er aflyst på grund af sne.
Koen stod på vejen, og bilerne måtte vente.
Mælk, rugbrød, smør og et kilo kartofler.
tillykke {first}!! ha en dejlig dag 🎂
er der nogen i {city} der kan passe vores hund? /{first}
God service hos {org}, især {first}. Kan anbefales!
{org} fyrer <n>00 i {land}
Anklageren {last} kræver fængsel til {2:name}.
Kong {ruler} skænkede jorden til {ruler}.
{city_gen} havn er solgt til {org}.
Hendes søster {first} bor i {land}, broderen {2:first} i {other_city}.
""")

//! Words that say what a number near them is.
//!
//! Invariant: a word counts only as a whole word (`lic` in `public` never does). `phone_number` and `phoneNumber`
//! hold the word `phone`; a plural counts. The text is searched once, and only after a candidate has turned up.

use super::national;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// A set of subjects, one bit each.
pub(super) type Topics = u128;

pub(super) const PHONE: Topics = 1;
pub(super) const PHONE_WEAK: Topics = 1 << 1;
pub(super) const CARD: Topics = 1 << 2;
pub(super) const BIRTH: Topics = 1 << 3;
pub(super) const PASSPORT: Topics = 1 << 4;
pub(super) const LICENCE: Topics = 1 << 5;
pub(super) const PLATE: Topics = 1 << 6;
pub(super) const VIN: Topics = 1 << 7;
pub(super) const BANK: Topics = 1 << 8;
pub(super) const ROUTING: Topics = 1 << 9;
pub(super) const WALLET: Topics = 1 << 10;
pub(super) const AMERICA: Topics = 1 << 11;
pub(super) const OTHER_NUMBER: Topics = 1 << 13;
/// Names of a card alone, where [`CARD`] also holds words of paying.
pub(super) const CARD_NAME: Topics = 1 << 14;
pub(super) const IBAN: Topics = 1 << 15;
/// An account in many languages.
pub(super) const ACCOUNT: Topics = 1 << 16;
/// The first bit of the national ids.
pub(super) const NATIONAL_SHIFT: usize = 24;

/// Words per subject, in lower case. Languages: English, German, French, Spanish, Italian, Portuguese, Dutch and
/// more.
const WORDS: &[(Topics, &str)] = &[
    (
        PHONE,
        "phone,telephone,tel,tel.,mobile,cell,cellphone,cell phone,fax,whatsapp,sms,hotline,phone number,telefon,\
             telefono,teléfono,téléphone,telephone,telefone,celular,móvil,movil,cellulare,handy,rufnummer,mobil,handynummer,\
             telefonnummer,telefonnr,telefon-nr,mobilnummer,mobilnr,mobiltelefon,festnetz,gsm,telefoon,telefoonnummer,mobiel,\
             puhelin,puhelinnumero,puh,matkapuhelin,komórka,kom.,telefon komórkowy,numéro de téléphone,portable,tél,tél.,\
             contact number,telemóvel,telemovel,tlm,fijo,contacto telefónico,recapito telefonico,cel,cell.,tlf,tlf.,tlf.nr,\
             mobilen,telefonen,telefonu,telefonum,telefon numarası,telefon numaram,cep numarası,nr tel,nr tel.,numer telefonu,cep telefonu,cep tel,gsm no,telefonní číslo,mobilní,telefónne číslo,\
             mobilné,telefonszám,telefonszáma,mobilszám,telefonski broj,broj telefona,mobitel,mob,mob.,mobilni,telefonska,\
             număr de telefon,telefonul,telefonas,tālrunis,tālr,mobilais,mobiiltelefon,mobiil,telefoninumber,simi,sími,farsími,\
             ffôn,teileafón,fón,guthán,telefoni,celulari,điện thoại,đt,sđt,dđ,di động,nomor telepon,telepon,telp,no. hp,\
             no hp,no. tel,nombor telefon,telepono,simu,\
             тел,телефон,телефона,телефону,телефоны,моб,мобильный,мобильного,сотовый,сот,номер телефона,мобільний,мобилен,\
             мобилни,мобител,телефонът,факс,τηλ,τηλέφωνο,κινητό,κιν,φαξ,\
             电话,电话号码,電話,電話番号,電話號碼,手机,手机号,手机号码,手機號碼,手機,携帯,携帯電話,联系电话,聯絡電話,座机,传真,ファックス,휴대폰,휴대폰번호,전화,전화번호,핸드폰,연락처,\
             هاتف,رقم الهاتف,جوال,رقم الجوال,موبايل,محمول,تلفن,موبایل,טלפון,מספר טלפון,נייד,סלולרי,טל,โทร,โทรศัพท์,มือถือ,เบอร์โทร,फ़ोन,फ़ोन,फोन,मोबाइल,\
             दूरभाष,ফোন,মোবাইল,தொலைபேசி,ఫోన్,ದೂರವಾಣಿ,ഫോൺ,ફોન,ਫ਼ੋਨ,ਫੋਨ,දුරකථන,දුරකථනය,ტელეფონი,ტელ,մոբ,հեռ,հեռախոս,ទូរស័ព្ទ,ໂທ,ဖုန်း,ስልክ",
    ),
    (
        PHONE_WEAK,
        "call,dial,ring,text me,text us,reach,contact,call me,calling,whatsapp,message me,signal,ruf,appelez,llama,\
                  chiama,ligue,bel,number is,my number,anrufen,contacto,kontakt,contacter,helpline,reachable",
    ),
    (
        CARD,
        "card,credit card,debit card,visa,mastercard,amex,american express,discover,diners,jcb,maestro,unionpay,cc,\
            card number,pan,kartennr,kartennummer,kreditkarte,bankkarte,ec-karte,carte bancaire,kreditkort,bankkort,luottokortti,kredi kartı,\
            karta kredytowa,numer karty,číslo karty,kártya,card no,card #,cardnumber,карта,карты,карту,银行卡,信用卡,卡号,信用卡号,\
            クレジットカード,カード番号,카드,카드번호,بطاقة,כרטיס אשראי,thẻ,karte,carte,tarjeta,carta,cartão,creditcard,payment,pay,cvv,expiry",
    ),
    (
        CARD_NAME,
        "card,credit card,debit card,bank card,card number,card no,visa,mastercard,amex,american express,maestro,unionpay,\
            kreditkarte,kreditkartennummer,kartennr,kartennummer,karten-nr,bankkarte,ec-karte,karte,carte bancaire,carte bleue,carte de crédit,numéro de carte,\
            tarjeta,tarjeta de crédito,carta di credito,cartão,cartão de crédito,creditcard,creditcardnummer,kreditkort,bankkort,\
            kortnummer,luottokortti,korttinumero,kredi kartı,kart numarası,karta kredytowa,numer karty,číslo karty,bankkártya,\
            карта,карты,карту,номер карты,银行卡,银行卡号,信用卡,卡号,クレジットカード,カード番号,신용카드,카드번호,بطاقة,כרטיס אשראי,thẻ,pan",
    ),
    (
        IBAN,
        "iban,iban-nr,iban nr,iban no,iban number,iban code,ibannummer,bankverbindung,bankdaten,rib,international bank account",
    ),
    (
        ACCOUNT,
        "account,account number,account no,acct,acct no,account ref,bank account,a/c,konto,kontonummer,konto-nr,kontonr,kto,\
            kto.,bankkonto,compte,numéro de compte,compte bancaire,cuenta,número de cuenta,cuenta bancaria,conto,conto corrente,\
            numero di conto,conta,conta corrente,número da conta,rekening,rekeningnummer,bankrekening,kontonummeret,tili,\
            tilinumero,rachunek,numer rachunku,numer konta,nr konta,číslo účtu,účet,účtu,bankszámla,számlaszám,račun,broj računa,\
            cont bancar,număr cont,hesap,hesap no,hesap numarası,счёт,счет,счета,номер счета,номер счёта,рахунок,сметка,\
            λογαριασμός,λογαριασμού,账号,账户,帳號,銀行账号,口座,口座番号,계좌,계좌번호,حساب,رقم الحساب,חשבון,חשבון בנק,tài khoản,\
            số tài khoản,rekening bank,no. rekening,nomor rekening,บัญชี,เลขที่บัญชี,खाता,खाता संख्या",
    ),
    (
        BIRTH,
        "born,dob,d.o.b,d.o.b.,date of birth,birth date,birthdate,birthday,birth,geboren,geburtsdatum,geburtstag,\
             geb.,né le,née le,date de naissance,naissance,fecha de nacimiento,nacimiento,nacido,nacida,nació,data di nascita,\
             nascita,nato il,nata il,data de nascimento,nascimento,nascido,nascida,geboortedatum,född,fødselsdato,født,\
             syntynyt,data urodzenia,urodzony,urodzona,生年月日,出生,dateofbirth,birth_date,date_of_birth",
    ),
    (
        PASSPORT,
        "passport,passport number,passport no,passport #,reisepass,pass-nr,passnummer,passeport,pasaporte,passaporto,\
                passaporte,paspoort,护照,パスポート,여권",
    ),
    (
        LICENCE,
        "driver license,drivers license,driver's license,driver’s license,driving license,driver licence,driving licence,\
               drivers licence,driver's licence,driver’s licence,dl number,dl no,dl,dl#,führerschein,führerscheinnummer,\
               permis de conduire,permiso de conducir,licencia de conducir,patente di guida,carta de condução,cnh,\
               rijbewijs,driver_license,drivers_license,driving_licence,license number,licence number",
    ),
    (
        PLATE,
        "license plate,licence plate,number plate,plate number,plate,plates,vehicle registration,registration plate,\
             reg plate,registration number,kennzeichen,plaque d'immatriculation,immatriculation,matrícula,matricula,targa,\
             kenteken,license_plate,placa,plate no",
    ),
    (
        VIN,
        "vin,vehicle identification number,chassis number,chassis no,fahrgestellnummer,fin,numéro de châssis,vin number",
    ),
    (
        BANK,
        "account number,acct number,bank account,checking account,savings account,account no,acct no,acct,account #,\
            checking,savings,bank acct,account_number,acct #,direct deposit,routing,kontonummer",
    ),
    (ROUTING, "routing,routing number,aba,rtn,routing_number,transit number,aba number,routing no"),
    (WALLET, "wallet,solana,monero,ripple,xrp,phantom,usdt,trc20,wallet address"),
    (AMERICA, "us,u.s.,usa,american,united states,state department"),
    (
        OTHER_NUMBER,
        "order,order number,order id,invoice,sku,ticket,tracking,isbn,issn,serial,part,item,product,model,ref,reference,\
                    transaction,batch,lot,error,timestamp,epoch,case,doi,pid,page,price,total,amount,bytes,rfc,issue,commit,\
                    po,build,version,article,port,artikel,bestellung,bestellnummer,rechnung,commande,facture,pedido,factura,\
                    ordine,fattura,zip,zipcode,postcode,msgid,uuid,hash,checksum,seed,id,upc,ean,gtin,asin,patent,rows,px,\
                    ms,seconds,samples,tokens,users,customers,records",
    ),
];

/// The searcher and the subject of each of its patterns.
static SEARCH: LazyLock<Option<(AhoCorasick, Vec<Topics>)>> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut topics = Vec::new();
    let national = national::contexts().map(|(i, words)| (1 << (NATIONAL_SHIFT + i), words));
    for (topic, words) in WORDS.iter().copied().chain(national) {
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            for spelling in spellings(word) {
                patterns.push(spelling);
                topics.push(topic);
            }
        }
    }
    let mut builder = AhoCorasick::builder();
    // A table for every byte would be twice as fast and ten times as large; this takes a few nanoseconds a word.
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA));
    builder.build(patterns).ok().map(|search| (search, topics))
});

/// A word and its forms in capitals, as far as the searcher, which folds ASCII alone, would not find them.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if !word.is_ascii() {
        let mut rest = word.chars();
        let title = rest.next().map(|first| first.to_uppercase().chain(rest).collect());
        for form in title.into_iter().chain([word.to_uppercase()]) {
            if !forms.iter().any(|known| known.eq_ignore_ascii_case(&form)) {
                forms.push(form);
            }
        }
    }
    forms
}

/// Where a text names which subjects, sorted by the end of the naming word.
pub(super) struct Context {
    marks: Vec<(usize, usize, Topics)>,
    /// All subjects named.
    pub all: Topics,
}

impl Context {
    /// Searches `text` once.
    pub fn new(text: &str) -> Self {
        let Some((search, topics)) = SEARCH.as_ref() else {
            return Self { marks: Vec::new(), all: 0 };
        };
        let marks: Vec<_> = search
            .find_overlapping_iter(text)
            .filter(|found| is_whole_word(text, found.start(), found.end()))
            .filter_map(|found| {
                Some((found.start(), found.end(), *topics.get(found.pattern().as_usize())?))
            })
            .collect();
        let all = marks.iter().fold(0, |all, mark: &(usize, usize, Topics)| all | mark.2);
        Self { marks, all }
    }

    /// Subjects named by a word that ends at `at`.
    pub fn ending_at(&self, at: usize) -> Topics {
        let first = self.marks.partition_point(|mark| mark.1 < at);
        self.marks
            .iter()
            .skip(first)
            .take_while(|mark| mark.1 == at)
            .fold(0, |all, mark| all | mark.2)
    }

    /// Subjects named in `from..start` or in `end..to`.
    pub fn topics(&self, from: usize, start: usize, end: usize, to: usize) -> Topics {
        if self.all == 0 {
            return 0;
        }
        let first = self.marks.partition_point(|mark| mark.1 <= from);
        let near = self.marks.iter().skip(first).take_while(|mark| mark.1 <= to);
        near.filter(|mark| mark.0 >= end || (mark.0 >= from && mark.1 <= start))
            .fold(0, |all, mark| all | mark.2)
    }
}

/// Letters of a word that may go on behind it, as endings do in languages with cases.
const STEM: usize = 5;

/// Whether `start..end` is a word of its own, a part of a snake_case or camelCase name, or a plural. Words of scripts
/// other than Latin may go on with an ending if they are long; scripts without spaces between words have no borders.
pub(super) fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let char_before = |at: usize| text.get(..at).and_then(|t| t.chars().next_back()).unwrap_or(' ');
    let char_at = |at: usize| text.get(at..).and_then(|t| t.chars().next()).unwrap_or(' ');
    let (first, last, before) = (char_at(start), char_before(end), char_before(start));
    let opens = match script(first) {
        Script::Latin if first.is_ascii_uppercase() && before.is_ascii_lowercase() => true,
        Script::Latin => !latin(before),
        Script::Alphabet => !before.is_alphabetic() || script(before) != Script::Alphabet,
        Script::Particles | Script::Unbroken | Script::Other => true,
    };
    let mut end = end;
    if char_at(end) == 's' && last.is_ascii_lowercase() {
        end += 1;
    }
    let after = char_at(end);
    let closes = match script(last) {
        Script::Latin if after.is_ascii_uppercase() && last.is_ascii_lowercase() => true,
        Script::Latin => !after.is_alphabetic() || !latin(after),
        Script::Alphabet => {
            let long = text.get(start..end).is_some_and(|word| word.chars().count() >= STEM);
            long || !after.is_alphabetic() || script(after) != Script::Alphabet
        }
        Script::Particles => {
            !after.is_alphabetic()
                || text.get(start..end).is_some_and(|word| word.chars().count() > 2)
        }
        Script::Unbroken | Script::Other => true,
    };
    opens && closes
}

/// How a script sets words apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    /// Spaces between words, endings behind them: Greek, Cyrillic, Armenian, Georgian, the scripts of India.
    Alphabet,
    /// Spaces between words, particles before them: Hebrew, Arabic.
    Particles,
    /// No spaces: Thai, Lao, Khmer, Burmese, Chinese, Japanese; Korean with particles at once behind a word.
    Unbroken,
    Other,
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            Script::Latin
        }
        '\u{370}'..='\u{58f}'
        | '\u{900}'..='\u{dff}'
        | '\u{10a0}'..='\u{10ff}'
        | '\u{1200}'..='\u{139f}' => Script::Alphabet,
        '\u{590}'..='\u{6ff}' => Script::Particles,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'.. => Script::Unbroken,
        _ => Script::Other,
    }
}

/// Whether `c` would go on with a Latin word.
fn latin(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}' && !matches!(script(c), Script::Unbroken)
}

#[cfg(test)]
mod tests {
    use super::{Context, LICENCE, PHONE};

    #[test]
    fn only_whole_words_count() {
        let has = |text: &str, topic| {
            let n = text.len();
            Context::new(text).topics(0, n, n, n) & topic != 0
        };
        for text in [
            "phone",
            "my Phone:",
            "phone_number",
            "phoneNumber",
            "phones",
            "customerPhone",
            "电话是",
        ] {
            assert!(has(text, PHONE), "{text}");
        }
        for text in [
            "ТЕЛЕФОН",
            "Телефону",
            "Τηλέφωνο",
            "TÉLÉPHONE",
            "Điện thoại",
            "ĐT",
            "الهاتف",
            "הטלפון",
            "โทรศัพท์",
            "फ़ोन",
            "我的手机号是",
            "전화번호",
        ] {
            assert!(has(text, PHONE), "{text}");
        }
        for text in [
            "microphone1",
            "headphones",
            "hotel",
            "excellent",
            "untelling",
            "phonetic",
            "отель",
            "телевизор",
            "автотелефон",
            "cepa",
            "homöopathie",
            "ομαδικιν",
        ] {
            assert!(!has(text, PHONE), "{text}");
        }
        assert!(!has("public", LICENCE) && !has("Handlungsfeld", LICENCE));
    }
}

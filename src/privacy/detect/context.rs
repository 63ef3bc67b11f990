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
pub(super) const VERSION: Topics = 1 << 12;
pub(super) const OTHER_NUMBER: Topics = 1 << 13;
/// The first bit of the national ids.
pub(super) const NATIONAL_SHIFT: usize = 16;

/// Words per subject, in lower case. Languages: English, German, French, Spanish, Italian, Portuguese, Dutch and
/// more.
const WORDS: &[(Topics, &str)] = &[
    (
        PHONE,
        "phone,telephone,tel,tel.,mobile,cell,cellphone,cell phone,fax,whatsapp,sms,hotline,phone number,telefon,\
             telefono,teléfono,téléphone,telefone,celular,móvil,movil,cellulare,handy,rufnummer,mobil,handynummer,\
             telefonnummer,gsm,telefoon,mobiel,puhelin,puh,komórka,numéro de téléphone,portable,contact number,\
             电话,手机,電話,携帯,전화,телефон,тел",
    ),
    (
        PHONE_WEAK,
        "call,dial,ring,text me,text us,reach,contact,call me,calling,whatsapp,message me,signal,ruf,appelez,llama,\
                  chiama,ligue,bel,number is,my number,anrufen,contacto,kontakt,contacter,helpline,reachable",
    ),
    (
        CARD,
        "card,credit card,debit card,visa,mastercard,amex,american express,discover,diners,jcb,maestro,unionpay,cc,\
            card number,pan,kreditkarte,karte,carte,tarjeta,carta,cartão,creditcard,payment,pay,cvv,expiry",
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
        VERSION,
        "version,ver,v,release,build,firmware,oid,section,chapter,figure,cudnn,cuda,tensorrt,chrome,firefox,windows,postgres,mysql",
    ),
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
            patterns.push(word);
            topics.push(topic);
        }
    }
    let mut builder = AhoCorasick::builder();
    // A table for every byte would be twice as fast and ten times as large; this takes a few nanoseconds a word.
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA));
    builder.build(patterns).ok().map(|search| (search, topics))
});

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

/// Whether `start..end` is a word of its own, a part of a snake_case or camelCase name, or a plural.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(b' ');
    let (first, last) = (at(start), at(end - 1));
    let before = start.checked_sub(1).map_or(b' ', at);
    let opens = match before {
        b if b >= 0x80 => first >= 0x80 || !latin_end(text.get(..start).unwrap_or("")),
        b => {
            !b.is_ascii_alphanumeric()
                || first >= 0x80
                || (first.is_ascii_uppercase() && b.is_ascii_lowercase())
        }
    };
    let mut end = end;
    if at(end) == b's' && last.is_ascii_lowercase() {
        end += 1;
    }
    let closes = match at(end) {
        b if b >= 0x80 => last >= 0x80 || !latin_start(text.get(end..).unwrap_or("")),
        b => {
            !b.is_ascii_alphabetic()
                || last >= 0x80
                || (b.is_ascii_uppercase() && last.is_ascii_lowercase())
        }
    };
    opens && closes
}

fn latin_end(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c.is_alphanumeric() && c < '\u{2e80}')
}

fn latin_start(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphanumeric() && c < '\u{2e80}')
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
        for text in ["microphone1", "headphones", "hotel", "excellent", "untelling", "phonetic"] {
            assert!(!has(text, PHONE), "{text}");
        }
        assert!(!has("public", LICENCE) && !has("Handlungsfeld", LICENCE));
    }
}

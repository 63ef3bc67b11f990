//! What the name of a field asks for.

use crate::chat::EntityType;
use crate::config::entities;

/// Endings of field names, in words, and the types whose text such a field holds. The longest that fits counts.
const ENDINGS: &[(&str, &[&str])] = &[
    ("email", &["EMAIL_ADDRESS"]),
    ("e mail", &["EMAIL_ADDRESS"]),
    ("email address", &["EMAIL_ADDRESS"]),
    ("mail address", &["EMAIL_ADDRESS"]),
    ("phone", &["PHONE_NUMBER"]),
    ("phone number", &["PHONE_NUMBER"]),
    ("telephone", &["PHONE_NUMBER"]),
    ("telephone number", &["PHONE_NUMBER"]),
    ("mobile", &["PHONE_NUMBER"]),
    ("mobile number", &["PHONE_NUMBER"]),
    ("person", &["PERSON"]),
    ("full name", &["PERSON"]),
    ("person name", &["PERSON"]),
    ("customer name", &["PERSON"]),
    ("client name", &["PERSON"]),
    ("patient name", &["PERSON"]),
    ("contact name", &["PERSON"]),
    ("sender name", &["PERSON"]),
    ("recipient name", &["PERSON"]),
    ("caller name", &["PERSON"]),
    ("employee name", &["PERSON"]),
    ("company", &["ORGANIZATION"]),
    ("company name", &["ORGANIZATION"]),
    ("organization", &["ORGANIZATION"]),
    ("organization name", &["ORGANIZATION"]),
    ("organisation", &["ORGANIZATION"]),
    ("employer", &["ORGANIZATION"]),
    ("address", &["STREET_ADDRESS"]),
    ("location", &["LOCATION"]),
    ("place", &["LOCATION"]),
    ("card number", &["CREDIT_CARD"]),
    ("credit card", &["CREDIT_CARD"]),
    ("iban", &["IBAN_CODE"]),
    ("account number", &["BANK_ACCOUNT", "US_BANK_NUMBER"]),
    ("bank account", &["BANK_ACCOUNT", "US_BANK_NUMBER"]),
    ("date of birth", &["DATE_OF_BIRTH"]),
    ("birth date", &["DATE_OF_BIRTH"]),
    ("birthdate", &["DATE_OF_BIRTH"]),
    ("birthday", &["DATE_OF_BIRTH"]),
    ("dob", &["DATE_OF_BIRTH"]),
    ("ip", &["IP_ADDRESS"]),
    ("ip address", &["IP_ADDRESS"]),
    ("mac address", &["MAC_ADDRESS"]),
    ("wallet address", &["CRYPTO"]),
    ("web address", &["URL"]),
    ("url", &["URL"]),
    ("link", &["URL"]),
    ("website", &["URL"]),
    ("ssn", &["US_SSN"]),
    ("social security number", &["US_SSN"]),
    ("passport", &["PASSPORT", "US_PASSPORT"]),
    ("passport number", &["PASSPORT", "US_PASSPORT"]),
    ("driver license", &["DRIVER_LICENSE", "US_DRIVER_LICENSE"]),
    ("driver license number", &["DRIVER_LICENSE", "US_DRIVER_LICENSE"]),
    ("license plate", &["LICENSE_PLATE"]),
    ("vin", &["VIN"]),
    ("username", &["USERNAME"]),
    ("user name", &["USERNAME"]),
    ("medical record number", &["MEDICAL_RECORD"]),
];

/// Last words of the names of identifiers.
const IDENTIFIERS: [&str; 8] = ["id", "number", "no", "nr", "code", "reference", "ref", "key"];

/// What a name asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Asks {
    /// An entity of one of these types.
    Entity(Vec<EntityType>),
    /// Any date.
    Date,
    /// An identifier of an unknown form.
    Identifier,
    /// Nothing that is known.
    Unknown,
}

/// The words of a name in snake, kebab or camel case, lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut before) = (String::new(), ' ');
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if (starts || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// What a field of that name and `format` asks for; `many` if it holds a list, whose name may be a plural.
pub(super) fn asks(name: &str, format: Option<&str>, many: bool) -> Asks {
    let types = |names: &[&str]| names.iter().filter_map(|name| entities::find(name)).collect();
    match format {
        Some("email" | "idn-email") => return Asks::Entity(types(&["EMAIL_ADDRESS"])),
        Some("uri" | "url" | "iri") => return Asks::Entity(types(&["URL"])),
        Some("ipv4" | "ipv6") => return Asks::Entity(types(&["IP_ADDRESS"])),
        _ => {}
    }
    let words = words(name);
    let whole = words.join(" ");
    let single = if many { singular(&whole) } else { whole };
    if single == "name" {
        return Asks::Entity(types(&["PERSON"]));
    }
    if let Some(entity) = entities::find(&single.replace(' ', "_")) {
        return Asks::Entity(vec![entity]);
    }
    let ends = |ending: &str| {
        single.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    let fitting = ENDINGS.iter().filter(|(ending, _)| ends(ending));
    if let Some((_, names)) = fitting.max_by_key(|(ending, _)| ending.len()) {
        return Asks::Entity(types(names));
    }
    if ends("date") {
        return Asks::Date;
    }
    if IDENTIFIERS.iter().any(|word| ends(word)) { Asks::Identifier } else { Asks::Unknown }
}

fn singular(name: &str) -> String {
    match name {
        "people" | "persons" => "person".to_owned(),
        _ => match (name.strip_suffix("sses"), name.strip_suffix("ies"), name.strip_suffix('s')) {
            (Some(stem), _, _) => format!("{stem}ss"),
            (_, Some(stem), _) => format!("{stem}y"),
            (_, _, Some(stem)) => stem.to_owned(),
            _ => name.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Asks, asks, words};

    #[test]
    fn names() {
        assert_eq!(words("customerName"), ["customer", "name"]);
        assert_eq!(words("ship-to_address2"), ["ship", "to", "address2"]);
        for (name, many, expected) in [
            ("email", false, "EMAIL_ADDRESS"),
            ("contactEmail", false, "EMAIL_ADDRESS"),
            ("name", false, "PERSON"),
            ("customer_name", false, "PERSON"),
            ("people", true, "PERSON"),
            ("email_addresses", true, "EMAIL_ADDRESS"),
            ("companies", true, "ORGANIZATION"),
            ("shipping_address", false, "STREET_ADDRESS"),
            ("ip_address", false, "IP_ADDRESS"),
            ("card_number", false, "CREDIT_CARD"),
            ("iban_code", false, "IBAN_CODE"),
            ("dateOfBirth", false, "DATE_OF_BIRTH"),
        ] {
            let found = asks(name, None, many);
            assert!(
                matches!(&found, Asks::Entity(types) if types[0].as_str() == expected),
                "{name}: {found:?}"
            );
        }
        assert_eq!(asks("order_date", None, false), Asks::Date);
        assert_eq!(asks("order_id", None, false), Asks::Identifier);
        for name in ["product_name", "first_name", "city", "summary", "mandate", "friend"] {
            assert_eq!(asks(name, None, false), Asks::Unknown, "{name}");
        }
        assert!(matches!(asks("reply_to", Some("email"), false), Asks::Entity(_)));
    }
}

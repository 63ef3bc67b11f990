//! The names of finding types that a configuration may mention.
//!
//! Invariant: these are the types that the detectors report, no more and no fewer, so that a rule on a type can match.
//! Names are Presidio's where it has one.

use crate::chat::EntityType;

/// All names, sorted.
pub const ENTITIES: &[&str] = &[
    "ABA_ROUTING_NUMBER",
    "AGE",
    "AR_CUIT",
    "AT_SVNR",
    "AU_ABN",
    "AU_ACN",
    "AU_MEDICARE",
    "AU_TFN",
    "BANK_ACCOUNT",
    "BE_NRN",
    "BG_EGN",
    "BR_CNPJ",
    "BR_CPF",
    "CA_SIN",
    "CH_AHV",
    "CL_RUT",
    "CN_RESIDENT_ID",
    "CREDIT_CARD",
    "CRYPTO",
    "CZ_RC",
    "DATE_OF_BIRTH",
    "DE_TAX_ID",
    "DK_CPR",
    "DRIVER_LICENSE",
    "EE_ISIKUKOOD",
    "EMAIL_ADDRESS",
    "ES_NIE",
    "ES_NIF",
    "FI_PERSONAL_IDENTITY_CODE",
    "FR_NIR",
    "GOVERNMENT_ID",
    "GR_AMKA",
    "HK_HKID",
    "HR_OIB",
    "IBAN_CODE",
    "IE_PPS",
    "IL_TZ",
    "IN_AADHAAR",
    "IN_PAN",
    "IP_ADDRESS",
    "IT_FISCAL_CODE",
    "JP_MY_NUMBER",
    "KR_RRN",
    "LICENSE_PLATE",
    "LOCATION",
    "MAC_ADDRESS",
    "MEDICAL_RECORD",
    "MX_CURP",
    "NL_BSN",
    "NO_FNR",
    "ORGANIZATION",
    "PASSPORT",
    "PASSWORD",
    "PERSON",
    "PHONE_NUMBER",
    "PL_PESEL",
    "PT_NIF",
    "RO_CNP",
    "RU_SNILS",
    "SECRET",
    "SE_PERSONNUMMER",
    "SG_NRIC_FIN",
    "STREET_ADDRESS",
    "TH_ID",
    "TR_TCKN",
    "TW_ID",
    "UK_NHS",
    "UK_NINO",
    "URL",
    "USERNAME",
    "US_BANK_NUMBER",
    "US_DRIVER_LICENSE",
    "US_ITIN",
    "US_PASSPORT",
    "US_SSN",
    "VIN",
    "ZA_ID",
];

/// The type of that name; letter case does not matter.
pub fn find(name: &str) -> Option<EntityType> {
    ENTITIES.iter().find(|known| known.eq_ignore_ascii_case(name)).map(|known| EntityType(known))
}

#[cfg(test)]
mod tests {
    use super::ENTITIES;

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(ENTITIES.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

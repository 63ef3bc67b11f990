//! The types that are reported. Names are Presidio's where it has one; national ids carry their country's code.

use crate::chat::EntityType;

macro_rules! entities {
    ($(#[$doc:meta])* $list:ident: $($name:ident)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`.")]
            pub const $name: EntityType = EntityType(stringify!($name));
        )*
        $(#[$doc])*
        pub const $list: &[EntityType] = &[$($name),*];
    };
}

entities! {
    /// Types that the edge model alone reports.
    READ:
    PERSON LOCATION STREET_ADDRESS ORGANIZATION AGE MEDICAL_RECORD USERNAME PASSWORD GOVERNMENT_ID BANK_ACCOUNT
}

entities! {
    /// Types that a detector reports.
    DETECTED:
    EMAIL_ADDRESS PHONE_NUMBER CREDIT_CARD IBAN_CODE IP_ADDRESS MAC_ADDRESS URL DATE_OF_BIRTH CRYPTO SECRET
    PASSPORT US_PASSPORT DRIVER_LICENSE US_DRIVER_LICENSE LICENSE_PLATE VIN US_BANK_NUMBER ABA_ROUTING_NUMBER
    US_SSN US_ITIN UK_NINO UK_NHS ES_NIF ES_NIE IT_FISCAL_CODE PL_PESEL SG_NRIC_FIN AU_ABN AU_ACN AU_TFN AU_MEDICARE
    IN_AADHAAR IN_PAN FI_PERSONAL_IDENTITY_CODE KR_RRN DE_TAX_ID FR_NIR BR_CPF BR_CNPJ NL_BSN SE_PERSONNUMMER CA_SIN
    ZA_ID TR_TCKN CN_RESIDENT_ID MX_CURP PT_NIF BE_NRN CH_AHV NO_FNR DK_CPR RO_CNP CZ_RC HR_OIB IE_PPS AT_SVNR
    HK_HKID TW_ID TH_ID IL_TZ CL_RUT AR_CUIT BG_EGN EE_ISIKUKOOD RU_SNILS JP_MY_NUMBER GR_AMKA
}

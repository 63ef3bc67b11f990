//! Secrets: a key word beside them, or the look of something that nobody would write as a word.

use super::around::{Around, split};
use super::code;
use super::lists::{CODE, COMMON, FOREIGN, FUNCTION};
use super::pattern::{matches, regex};
use crate::privacy::validate::entropy;
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// Words that announce a secret.
static SECRET_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:pass(?:word|wort|code|phrase|wd)?|pwd|pw|passwort|kennwort|losung|mot\ de\ passe|mdp|contraseña|clave|senha|parola\ d'ordine|
        wachtwoord|lösenord|adgangskode|passord|salasana|hasło|heslo|jelszó|parolă|şifre|sifre|пароль|κωδικός|密码|密碼|口令|パスワード|暗証番号|비밀번호|
        secret|token|api[\ _-]?key|access[\ _-]?key|private[\ _-]?key|auth(?:orization)?|bearer|credentials?|pin(?:\ code)?|otp|2fa|code|key|schlüssel|
        seed|recovery|licen[cs]e|webhook|signature|combination|unlock)
        (?:(?:\s+(?:is|was|ist|war|est|es|è|é|lautet))?\s*(?:[:=]|:=|=>|：)?|(?:\s+[\w'’()-]+){1,5}\s*(?:[:=：]|\s(?:is|was|ist|war|est|es|è|é|lautet)))\s*["'`“(\[<{]?$"#,
    )
});

/// Words behind a secret that say what it is.
static SECRET_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)^["'`”]?\s+(?:is|as|was|ist|als|est|es|como|è|come)\s+(?:(?:my|the|our|your|his|her|their|a|mein|das|unser|mon|le|mi|la|el|il|o)\s+)?(?:\w+\s)?(?:password|passwort|passcode|passphrase|pin\b|pw\b|pwd|secret|token|api key|mot de passe|contraseña|senha|wachtwoord|code)"#,
    )
});

/// A placeholder in a secret's place (`YOUR_KEY`, `KEY1`, `TOKEN`).
static STAND_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:your|my|the|some|any)?[\W_]*(?:api|access|secret|private|public|auth|openai|github|hf)?[\W_]*(?:key|token|secret|password|passwd|pwd|credential)s?[\W_]*\d{0,2}[\W_]*(?:here)?$",
    )
});

/// A secret needs a key word before it, or the look of something that nobody would write as a word.
pub(super) fn secret(a: &Around<'_>) -> bool {
    let value = a.value.trim_matches(|c: char| {
        matches!(c, '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';')
    });
    if value.chars().count() < 4 || matches(&STAND_IN, value) || in_picture(a) {
        return false;
    }
    let told = matches(&SECRET_AFTER, a.near_after(48));
    let announced = matches(&SECRET_KEY, a.near_before(64)) && !is_prose(a);
    if looks_random(value) || is_whole(a, value) {
        return true;
    }
    let plain = split(value).all(|word| {
        let word = word.to_lowercase();
        [&FUNCTION, &FOREIGN, &COMMON, &CODE].iter().any(|list| list.contains(&word))
    });
    (announced || told) && !plain && !code::is_identifier(a)
}

/// Whether the value fills a field of a record or a string, and has a mark or digits in it as passwords have.
fn is_whole(a: &Around<'_>, value: &str) -> bool {
    let quoted = code::literal(a).is_some_and(|it| it.head.len() + it.tail.len() <= 2);
    let marked = value.contains(['!', '?', '$', '%', '&', '*', '^', '#', '+', '~']);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let plain = value.chars().all(|c| !c.is_whitespace());
    let odd = marked || (digits > 0 && letters >= 3);
    let path = value.contains(['/', '{', '}', '<', '>', '(', ')', '[', ']', '='])
        || value.starts_with(['-', '.', '*', '$', '%', '~', '#', '?']);
    plain && odd && ((a.in_record() && letters >= 3) || (quoted && value.len() >= 8 && !path))
}

/// Whether the words go on behind the value as they do in a sentence about a key (`token: The bearer token to use`).
fn is_prose(a: &Around<'_>) -> bool {
    let next = a.word_after();
    let blank = a.after.starts_with(' ');
    blank
        && (CODE.contains(&next) || COMMON.contains(&next))
        && a.value.chars().all(|c| c.is_alphabetic() || c == '-')
}

/// Whether a run mixes digits and letters, or cases, as words and names of variables do not.
fn looks_random(value: &str) -> bool {
    let parts = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.into_iter().any(|part| {
        let n = part.chars().count();
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let kinds: Vec<u8> = part
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    0
                } else if c.is_uppercase() {
                    1
                } else {
                    2
                }
            })
            .collect();
        let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
        // `V1PersistentVolumeClaim` changes case at every word; what is random does so at every second letter or two.
        n >= 8 && digits >= 1 && digits < n && changes * 3 >= n && entropy(part.as_bytes()) > 2.5
            || n >= 20 && digits >= 3 && changes >= 5 && entropy(part.as_bytes()) > 3.0
            || (n >= 16 && digits >= 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

/// Whether the value is a part of a picture or a document in base64, which begins with its kind's first bytes.
fn in_picture(a: &Around<'_>) -> bool {
    const KINDS: &[&str] = &[
        "iVBORw0KGgo",
        "/9j/",
        "R0lGOD",
        "UklGR",
        "JVBERi0",
        "PHN2Zy",
        "d09GM",
        "AAEAAAA",
        "T2dnUw",
        "SUQz",
    ];
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    KINDS.iter().any(|kind| a.value.contains(kind))
        // A run that goes on beyond all that is seen, on both sides or on one, is data.
        || (a.run(base64).len() > 300)
}

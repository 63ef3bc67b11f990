//! Invented values of eleven types, a different one for every number, and a sentence for each type.

const FIRST: [&str; 12] = [
    "Marta", "Henrik", "Jonas", "Anna", "Pedro", "Lucia", "Ingrid", "Oliver", "Sofia", "Tomas",
    "Emily", "Karl",
];
const LAST: [&str; 12] = [
    "Lindqvist",
    "Solberg",
    "Weber",
    "Schmidt",
    "Alvarez",
    "Moretti",
    "Johansen",
    "Bennett",
    "Kowalski",
    "Novak",
    "Carter",
    "Fischer",
];

/// A type of values: the value of a number, and the sentence around it.
pub(super) struct Planted {
    pub name: &'static str,
    pub value: fn(usize) -> String,
    pub sentence: &'static str,
}

pub(super) const PLANTED: [Planted; 11] = [
    Planted { name: "person", value: person, sentence: "Please call {} back about the order." },
    Planted { name: "email", value: email, sentence: "Write to {} today." },
    Planted { name: "phone", value: phone, sentence: "Call {} after five." },
    Planted { name: "card", value: card, sentence: "Charge the card {} please." },
    Planted { name: "iban", value: iban, sentence: "Transfer it to {} soon." },
    Planted { name: "ssn", value: ssn, sentence: "Her SSN is {} as far as I know." },
    Planted { name: "ip", value: ip, sentence: "The request came from {} last night." },
    Planted { name: "address", value: address, sentence: "She lives at {} with her sister." },
    Planted { name: "birth", value: birth, sentence: "Date of birth: {}." },
    Planted { name: "secret", value: secret, sentence: "Use the token {} for it." },
    Planted { name: "passport", value: passport, sentence: "Passport number {} was checked." },
];

fn person(n: usize) -> String {
    format!("{} {}", FIRST[n % 12], LAST[(n / 12 + n) % 12])
}

fn email(n: usize) -> String {
    format!("{}.{}{n}@example.org", FIRST[n % 12], LAST[n % 11]).to_lowercase()
}

fn phone(n: usize) -> String {
    format!("+44 20 7946 0{:03}", 100 + n)
}

fn card(n: usize) -> String {
    let body = format!("411111111{:06}", 7919 * (n + 1));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn iban(n: usize) -> String {
    let account = format!("37040044{:010}", 532_013_000 + n);
    let rest = format!("{account}131400")
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

fn ssn(n: usize) -> String {
    format!("536-22-{}", 1187 + n)
}

fn ip(n: usize) -> String {
    format!("81.2.{}.{}", 60 + n % 90, 10 + n)
}

fn address(n: usize) -> String {
    format!("{} Elm Street, Springfield, IL 62704", 10 + n)
}

fn birth(n: usize) -> String {
    format!("{:02}/{:02}/19{:02}", n % 12 + 1, n % 28 + 1, 40 + n % 59)
}

fn secret(n: usize) -> String {
    let letters = b"aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5z";
    let letter = |at: usize| char::from(letters[(at * (n + 3) + n) % letters.len()]);
    format!("ghp_{}", (0..36).map(letter).collect::<String>())
}

fn passport(n: usize) -> String {
    format!("C01X{:05}", 10_007 + 37 * n)
}

//! Wallet addresses: base58check with the version bytes of Bitcoin, Litecoin, Dogecoin and Tron; bech32 and bech32m
//! (BIP-173, BIP-350); Ethereum's `0x` and 40 hexadecimal digits (EIP-55); private keys in WIF and BIP-32 form.

use super::context::WALLET;
use super::entity::{CRYPTO, SECRET};
use super::scan::{Hit, Scan};
use crate::privacy::validate::{base58, base58check, bech32};

pub(super) fn find(scan: &mut Scan) {
    for i in 0..scan.words.len() {
        let word = scan.words[i];
        let len = word.len();
        if !(26..=112).contains(&len) || word.numeric || !word.opens || !scan.closes(word.end) {
            continue;
        }
        let Some(text) = scan.bytes.get(word.start..word.end) else { continue };
        let (entity, kind, score) = match classify(text) {
            Some(found) => found,
            None if solana(text) && scan.topics(word.start, word.end, 48, 24) & WALLET != 0 => {
                (CRYPTO, None, 0.7)
            }
            None => continue,
        };
        scan.push(Hit {
            start: word.start,
            end: word.end,
            entity,
            kind,
            score,
            validated: true,
            detector: "crypto",
        });
    }
}

type Found = (crate::chat::EntityType, Option<&'static str>, f32);

fn classify(text: &[u8]) -> Option<Found> {
    if text.len() == 42 && text.starts_with(b"0x") {
        let hex = text.get(2..)?;
        let zero = hex.iter().all(|b| Some(b) == hex.first());
        return (hex.iter().all(u8::is_ascii_hexdigit) && !zero).then_some((CRYPTO, None, 0.9));
    }
    let head: Vec<u8> = text.iter().take(5).map(u8::to_ascii_lowercase).collect();
    if [&b"bc1"[..], b"tb1", b"ltc1", b"bcrt1"].iter().any(|hrp| head.starts_with(hrp)) {
        return bech32(text).then_some((CRYPTO, None, 1.0));
    }
    match (text.first()?, text.len()) {
        (b'1' | b'3' | b'L' | b'M' | b'D' | b'A' | b'T' | b'm' | b'n' | b'2', 26..=35) => {
            let payload = base58check(text)?;
            let version = matches!(
                payload.first(),
                Some(0x00 | 0x05 | 0x30 | 0x32 | 0x1e | 0x16 | 0x41 | 0x6f | 0xc4)
            );
            (version && payload.len() == 21).then_some((CRYPTO, None, 1.0))
        }
        (b'5' | b'K' | b'L', 51 | 52) => {
            let payload = base58check(text)?;
            let wif = payload.first() == Some(&0x80) && matches!(payload.len(), 33 | 34);
            wif.then_some((SECRET, Some("bitcoin_private_key"), 1.0))
        }
        (b'x', 111) if text.starts_with(b"xprv") => {
            base58check(text).map(|_| (SECRET, Some("bitcoin_private_key"), 1.0))
        }
        _ => None,
    }
}

/// Solana's addresses have no checksum: 32 bytes in base58.
fn solana(text: &[u8]) -> bool {
    (32..=44).contains(&text.len()) && base58(text).is_some_and(|bytes| bytes.len() == 32)
}

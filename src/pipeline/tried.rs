//! Which targets a request was tried at and how each ended: for the log, and for a client whose request failed at all of
//! them. Names and codes only, never words of a request, an answer or a provider.

use super::ctx::Ctx;
use crate::chat::{Hop, HopKind, Outcome, RequestRecord};
use crate::error::{Error, ErrorSource};

/// What became of each target that did not answer in full, in the order in which they were asked. Attempts in a row that
/// ended the same way are one entry.
fn tried(record: &RequestRecord) -> Vec<String> {
    let mut ends: Vec<(&str, &str, usize)> = Vec::new();
    for hop in &record.hops {
        let Some((target, end)) = end(hop) else { continue };
        match ends.last_mut() {
            Some((last, how, n)) if *last == target && *how == end => *n += 1,
            _ => ends.push((target, end, 1)),
        }
    }
    let words = |(target, end, n): (&str, &str, usize)| match n {
        1 => format!("`{target}` ({end})"),
        n => format!("`{target}` ({end}, {n} times)"),
    };
    ends.into_iter().map(words).collect()
}

fn end(hop: &Hop) -> Option<(&str, &str)> {
    let asked = matches!(hop.kind, HopKind::Upstream | HopKind::Generate | HopKind::Queue);
    let answered = matches!(hop.outcome, Outcome::Ok | Outcome::Partial);
    let target = hop.target.as_deref().filter(|_| asked && !answered)?;
    let is_code = |text: &&str| {
        text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let code = hop.detail.as_deref().filter(is_code);
    Some((target, code.unwrap_or(hop.outcome.as_str())))
}

/// Writes a line about a request that some target failed, whoever answered in the end. A client that was at fault or a
/// rule that refuses is no news.
pub(super) fn log(ctx: &Ctx, error: Option<&Error>) {
    let tried = tried(&ctx.record);
    let request = ctx.record.id;
    match error {
        Some(error) => {
            let ours = matches!(error.kind.facts().3, ErrorSource::Upstream | ErrorSource::Local);
            if ours || !tried.is_empty() {
                let (code, tried) = (error.kind.code(), tried.join(", "));
                tracing::warn!(%request, code, tried, "a request failed");
            }
        }
        None if !tried.is_empty() => {
            let target = ctx.record.target.as_deref().unwrap_or_default();
            tracing::info!(%request, target, tried = tried.join(", "), "answered after others failed");
        }
        None => {}
    }
}

/// The error with every target that was tried, where there were several.
pub(super) fn named(ctx: &Ctx, mut error: Error) -> Error {
    let mut targets: Vec<&str> =
        ctx.record.hops.iter().filter_map(|hop| Some(end(hop)?.0)).collect();
    targets.dedup();
    if targets.len() > 1 {
        error.message = format!("{} (tried: {})", error.message, tried(&ctx.record).join(", "));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::tried;
    use crate::chat::{Hop, HopKind, Outcome, RequestRecord};

    #[test]
    fn every_target_is_named_with_its_end() {
        let hop = |kind, target: Option<&str>, outcome, detail: Option<&str>| Hop {
            kind,
            target: target.map(Into::into),
            start_us: 0,
            duration_us: 1,
            ttft_us: None,
            usage: None,
            cost: None,
            outcome,
            allowance_us: None,
            detail: detail.map(str::to_owned),
        };
        let up = |target, outcome, detail| hop(HopKind::Upstream, Some(target), outcome, detail);
        for (hops, expected) in [
            (vec![], ""),
            (vec![hop(HopKind::Detect, None, Outcome::Timeout, None)], ""),
            (vec![up("a", Outcome::Ok, None)], ""),
            (vec![up("a", Outcome::Timeout, None)], "`a` (timeout)"),
            (vec![up("a", Outcome::Error, Some("upstream_failed"))], "`a` (upstream_failed)"),
            (
                vec![up("a", Outcome::Error, Some("upstream_failed")), up("b", Outcome::Ok, None)],
                "`a` (upstream_failed)",
            ),
            (
                vec![
                    up("a", Outcome::Error, Some("upstream_cut")),
                    up("b", Outcome::Timeout, None),
                ],
                "`a` (upstream_cut), `b` (timeout)",
            ),
            (vec![up("a", Outcome::Error, None); 3], "`a` (error, 3 times)"),
            (
                vec![up("a", Outcome::Error, None), up("a", Outcome::Timeout, None)],
                "`a` (error), `a` (timeout)",
            ),
            (
                vec![
                    hop(HopKind::Generate, Some("local"), Outcome::Rejected, None),
                    up("b", Outcome::Error, None),
                ],
                "`local` (rejected), `b` (error)",
            ),
            (vec![up("a", Outcome::Error, Some("Words of a provider"))], "`a` (error)"),
        ] {
            let record = RequestRecord { hops, ..RequestRecord::default() };
            assert_eq!(tried(&record).join(", "), expected);
        }
    }
}

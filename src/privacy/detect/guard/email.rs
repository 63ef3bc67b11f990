//! E-mail addresses: `@` or what stands for it, plain, escaped or spelled.

use super::around::{Around, split};
use super::lists::{COMMON, FUNCTION};
use super::pattern::regex;
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// An e-mail address as people write it: `@` or what stands for it, plain, escaped or spelled, and a domain.
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)
        [\p{L}\d._%+'-]*[\p{L}\d_]\s{0,2}
        (?: [@＠﹫] | %40 | &\#0*64; | &\#x0*40; | &commat; | \\+u0040 | \\x40 | [(\[{<]\s?(?:at|ät|@|arroba|chez|a|ett?)\s?[)\]}>] )
        \s{0,2} [\p{L}\d-]+ (?: \s{0,2} (?: [.．] | %2e | &\#0*46; | [(\[{<]\s?(?:dot|punkt|punto|point|ponto|\.)\s?[)\]}>] | \s(?:dot|punkt|punto|point|ponto)\s ) \s{0,2} [\p{L}\d-]+ )*
        \s{0,2} (?: [.．] | %2e | &\#0*46; | [(\[{<]\s?(?:dot|punkt|punto|point|ponto|\.)\s?[)\]}>] | \s(?:dot|punkt|punto|point|ponto)\s ) \s{0,2} \p{L}{2,24}"#,
    )
});

/// The same with a bare word for `@` and for the full stop.
static SPELLED_EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)[\p{L}\d][\p{L}\d._+-]*(?:\s(?:dot|punkt|punto|point|ponto|underscore)\s[\p{L}\d._+-]+)*
        \s(?:at|ät|arroba|chiocciola|apenstaartje|klammeraffe|zavináč|małpa|kukac|собака|snabel-?a)\s
        [\p{L}\d-]+(?:(?:\s(?:dot|punkt|punto|point|ponto|точка|piste|kropka|tečka)\s|\.)[\p{L}\d-]+)+"#,
    )
});

/// An address within an organisation, without a domain (`Anna Berg/SALES@ACME`); versions and branches of programs are none.
static NOTES: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"[\p{L}\d._/-]+@\p{L}{3,}\b"));
const VERSIONS: &[&str] = &[
    "latest",
    "next",
    "beta",
    "alpha",
    "main",
    "master",
    "stable",
    "canary",
    "dev",
    "head",
    "nightly",
    "edge",
    "localhost",
];

/// The whole of an e-mail address of which the model saw a part, as bytes before and behind what it saw; `None` without `@` or what
/// stands for it.
pub(super) fn email(a: &Around<'_>) -> Option<[usize; 2]> {
    let text = [a.near_before(80), a.value, a.near_after(80)].concat();
    let from = a.near_before(80).len();
    let value = from..from + a.value.len();
    let touches = |regex: &Option<Regex>, plain: bool| {
        let mut found = regex.as_ref()?.find_iter(&text).filter(|found| {
            let local = text.get(found.range()).and_then(|t| split(t).next()).unwrap_or_default();
            let word = local.to_lowercase();
            let ordinary = !plain && (FUNCTION.contains(&word) || COMMON.contains(&word));
            let host =
                text.get(found.range()).and_then(|t| t.rsplit('@').next()).unwrap_or_default();
            let version = VERSIONS.contains(&host.to_lowercase().as_str());
            found.start() < value.end
                && value.start < found.end()
                && !ordinary
                && !version
                && !text.get(found.end()..).is_some_and(|rest| rest.starts_with('/'))
        });
        found.next().map(|found| {
            [value.start.saturating_sub(found.start()), found.end().saturating_sub(value.end)]
        })
    };
    touches(&EMAIL, true)
        .or_else(|| touches(&SPELLED_EMAIL, false))
        .or_else(|| touches(&NOTES, true))
}

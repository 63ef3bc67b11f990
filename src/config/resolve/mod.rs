//! From the configuration as written to the configuration as meant: defaults, secrets, files, and the checks that need
//! more than the form of the file.
//!
//! Invariant: a problem is reported once; what depends on a part with a problem in its form is not complained about.

mod experiments;
mod gain;
mod intents;
mod keys;
mod local;
mod local_work;
mod names;
mod paths;
mod privacy;
mod rules;
mod secret;
mod server;
mod target;
mod tuned;
mod url;

pub use keys::is_weak;

use super::check::Places;
use super::entities;
use super::overlay::Written;
use super::problem::{Problem, name_hint};
use super::raw::{RawBudget, RawConfig, RawLatency, RawStages};
use super::resolved::{Budget, Config, LatencyBudgets, LedgerSettings};
use super::{Overrides, show};
use crate::chat::EntityType;
use crate::units::NanoUsd;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Reads an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What resolving needs beside the raw configuration, and what it finds on the way.
pub(super) struct Context<'a> {
    /// The environment.
    pub env: Env<'a>,
    /// The folder that relative paths start from.
    pub dir: PathBuf,
    /// Where values stand in the file.
    pub places: Places,
    /// List entries of which the check left nothing.
    pub lost: Vec<String>,
    /// Everything wrong so far.
    pub problems: Vec<Problem>,
    /// Every file read so far.
    pub files: Vec<PathBuf>,
    /// Types that the operator's own patterns and words find.
    pub own_types: Vec<EntityType>,
    /// Whether something stands in for keys that are not there.
    pub without_keys: bool,
}

impl Context<'_> {
    fn report(&mut self, path: &str, message: impl Into<String>, hint: Option<String>) {
        let at = self.places.find(path);
        self.problems.push(Problem { path: path.to_owned(), at, message: message.into(), hint });
    }

    /// Whether something at or below `path` is wrong already.
    fn broken(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.problems.iter().any(|problem| problem.path.strip_prefix(path).is_some_and(below))
            || self.lost.iter().any(|lost| path.strip_prefix(&**lost).is_some_and(below))
    }

    /// The type of that name, one of the operator's own or of Weir's; a name that is neither is a problem.
    fn entity(&mut self, name: &str, path: &str) -> Option<EntityType> {
        let own = self.own_types.iter().find(|own| own.as_str().eq_ignore_ascii_case(name));
        let found = own.copied().or_else(|| entities::find(name));
        // A pattern that is wrong may have been the one that gives a type this name.
        let own = ["privacy.patterns", "privacy.words"].iter().any(|path| self.broken(path));
        if found.is_none() && !own && !self.broken(path) {
            let some = "for example EMAIL_ADDRESS, CREDIT_CARD, US_SSN or SECRET".to_owned();
            let own = self.own_types.iter().map(|own| own.as_str());
            let hint =
                name_hint(name, entities::ENTITIES.iter().copied().chain(own)).or(Some(some));
            self.report(path, format!("there is no finding type `{name}`"), hint);
        }
        found
    }

    /// The value of an environment variable that is set to something.
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.trim().is_empty())
    }
}

/// Fills in everything; problems are in the context afterwards.
pub(super) fn resolve(raw: &RawConfig, overrides: &Overrides, cx: &mut Context<'_>) -> Config {
    let listen = listen(raw, overrides, cx);
    let api_keys = keys::clients(&raw.api_keys, cx);
    let admin_keys = keys::admins(&raw.admin_keys, &api_keys, cx);
    let server = server::server(raw, listen, cx);
    if !listen.ip().is_loopback() {
        keys::refuse_weak(&api_keys, &admin_keys, cx);
    }
    if !listen.ip().is_loopback() && raw.api_keys.is_empty() {
        let path = if overrides.listen.is_some() { "--listen" } else { "listen" };
        cx.report(
            path,
            format!("{listen} can be reached from other machines, and there are no `api_keys`"),
            Some("add `api_keys: [{name: …, key_env: …}]` or listen on 127.0.0.1".to_owned()),
        );
    }
    let privacy = privacy::privacy(&raw.privacy, cx);
    let local = local::local(&raw.local, cx);
    let targets = target::targets(raw, &local, cx);
    let intents = intents::intents(&raw.intents, cx);
    let gain = gain::pairs(raw, &targets, cx);
    let rules = rules::rules(raw, &targets, &gain, cx);
    let experiments = experiments::experiments(raw, &targets, cx);
    experiments::judges(&rules, &targets, &experiments, cx);
    let latency = latency(&raw.latency, cx);
    let prices_file = raw.prices.as_deref().map(|path| paths::inside(path, cx));
    if let Some(path) = &prices_file {
        if !path.is_file() {
            cx.report("prices", format!("there is no file {}", path.display()), None);
        }
        cx.files.push(path.clone());
    }
    let ledger = LedgerSettings {
        path: paths::ledger(&raw.ledger, overrides, cx),
        queue_len: raw.ledger.queue.unwrap_or(8192) as usize,
    };
    experiments::canaries(&rules, ledger.path.is_some(), cx);
    let mut config = Config {
        listen,
        api_keys,
        admin_keys,
        server,
        body_limit: raw.body_limit_mib.unwrap_or(32) as usize * 1024 * 1024,
        memory_limit: (raw.limits.memory_mib.unwrap_or(1024) as usize).saturating_mul(1 << 20),
        targets,
        intents,
        gain,
        rules,
        experiments,
        privacy,
        latency,
        local,
        ledger,
        prices_file,
        core_second: NanoUsd::from_usd(raw.local.core_second_usd.unwrap_or(0.000_012)),
        hash: Arc::from(""),
        files: cx.files.clone(),
        written: Written::default(),
    };
    config.hash = show::hash(&config);
    config
}

fn listen(raw: &RawConfig, overrides: &Overrides, cx: &mut Context<'_>) -> SocketAddr {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8787));
    let (path, text) = match (&overrides.listen, &raw.listen) {
        (Some(text), _) => ("--listen", text),
        (None, Some(text)) => ("listen", text),
        (None, None) => return default,
    };
    address(path, text, cx).unwrap_or(default)
}

/// An address to listen on.
fn address(path: &str, text: &str, cx: &mut Context<'_>) -> Option<SocketAddr> {
    let literal = text.replacen("localhost:", "127.0.0.1:", 1);
    let address = literal.parse().ok();
    if address.is_none() {
        let hint = "write an address and a port, such as 127.0.0.1:8787 or [::1]:8787";
        cx.report(path, "not an address to listen on", Some(hint.to_owned()));
    }
    address
}

/// Allowances of the local stages in milliseconds where somebody waits: detection, intent, redaction, shaping, queue.
const SOON: [u64; 5] = [1000, 150, 500, 50, 1000];
/// The same for rules that name no class; never less than where somebody waits.
const USUAL: [u64; 5] = [1000, 150, 1000, 500, 1000];
/// The same where nobody waits.
const LATER: [u64; 5] = [2000, 5000, 1000, 2000, 60_000];

/// The larger of each allowance, in milliseconds.
fn at_least(budget: &Budget, least: [u64; 5]) -> [u64; 5] {
    let given = [budget.detect, budget.intent, budget.redact, budget.shape, budget.queue];
    let ms = given.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    std::array::from_fn(|stage| ms[stage].max(least[stage]))
}

fn latency(raw: &RawLatency, cx: &mut Context<'_>) -> LatencyBudgets {
    let ms = |value: Option<u64>, default: u64| Duration::from_millis(value.unwrap_or(default));
    let stages = |raw: &RawStages, d: [u64; 5]| Budget {
        ttft_target: Duration::ZERO,
        total_target: Duration::ZERO,
        ttft_limit: None,
        total: None,
        detect: ms(raw.detect_ms, d[0]),
        intent: ms(raw.intent_ms, d[1]),
        redact: ms(raw.redact_ms, d[2]),
        shape: ms(raw.shape_ms, d[3]),
        queue: ms(raw.queue_ms, d[4]),
    };
    let bounded = |raw: &RawBudget, d: [u64; 3], of_stages: [u64; 5]| {
        let total = ms(raw.total_ms, d[2].max(raw.ttft_ms.unwrap_or(d[2])));
        Budget {
            ttft_target: ms(raw.ttft_target_ms, d[0].min(raw.ttft_ms.unwrap_or(d[0]))),
            total_target: raw.total_target_ms.map_or(total, Duration::from_millis),
            ttft_limit: Some(ms(raw.ttft_ms, d[1].min(raw.total_ms.unwrap_or(d[1])))),
            total: Some(total),
            ..stages(&raw.stages, of_stages)
        }
    };
    let interactive = bounded(&raw.interactive, [1500, 3000, 10_000], SOON);
    let background = bounded(&raw.background, [10_000, 60_000, 180_000], LATER);
    let ttft_target = raw.standard.ttft_target_ms;
    let standard = Budget {
        ttft_target: ms(ttft_target, 3000.min(raw.standard.total_target_ms.unwrap_or(3000))),
        total_target: ms(raw.standard.total_target_ms, 30_000.max(ttft_target.unwrap_or(0))),
        ..stages(&raw.standard.stages, at_least(&interactive, USUAL))
    };
    let classes =
        [("standard", &standard), ("interactive", &interactive), ("background", &background)];
    for (class, budget) in classes {
        let path = format!("latency.{class}");
        if cx.broken(&path) {
            continue;
        }
        if budget.ttft_limit.is_some_and(|limit| budget.ttft_target > limit) {
            cx.report(&format!("{path}.ttft_target_ms"), "is above `ttft_ms`", None);
        }
        if budget.ttft_limit > budget.total {
            cx.report(&format!("{path}.ttft_ms"), "is above `total_ms`", None);
        }
        if budget.total.is_some_and(|total| budget.total_target > total) {
            cx.report(&format!("{path}.total_target_ms"), "is above `total_ms`", None);
        }
        if budget.ttft_target > budget.total_target {
            cx.report(&format!("{path}.ttft_target_ms"), "is above `total_target_ms`", None);
        }
    }
    LatencyBudgets { standard, interactive, background }
}

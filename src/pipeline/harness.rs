//! The river for tests that need a local generator: one that answers as its prompt says, and a scripted provider.

use super::{Canned, Charge, Inbound, Rehearsal, Reply, ReplyBody, rehearse, run};
use crate::chat::{Choice, FinishReason, Likely, RequestRecord, Role, TokenLogprob, Usage};
use crate::config::{Config, Overrides};
use crate::inference::{
    Begun, Drafts, Footprint, GenerateRequest, InferenceError, Runtime, Step, StreamId,
    TextGenerator, Which,
};
use crate::ledger::{Ledger, LedgerStore, SqliteStore};
use crate::live::LiveState;
use crate::upstream::scripted::{Act, Server};
use http::HeaderMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Answers the message `0.9 some words` with those words, each of that probability; behind `|` stands what it says where no
/// log-probabilities are asked for; `(wait)` waits until the test says go, and `...` at the end for ever.
pub(super) struct Parrot {
    streams: Vec<Saying>,
    next: u64,
    /// Answers in work.
    running: Arc<AtomicUsize>,
    go: Arc<AtomicBool>,
}

struct Saying {
    id: StreamId,
    words: Vec<String>,
    said: usize,
    p: f32,
    logprobs: Option<usize>,
    hangs: bool,
}

impl Parrot {
    fn new() -> Self {
        Self { streams: Vec::new(), next: 0, running: Arc::default(), go: Arc::default() }
    }
}

impl TextGenerator for Parrot {
    fn begin(&mut self, request: &GenerateRequest) -> Result<Begun, InferenceError> {
        let user = request.messages.iter().rfind(|(role, _)| *role == Role::User);
        let message = user.map_or("", |(_, text)| text.as_str());
        let (p, words) = message.split_once(' ').unwrap_or_default();
        let sampling = &request.sampling;
        let (first, second) = words.split_once('|').unwrap_or((words, words));
        let words = if sampling.logprobs { first } else { second };
        let most = sampling.max_tokens.map_or(usize::MAX, |n| n as usize);
        let id = StreamId(self.next);
        self.next += 1;
        self.running.fetch_add(1, Ordering::SeqCst);
        self.streams.push(Saying {
            id,
            words: words
                .split_whitespace()
                .filter(|w| *w != "...")
                .take(most)
                .map(str::to_owned)
                .collect(),
            said: 0,
            p: p.parse().unwrap_or(0.5),
            logprobs: sampling.logprobs.then(|| sampling.top_logprobs.unwrap_or(0) as usize),
            hangs: words.ends_with("..."),
        });
        Ok(Begun::Started { stream: id, prompt_tokens: 7 })
    }

    fn n_streams(&self) -> usize {
        self.streams.len()
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn take_drafts(&mut self) -> Drafts {
        Drafts::default()
    }

    fn step(&mut self, on_step: &mut dyn FnMut(StreamId, Step) -> bool) {
        let (running, go) = (self.running.clone(), self.go.load(Ordering::SeqCst));
        self.streams.retain_mut(|saying| {
            let goes_on = match saying.words.get(saying.said) {
                Some(word) if word == "(wait)" => {
                    saying.said += usize::from(go);
                    on_step(saying.id, Step::Tick)
                }
                Some(word) => {
                    saying.said += 1;
                    let logprobs = saying.logprobs.map(|n| token(word, saying.p, n));
                    on_step(
                        saying.id,
                        Step::Text(format!("{word} "), logprobs.into_iter().collect()),
                    )
                }
                None if saying.hangs => on_step(saying.id, Step::Tick),
                None => {
                    let usage = Usage { input: 7, output: saying.said as u64, ..Usage::default() };
                    on_step(saying.id, Step::Done(FinishReason::Stop, usage));
                    false
                }
            };
            if !goes_on {
                running.fetch_sub(1, Ordering::SeqCst);
            }
            goes_on
        });
    }

    fn reset(&mut self) {
        self.streams.clear();
    }
}

/// A token of probability `p`; ten others share the rest.
fn token(word: &str, p: f32, n: usize) -> TokenLogprob {
    let likely = |p: f32| Likely { bytes: word.as_bytes().to_vec(), logprob: p.ln() };
    let others = std::iter::repeat_n((1.0 - p) / 10.0, 10);
    let top = std::iter::once(p).chain(others).take(n).map(likely).collect();
    TokenLogprob { chosen: likely(p), top }
}

/// A reply with its body read to the end.
pub(super) struct Told {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The river with its models, a provider and a ledger.
pub(super) struct River {
    live: Arc<LiveState>,
    pub provider: Server,
    /// Local answers in work.
    pub running: Arc<AtomicUsize>,
    /// Lets local answers that wait go on.
    pub go: Arc<AtomicBool>,
    folder: TempDir,
}

impl River {
    /// `rules` is the rest of the configuration, where `cloud` is the provider that plays `script`.
    pub async fn start(
        rules: &str,
        script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        Self::start_with("openai", rules, script).await
    }

    /// As [`Self::start`], with a provider of this kind.
    pub async fn start_with(
        kind: &str,
        rules: &str,
        script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let provider = Server::start(script).await;
        let base = provider.url.trim_end_matches("/chat/completions").to_owned();
        let yaml = format!(
            "targets: [{{name: cloud, kind: {kind}, model: gpt-4.1-mini, provider: openai, base_url: '{base}', api_key: none, \
             limits: {{retries: 0}}}}]\n{rules}"
        );
        let mut config = Config::from_text(&yaml, None, &|_| None, &Overrides::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        config.local.cache_dir = folder.path().join("cache");
        let parrot = Parrot::new();
        let (running, go) = (parrot.running.clone(), parrot.go.clone());
        let runtime = Arc::new(Runtime::scripted(Some(Box::new(parrot))));
        runtime.settled(Which::Generator).await;
        runtime.settled(Which::Edge).await;
        let ledger = Arc::new(Ledger::open(&folder.path().join("ledger.db"), 64).unwrap());
        let live = LiveState::open(Arc::new(config), runtime, ledger, None).unwrap();
        live.fit_intents().await.unwrap();
        Self { live: Arc::new(live), provider, running, go, folder }
    }

    /// Sends one request.
    pub async fn ask(&self, body: &str, headers: &[(&'static str, &str)]) -> Told {
        ask(self.live.clone(), body, headers).await
    }

    /// One request to which the local model once gave `words`, in five seconds of which one passed before the first.
    pub async fn rehearse(&self, body: &str, words: &str, confidence: Option<f32>) -> Told {
        let choice = Choice { text: Some(words.to_owned()), ..Choice::default() };
        let (ttft, total) = (Duration::from_secs(1), Duration::from_secs(5));
        let (usage, charge) = (None, Charge::ByUsage);
        let canned = Canned { answer: Ok(choice), usage, charge, ttft, total, confidence };
        let rehearsal = Rehearsal::knowing([("local".into(), canned)].into());
        told(rehearse(self.live.clone(), inbound(body, &[]), Arc::new(rehearsal)).await).await
    }

    /// One request for which only `cloud` has an answer, and nobody may be asked. Says whose answer is missing.
    pub async fn rehearse_closed(&self, body: &str) -> Option<Arc<str>> {
        let choice = Choice { text: Some("From above.".to_owned()), ..Choice::default() };
        let (ttft, total) = (Duration::from_secs(1), Duration::from_secs(2));
        let (usage, charge, confidence) = (None, Charge::ByUsage, None);
        let canned = Canned { answer: Ok(choice), usage, charge, ttft, total, confidence };
        let rehearsal = Arc::new(Rehearsal::closed([("cloud".into(), canned)].into()));
        told(rehearse(self.live.clone(), inbound(body, &[]), rehearsal.clone()).await).await;
        rehearsal.missing()
    }

    /// The same in a task of its own, to be left.
    pub fn ask_aside(&self, body: &str) -> tokio::task::JoinHandle<Told> {
        let (live, body) = (self.live.clone(), body.to_owned());
        tokio::spawn(async move { ask(live, &body, &[]).await })
    }

    /// The ledger as it is now.
    pub fn store(&self) -> SqliteStore {
        self.live.ledger.flush(Duration::from_secs(5));
        Ledger::open_read(&self.folder.path().join("ledger.db")).unwrap()
    }

    /// Requests that the monitor of the rule at this place counted.
    pub fn counted(&self, rule: usize) -> Option<u32> {
        self.live.drift.standing(rule).map(|standing| standing.requests)
    }

    /// The record of the only request.
    pub fn record(self) -> RequestRecord {
        self.live.ledger.shutdown(Duration::from_secs(5));
        let store = Ledger::open_read(&self.folder.path().join("ledger.db")).unwrap();
        let mut records = store.tail(10).unwrap().records;
        assert_eq!(records.len(), 1);
        records.remove(0)
    }
}

async fn ask(live: Arc<LiveState>, body: &str, headers: &[(&'static str, &str)]) -> Told {
    told(run(live, inbound(body, headers)).await).await
}

fn inbound(body: &str, headers: &[(&'static str, &str)]) -> Inbound {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    let body = Ok(body.to_owned().into());
    Inbound { body, headers: map, tenant: None, arrived: Instant::now() }
}

async fn told(reply: Reply) -> Told {
    let body = match reply.body {
        ReplyBody::Whole(body) => String::from_utf8(body.to_vec()).unwrap(),
        ReplyBody::Stream(mut relay) => {
            let mut all = String::new();
            while let Some(bytes) = relay.next().await {
                all.push_str(std::str::from_utf8(&bytes).unwrap());
            }
            all
        }
    };
    Told { status: reply.status, headers: reply.headers, body }
}

/// The hops of a record that answer or wait for an answer, as `kind:outcome`.
pub(super) fn hops(record: &RequestRecord) -> String {
    let spoken = record
        .hops
        .iter()
        .filter(|hop| matches!(hop.kind.as_str(), "generate" | "upstream" | "edge" | "redact"));
    let named = spoken.map(|hop| format!("{}:{}", hop.kind.as_str(), hop.outcome.as_str()));
    named.collect::<Vec<_>>().join(" ")
}

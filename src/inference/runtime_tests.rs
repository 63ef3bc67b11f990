//! The runtime with models that do as they are told.

use super::super::generator::{Begun, Step, StreamId};
use super::*;
use std::sync::Mutex;
use std::sync::mpsc as std_mpsc;

const BOUNDS: Bounds = Bounds { threads: 1, queue_len: 4, queue_tokens: 1000 };

impl Runtime {
    /// Models of a test's own; the edge pack is the one inside the binary.
    pub(crate) fn scripted(generator: Option<Box<dyn TextGenerator>>) -> Self {
        let mut generator = generator;
        let generator = generator.is_some().then(|| -> Load<dyn TextGenerator> {
            Box::new(move |_| {
                let gone = || LoadFailure::model(InferenceError::Gone);
                generator.take().ok_or_else(gone)
            })
        });
        let edge: Load<dyn TextReader> =
            Box::new(|_| Ok(Box::new(EdgePack::embedded().map_err(LoadFailure::model)?)));
        let bounds = Bounds { threads: 1, queue_len: 16, queue_tokens: 100_000 };
        Self::with(bounds, Loaders { edge: Some(edge), generator, ..Loaders::default() })
    }
}

/// Notes what it is given; a text `wait` blocks until the test lets it go.
struct FakeEncoder {
    seen: Arc<Mutex<Vec<String>>>,
    gate: Mutex<std_mpsc::Receiver<()>>,
}

impl TextEncoder for FakeEncoder {
    fn embed(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<f32>>, InferenceError> {
        for text in texts {
            if !goes_on() {
                return Err(InferenceError::Gone);
            }
            self.seen.lock().unwrap().push((*text).to_owned());
            match *text {
                "wait" => self.gate.lock().unwrap().recv().unwrap(),
                "panic" => panic!("as told, with {text}"),
                _ => {}
            }
        }
        Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
    }
    fn id(&self) -> String {
        "fake@1".to_owned()
    }
    fn bytes(&self) -> usize {
        5
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn encoder_runtime() -> (Arc<Runtime>, Arc<Mutex<Vec<String>>>, std_mpsc::Sender<()>) {
    let (open, gate) = std_mpsc::channel();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut fake = Some(FakeEncoder { seen: Arc::clone(&seen), gate: Mutex::new(gate) });
    let encoder: Load<dyn TextEncoder> = Box::new(move |_| Ok(Box::new(fake.take().unwrap())));
    let loaders = Loaders { encoder: Some(encoder), ..Loaders::default() };
    (Arc::new(Runtime::with(BOUNDS, loaders)), seen, open)
}

#[tokio::test]
async fn embeds_and_survives_panics() {
    let (runtime, _, _open) = encoder_runtime();
    assert_eq!(runtime.settled(Which::Encoder).await, ModelState::Ready);
    assert_eq!(runtime.state(Which::Generator), ModelState::Off);
    assert_eq!(runtime.embed(texts(&["a", "bcd"])).await, Ok(vec![vec![1.0], vec![3.0]]));
    let error = runtime.embed(texts(&["panic"])).await.unwrap_err();
    assert!(matches!(&error, InferenceError::Failed(_)) && !error.to_string().contains("as told"));
    assert_eq!(runtime.embed(texts(&["ab"])).await, Ok(vec![vec![2.0]]));
    assert_eq!(runtime.encoder_id().as_deref(), Some("fake@1"));
}

#[tokio::test]
async fn callers_that_left_are_not_served_and_the_queue_is_bounded() {
    let (runtime, seen, open) = encoder_runtime();
    runtime.settled(Which::Encoder).await;
    let ask = |list: &'static [&'static str]| {
        let runtime = Arc::clone(&runtime);
        tokio::spawn(async move { runtime.embed(texts(list)).await })
    };
    let busy = ask(&["wait"]);
    while !seen.lock().unwrap().contains(&"wait".to_owned()) {
        tokio::task::yield_now().await;
    }
    let left = ask(&["left"]);
    let stays: Vec<_> = (0..3).map(|_| ask(&["stays"])).collect();
    // The test's runtime has one thread: after this every task has queued its job.
    tokio::task::yield_now().await;
    assert!(matches!(
        runtime.embed(texts(&["one too many"])).await,
        Err(InferenceError::QueueFull { .. })
    ));
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    let took_its_place = ask(&["late"]);
    tokio::task::yield_now().await;
    open.send(()).unwrap();
    assert!(busy.await.unwrap().is_ok());
    for task in stays {
        assert_eq!(task.await.unwrap(), Ok(vec![vec![5.0]]));
    }
    assert!(took_its_place.await.unwrap().is_ok());
    assert_eq!(*seen.lock().unwrap(), ["warm up", "wait", "stays", "stays", "stays", "late"]);
}

#[tokio::test]
async fn work_ends_early_for_a_caller_that_left() {
    let (runtime, seen, open) = encoder_runtime();
    runtime.settled(Which::Encoder).await;
    let own = Arc::clone(&runtime);
    let left = tokio::spawn(async move { own.embed(texts(&["wait", "never read"])).await });
    while !seen.lock().unwrap().contains(&"wait".to_owned()) {
        tokio::task::yield_now().await;
    }
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    open.send(()).unwrap();
    assert_eq!(runtime.embed(texts(&["next"])).await, Ok(vec![vec![4.0]]));
    assert_eq!(*seen.lock().unwrap(), ["warm up", "wait", "next"]);
}

/// Speaks for ever, or does what the last message says; two at once.
#[derive(Default)]
struct FakeGenerator {
    streams: Vec<(StreamId, String, u64)>,
    next: u64,
    right: usize,
}

impl TextGenerator for FakeGenerator {
    fn begin(&mut self, request: &GenerateRequest) -> Result<Begun, InferenceError> {
        let text = request.messages.last().map(|(_, text)| text.clone()).unwrap_or_default();
        if text == "long" {
            return Err(InferenceError::ContextLength { n_tokens: 9, window: 8 });
        }
        if self.streams.len() == 2 {
            return Ok(Begun::Busy);
        }
        let stream = StreamId(self.next);
        self.next += 1;
        self.streams.push((stream, text, request.seed));
        Ok(Begun::Started { stream, prompt_tokens: 7 })
    }
    fn n_streams(&self) -> usize {
        self.streams.len()
    }
    fn footprint(&self) -> Footprint {
        Footprint { weights: 5, kept: self.streams.len() }
    }
    fn take_drafts(&mut self) -> Drafts {
        Drafts { right: std::mem::take(&mut self.right), wrong: 0 }
    }
    fn step(&mut self, on_step: &mut dyn FnMut(StreamId, Step) -> bool) {
        self.streams.retain(|(stream, text, seed)| match text.as_str() {
            "panic" => panic!("as told"),
            "for ever" => on_step(*stream, Step::Text("x".to_owned(), Vec::new())),
            _ => {
                on_step(*stream, Step::Text(format!("seed {seed}"), Vec::new()));
                on_step(*stream, Step::Tick);
                self.right += usize::from(text == "draft") * 3;
                let usage = Usage { input: 7, output: 2, ..Usage::default() };
                on_step(*stream, Step::Done(FinishReason::Stop, usage));
                false
            }
        });
    }
    fn reset(&mut self) {
        self.streams.clear();
    }
}

fn generator_runtime() -> Runtime {
    let generator: Load<dyn TextGenerator> = Box::new(move |on| {
        on(1, 2);
        Ok(Box::<FakeGenerator>::default())
    });
    Runtime::with(BOUNDS, Loaders { generator: Some(generator), ..Loaders::default() })
}

async fn answer(runtime: &Runtime, text: &str) -> Vec<Generated> {
    let messages = vec![(Role::User, text.to_owned())];
    let request = GenerateRequest { messages, seed: 5, ..GenerateRequest::default() };
    let mut steps = runtime.generate(request).unwrap();
    let mut all = Vec::new();
    while let Some(step) = steps.recv().await {
        all.push(match step {
            Generated::Started { prompt_tokens, .. } => {
                Generated::Started { queue_us: 0, prompt_tokens }
            }
            other => other,
        });
    }
    all
}

#[tokio::test]
async fn answers_errors_and_panics_arrive_as_steps() {
    let runtime = generator_runtime();
    assert_eq!(runtime.settled(Which::Generator).await, ModelState::Ready);
    let started = Generated::Started { queue_us: 0, prompt_tokens: 7 };
    let usage = Usage { input: 7, output: 2, ..Usage::default() };
    let good = [
        started.clone(),
        Generated::Token { text: "seed 5".to_owned(), logprobs: Vec::new() },
        Generated::Done { finish: FinishReason::Stop, usage },
    ];
    assert_eq!(answer(&runtime, "hi").await, good);
    assert_eq!(runtime.footprint(Which::Generator).weights, 5);

    let long = InferenceError::ContextLength { n_tokens: 9, window: 8 };
    assert_eq!(answer(&runtime, "long").await, [Generated::Failed(long)]);
    answer(&runtime, "draft").await;
    answer(&runtime, "hi").await;
    let drafts = Drafts { right: 3, wrong: 0 };
    assert_eq!([runtime.take_drafts(), runtime.take_drafts()], [drafts, Drafts::default()]);
    let after_panic = answer(&runtime, "panic").await;
    assert!(matches!(after_panic[..], [_, Generated::Failed(InferenceError::Failed(_))]));
    assert_eq!(answer(&runtime, "hi").await, good);
}

#[tokio::test]
async fn a_caller_that_leaves_ends_its_generation() {
    let runtime = generator_runtime();
    runtime.settled(Which::Generator).await;
    let messages = vec![(Role::User, "for ever".to_owned())];
    let request = GenerateRequest { messages, ..GenerateRequest::default() };
    let mut steps = runtime.generate(request).unwrap();
    assert!(matches!(steps.recv().await, Some(Generated::Started { .. })));
    assert!(matches!(steps.recv().await, Some(Generated::Token { .. })));
    drop(steps);
    // Would wait for ever if the thread still spoke to the caller that left.
    assert_eq!(answer(&runtime, "hi").await.len(), 3);
}

#[tokio::test]
async fn answers_run_beside_each_other_and_wait_for_room() {
    let runtime = Arc::new(generator_runtime());
    runtime.settled(Which::Generator).await;
    let start = |text: &str| {
        let messages = vec![(Role::User, text.to_owned())];
        runtime.generate(GenerateRequest { messages, ..GenerateRequest::default() }).unwrap()
    };
    let (mut first, mut second) = (start("for ever"), start("for ever"));
    for _ in 0..2 {
        assert!(first.recv().await.is_some() && second.recv().await.is_some());
    }
    // Both places are taken; the third waits until one of them leaves.
    let mut third = start("hi");
    assert!(first.recv().await.is_some() && third.try_recv().is_err());
    drop(first);
    assert!(matches!(third.recv().await, Some(Generated::Started { .. })));
    assert!(second.recv().await.is_some());
}

#[tokio::test]
async fn what_cannot_be_loaded_says_why_and_what_is_off_starts_nothing() {
    let no_tensor = || LoadFailure::model(InferenceError::Failed("no tensor".to_owned()));
    let loaders = Loaders {
        encoder: Some(Box::new(|_| panic!("as told"))),
        generator: Some(Box::new(move |_| Err(no_tensor()))),
        ..Loaders::default()
    };
    let runtime = Runtime::with(BOUNDS, loaders);
    let state = runtime.settled(Which::Generator).await;
    assert!(
        matches!(&state, ModelState::Failed(reason) if reason.contains("no tensor")),
        "{state:?}"
    );
    assert!(matches!(runtime.settled(Which::Encoder).await, ModelState::Failed(_)));
    assert!(matches!(runtime.embed(texts(&["a"])).await, Err(InferenceError::NotReady { .. })));

    let spec = RuntimeSpec {
        enabled: false,
        edge: EdgeSpec::Off,
        encoder: crate::inference::manifest::find("all-minilm-l6-v2").ok(),
        generator: crate::inference::manifest::find("smollm2-135m-instruct").ok(),
        fetcher: Fetcher::from_env("nowhere".into()),
        threads: 1,
        queue_len: 1,
        queue_tokens: 1,
        kv_cache_bytes: 1,
    };
    let off = Runtime::start(spec);
    assert!(off.edge.is_none() && off.encoder.is_none() && off.generator.is_none());
    assert_eq!(off.settled(Which::Encoder).await, ModelState::Off);
    assert!(matches!(
        off.embed(texts(&["a"])).await,
        Err(InferenceError::NotReady { state: ModelState::Off, .. })
    ));
}

/// Reads windows of ten bytes and notes them; a text with `wait` in it blocks until the test lets it go on, window by window.
struct FakeReader {
    seen: Arc<Mutex<Vec<String>>>,
    gate: Mutex<std_mpsc::Receiver<()>>,
    /// Texts of the windows that were cut.
    cut: Mutex<Vec<String>>,
}

impl TextReader for FakeReader {
    fn cut(&self, text: &str, progress: &mut Progress) -> Result<Option<Cut>, InferenceError> {
        if progress.has_ended() {
            return Ok(None);
        }
        let end = (progress.at() + 10).min(text.len());
        let part = text.get(progress.at()..end).unwrap();
        let mut cut = self.cut.lock().unwrap();
        cut.push(part.to_owned());
        progress.advance(end, end == text.len());
        // A text of one window is small, and several of them have room in a turn.
        let size = if text.len() <= 10 { 20 } else { 250 };
        Ok(Some(Cut::of(size, cut.len() - 1)))
    }
    fn windows(&self, cuts: &[&Cut]) -> Result<Vec<Window>, InferenceError> {
        let known = self.cut.lock().unwrap();
        let parts: Vec<String> = cuts.iter().map(|cut| known[cut.number()].clone()).collect();
        drop(known);
        self.seen.lock().unwrap().push(parts.join("|"));
        for part in &parts {
            if part.contains("wait") {
                self.gate.lock().unwrap().recv().unwrap();
            }
            assert!(!part.contains("panic"), "as told");
        }
        Ok(cuts.iter().map(|_| Window::default()).collect())
    }
    fn add(&self, _: &str, _: &mut Progress, _: &Cut, _: Window) {}
    fn finish(&self, text: &str, _: Progress) -> Reading {
        Reading { embedding: vec![text.len() as f32], ..Reading::default() }
    }
    fn id(&self) -> String {
        "reader@1".to_owned()
    }
    fn bytes(&self) -> usize {
        7
    }
}

/// A runtime that has settled, what it has read, and what lets it go on.
async fn reader_runtime() -> (Arc<Runtime>, Arc<Mutex<Vec<String>>>, std_mpsc::Sender<()>) {
    let (open, gate) = std_mpsc::channel();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reader =
        FakeReader { seen: Arc::clone(&seen), gate: Mutex::new(gate), cut: Mutex::default() };
    let mut reader = Some(reader);
    let edge: Load<dyn TextReader> = Box::new(move |_| Ok(Box::new(reader.take().unwrap())));
    let runtime = Runtime::with(BOUNDS, Loaders { edge: Some(edge), ..Loaders::default() });
    assert_eq!(runtime.settled(Which::Edge).await, ModelState::Ready);
    seen.lock().unwrap().clear();
    (Arc::new(runtime), seen, open)
}

/// Reads one text on terms, beside the test.
fn ask(runtime: &Arc<Runtime>, text: &str, terms: Terms) -> tokio::task::JoinHandle<Said> {
    let (runtime, text) = (Arc::clone(runtime), text.to_owned());
    tokio::spawn(async move { runtime.read_for(vec![text.into()], &terms).await })
}

type Said = Result<Vec<Arc<Reading>>, InferenceError>;

fn of(tenant: &str) -> Terms {
    Terms { tenant: Some(tenant.into()), ..Terms::default() }
}

async fn until(seen: &Mutex<Vec<String>>, done: impl Fn(&[String]) -> bool) {
    while !done(&seen.lock().unwrap()) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn short_requests_come_between_the_windows_of_a_long_one() {
    let (runtime, seen, open) = reader_runtime().await;
    let long = ask(&runtime, "wait 00000111111111122222222223333333333", of("x"));
    until(&seen, |seen| seen.len() == 1).await;
    let others: Vec<_> = [("a1", "a"), ("a2", "a"), ("b1", "b")]
        .iter()
        .map(|(text, tenant)| ask(&runtime, text, of(tenant)))
        .collect();
    // The test's runtime has one thread: after this every task has its place in the line.
    tokio::task::yield_now().await;
    open.send(()).unwrap();
    for other in others {
        assert!(other.await.unwrap().is_ok());
    }
    assert!(long.await.unwrap().is_ok());
    // Tenants in turn; small texts share one as long as nobody whose turn comes before has a larger window.
    let order = seen.lock().unwrap().join(" ");
    assert_eq!(order, "wait 00000 a1|b1 1111111111 a2 2222222222 3333333333");
}

#[tokio::test]
async fn what_was_read_is_kept_when_a_caller_leaves_and_not_read_for_another_tenant() {
    let (runtime, seen, open) = reader_runtime().await;
    let text = format!("{}wait{}", "0123456789".repeat(300), "0123456789".repeat(200));
    let windows = text.len().div_ceil(10);
    let left = ask(&runtime, &text, of("x"));
    until(&seen, |seen| seen.last().is_some_and(|part| part.contains("wait"))).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    open.send(()).unwrap();
    assert!(ask(&runtime, "next", of("x")).await.unwrap().is_ok());
    let n_before = seen.lock().unwrap().len();
    assert_eq!(n_before, 302, "nothing more was read for who left");
    // The window under way when the caller left counts too.
    assert!(ask(&runtime, &text, of("x")).await.unwrap().is_ok());
    assert_eq!(seen.lock().unwrap().len(), windows + 1);
    open.send(()).unwrap();
    assert!(ask(&runtime, &text, of("y")).await.unwrap().is_ok());
    assert_eq!(seen.lock().unwrap().len(), 2 * windows + 1);
}

#[tokio::test]
async fn an_allowance_counts_work_alone_and_the_next_try_goes_on() {
    let (runtime, seen, _open) = reader_runtime().await;
    let text = "0123456789".repeat(1000);
    let terms = Terms { allowance: Some(Duration::ZERO), ..of("x") };
    let mut tries = 0;
    loop {
        tries += 1;
        match ask(&runtime, &text, terms.clone()).await.unwrap() {
            Ok(_) => break,
            Err(error) => assert_eq!(error, InferenceError::Allowance),
        }
        assert_eq!(seen.lock().unwrap().len(), tries, "one window a try, none twice");
    }
    assert_eq!((tries, seen.lock().unwrap().len()), (1000, 1000));
}

#[tokio::test]
async fn a_text_at_fault_ends_its_own_request_alone() {
    let (runtime, seen, open) = reader_runtime().await;
    let busy = ask(&runtime, "wait", of("x"));
    until(&seen, |seen| seen.len() == 1).await;
    let asked: Vec<_> = ["a", "panic", "b"].iter().map(|it| ask(&runtime, it, of("x"))).collect();
    tokio::task::yield_now().await;
    open.send(()).unwrap();
    assert!(busy.await.unwrap().is_ok());
    let mut outcomes = Vec::new();
    for task in asked {
        outcomes.push(task.await.unwrap().map(drop));
    }
    assert!(
        matches!(&outcomes[..], [Ok(()), Err(InferenceError::Failed(_)), Ok(())]),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn a_text_is_read_once() {
    let (runtime, seen, _open) = reader_runtime().await;
    assert_eq!(runtime.footprint(Which::Edge), Footprint { weights: 7, kept: 0 });
    for turn in 1..=3 {
        let texts: Vec<String> = (0..turn).map(|i| format!("turn {i}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(runtime.read(&texts).await.unwrap().len(), turn);
    }
    // Twice the same text in a request is one text.
    assert_eq!(runtime.read(&["turn 2", "turn 1", "turn 2", "new", "new"]).await.unwrap().len(), 5);
    assert_eq!(*seen.lock().unwrap(), ["turn 0", "turn 1", "turn 2", "new"]);
    let kept = runtime.footprint(Which::Edge).kept;
    assert!((3 * size_of::<Reading>()..9999).contains(&kept), "{kept}");
    // Without an encoder of the operator's the readings are the embeddings.
    assert_eq!(runtime.embed(texts(&["turn 1"])).await, Ok(vec![vec![6.0]]));
    assert_eq!(runtime.embed(texts(&["turn 1"])).await, Ok(vec![vec![6.0]]));
    assert_eq!(runtime.encoder_id().as_deref(), Some("reader@1"));
    assert_eq!(seen.lock().unwrap().len(), 5);
}

//! What requests are served with: the configuration and everything opened from it, swapped whole on reload.
//!
//! Invariant: a request holds one [`LiveState`] from first to last byte. The model runtime and the ledger live as long as
//! the process; everything else belongs to one state.

pub mod canary;
mod drift;
mod gateway;
mod memory;
mod reading;

pub use drift::{Drift, Shift, Standing};
pub use gateway::{Changed, Gateway, PatchError};
pub use memory::{Claim, Memory};

use crate::analyze::gain::{GainFileError, GainModel, Seen};
use crate::analyze::{EmbedError, Embedder, IntentModel, tokens};
use crate::chat::{ChatRequest, GainEstimate, Intent, LatencyClass, Usage};
use crate::config::{Budget, Config, GainPair, LocalModels, Rule, Target, TargetKind};
use crate::error::{Error, ErrorKind};
use crate::inference::{
    Drafts, EdgePack, EdgeSpec, Fetcher, InferenceError, ModelSpec, ModelState, Reading, Runtime,
    RuntimeSpec, Terms, Which, manifest,
};
use crate::ledger::Ledger;
use crate::pipeline::StageFailure;
use crate::pricing::PriceTable;
use crate::privacy::detect::Detectors;
use crate::telemetry::{self, Metric};
use crate::units::NanoUsd;
use crate::upstream::{Health, Upstreams};
use arc_swap::ArcSwapOption;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Text that every family of detectors looks at closely.
const WARM_UP: &str = "Mail anna@example.com or call +44 20 7946 0958, born 1990-01-31, card 4111 1111 1111 1111, \
    IBAN DE89 3704 0044 0532 0130 00, ssn 078-05-1120, passport A1234567, http://a:b@example.com/users/anna, 10.1.2.3, \
    fe80::1, api_key = x, password: x";

/// When to ask again while a local model loads.
const LOADING_RETRY: Duration = Duration::from_secs(10);

/// The configuration and what was opened from it.
pub struct LiveState {
    /// The configuration.
    pub config: Arc<Config>,
    /// The detectors.
    pub detectors: Detectors,
    /// Clients and breakers of the targets.
    pub upstreams: Upstreams,
    /// Prices.
    pub prices: PriceTable,
    /// Local models.
    pub runtime: Arc<Runtime>,
    /// The record.
    pub ledger: Arc<Ledger>,
    /// Whether requests look like what rules were tuned on.
    pub drift: Drift,
    intents: ArcSwapOption<IntentModel>,
    /// The predictor of each pair of the configuration, in its order.
    gains: Vec<GainModel>,
    n_cloud: usize,
    reads: bool,
}

/// Why a state could not be opened from a valid configuration.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operator's price table cannot be used.
    #[error("prices: {0}")]
    Prices(#[from] crate::pricing::PriceError),
    /// The operator's price table cannot be read.
    #[error("prices: {0} cannot be read: {1}")]
    PricesFile(PathBuf, String),
    /// The HTTP client could not be built.
    #[error("targets: {0}")]
    Upstreams(#[from] crate::upstream::SetupError),
    /// A gain predictor cannot be read.
    #[error("gain: {0} cannot be read: {1}")]
    GainFile(PathBuf, std::io::ErrorKind),
    /// A gain predictor cannot be used.
    #[error("gain: `{0}`: {1}")]
    Gain(Arc<str>, GainFileError),
    /// The edge pack is broken.
    #[error("the edge pack: {0}")]
    Edge(#[from] InferenceError),
    /// A local model has no usable source.
    #[error("local models: {0}")]
    Models(#[from] crate::inference::SpecError),
}

/// Whether everything that was asked for is loaded.
#[derive(Debug, Serialize)]
pub struct Readiness {
    /// True if all of the below are ready or off.
    pub ready: bool,
    /// The edge pack.
    pub edge: String,
    /// The encoder of the intents; the edge pack unless the operator names another.
    pub encoder: String,
    /// The generator.
    pub generator: String,
    /// The intent head.
    pub intents: &'static str,
}

impl LiveState {
    /// Opens what a configuration names, carrying breakers and what is known of tuned rules over from the state before.
    ///
    /// # Errors
    /// A price table that cannot be read, or a target whose client cannot be built.
    pub fn open(
        config: Arc<Config>,
        runtime: Arc<Runtime>,
        ledger: Arc<Ledger>,
        previous: Option<&Self>,
    ) -> Result<Self, OpenError> {
        let prices = match &config.prices_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    OpenError::PricesFile(path.clone(), error.kind().to_string())
                })?;
                PriceTable::with_file(&text)?
            }
            None => PriceTable::builtin(),
        };
        let upstreams = Upstreams::new(&config.targets, previous.map(|live| &live.upstreams))?;
        let detectors = Detectors::of(&config.privacy);
        let n_cloud =
            config.targets.iter().filter(|target| target.kind != TargetKind::Local).count();
        let intents = ArcSwapOption::empty();
        let drift = Drift::open(&config, previous.map(|live| &live.drift));
        let gains = config.gain.iter().map(predictor).collect::<Result<_, _>>()?;
        // The edge pack is part of the binary: `local.enabled` is about models that are fetched.
        let reads = config.privacy.model && config.rules.iter().any(Rule::needs_reading);
        Ok(Self {
            config,
            detectors,
            upstreams,
            prices,
            runtime,
            ledger,
            drift,
            intents,
            gains,
            n_cloud,
            reads,
        })
    }

    /// What the stronger target of each pair is worth for a text.
    pub fn gains(&self, text: &str, reading: &Reading) -> Vec<GainEstimate> {
        if self.gains.is_empty() {
            return Vec::new();
        }
        let seen = Seen::of(text, reading);
        let pairs = self.config.gain.iter().zip(&self.gains);
        let estimate = |(pair, model): (&GainPair, &GainModel)| {
            let said = model.predict(&seen)?;
            Some(GainEstimate {
                pair: pair.name.clone(),
                cheap: pair.cheap.clone(),
                strong: pair.strong.clone(),
                gain: said.gain,
                low: said.low,
                high: said.high,
                category: said.category,
            })
        };
        pairs.filter_map(estimate).collect()
    }

    /// Names what predicts the gain between two targets, as [`scorer`] does.
    pub fn scorer(&self, cheap: &str, strong: &str) -> Option<String> {
        let mut pairs = self.config.gain.iter().zip(&self.gains);
        let (_, model) = pairs.find(|(it, _)| *it.cheap == *cheap && *it.strong == *strong)?;
        Some(model.id())
    }

    /// Has the edge model read every request, whether or not a rule makes use of it.
    #[must_use]
    pub fn reading_always(mut self) -> Self {
        self.reads = self.config.privacy.model;
        self
    }

    /// Runs the detectors once, so that no request pays for what they build on first use.
    pub fn warm_detectors(&self) {
        self.detectors.scan(0, WARM_UP, &[]);
    }

    /// Whether any target is not local.
    pub fn has_cloud(&self) -> bool {
        self.n_cloud > 0
    }

    /// Whether the operator listed intents and local models may run.
    pub fn has_intents(&self) -> bool {
        self.config.local.enabled && !self.config.intents.is_empty()
    }

    /// The budget of a latency class.
    pub fn budget(&self, class: LatencyClass) -> Budget {
        match class {
            LatencyClass::Standard => self.config.latency.standard,
            LatencyClass::Interactive => self.config.latency.interactive,
            LatencyClass::Background => self.config.latency.background,
        }
    }

    /// Tokens of all text of a request: a fast estimate from its bytes.
    pub fn count_tokens(&self, request: &ChatRequest) -> u32 {
        request.texts.iter().map(|slot| tokens::estimate(&slot.text)).sum()
    }

    /// What a core costs for a time.
    pub fn core_time(&self, duration: Duration) -> NanoUsd {
        let micros = i128::try_from(duration.as_micros()).unwrap_or(i128::MAX);
        let nano = micros.saturating_mul(i128::from(self.config.core_second.0)) / 1_000_000;
        NanoUsd(i64::try_from(nano).unwrap_or(i64::MAX))
    }

    /// What generation costs for a time: all inference threads of it.
    pub fn generation_time(&self, duration: Duration) -> NanoUsd {
        let threads = u32::try_from(self.config.local.threads).unwrap_or(1).max(1);
        self.core_time(duration.saturating_mul(threads))
    }

    /// What a provider charges; `None` if the price is unknown.
    pub fn price(&self, target: &Target, at_us: i64, usage: &Usage) -> Option<NanoUsd> {
        self.prices.cost(&target.provider, &target.model, at_us, usage)
    }

    /// Whether a target can be tried now.
    ///
    /// # Errors
    /// Says why not, and when to try again if that is known.
    pub fn health(&self, target: &Target) -> Result<(), Error> {
        if target.kind != TargetKind::Local {
            return match self.upstreams.health(&target.name) {
                Health::Open { retry_after } => {
                    let message = format!(
                        "it failed repeatedly and is left alone for {} ms",
                        retry_after.as_millis()
                    );
                    Err(Error::new(ErrorKind::UpstreamUnreachable, message)
                        .retry_after(retry_after))
                }
                Health::Closed | Health::HalfOpen => Ok(()),
            };
        }
        match self.runtime.state(Which::Generator) {
            ModelState::Ready => Ok(()),
            state @ ModelState::Loading { .. } => {
                let message = format!("the local model is not ready yet ({state})");
                Err(Error::new(ErrorKind::ModelLoading, message).retry_after(LOADING_RETRY))
            }
            state => {
                Err(Error::new(ErrorKind::ModelUnavailable, format!("the local model is {state}")))
            }
        }
    }

    /// The intent of a request.
    ///
    /// # Errors
    /// [`StageFailure::NotReady`] while the encoder loads or the intents are being fitted, [`StageFailure::Overloaded`] if too
    /// many wait for it, [`StageFailure::Timeout`] past the allowance, [`StageFailure::Error`] if it failed.
    pub async fn intent(
        &self,
        request: &ChatRequest,
        terms: &Terms,
    ) -> Result<Option<Intent>, StageFailure> {
        let Some(model) = self.intents.load_full() else { return Err(StageFailure::NotReady) };
        let encoder = EncoderOf(&self.runtime, terms.clone());
        model.intent(request, &encoder).await.map_err(|error| match error {
            EmbedError::NotReady => StageFailure::NotReady,
            EmbedError::Overloaded { retry_after } => StageFailure::Overloaded { retry_after },
            EmbedError::Late => StageFailure::Timeout,
            EmbedError::Failed => StageFailure::Error,
        })
    }

    /// How long a request can wait for its turn at local models: twice the time in which the first token is aimed at. The class is
    /// decided later; until then the tightest one holds.
    pub fn patience(&self) -> Duration {
        self.config.latency.interactive.ttft_target * 2
    }

    /// Waits for the encoder and fits the operator's intents; does nothing without intents.
    ///
    /// # Errors
    /// Says why intents stay unavailable.
    pub async fn fit_intents(&self) -> Result<(), String> {
        if !self.has_intents() {
            return Ok(());
        }
        let state = self.runtime.settled(Which::Encoder).await;
        if !state.is_ready() {
            return Err(format!("the encoder is {state}"));
        }
        let cache = self.config.local.cache_dir.join("embeddings");
        let encoder = EncoderOf(&self.runtime, Terms::default());
        let model = IntentModel::fit(&self.config.intents, &encoder, Some(&cache)).await;
        let model = model.map_err(|error| error.to_string())?;
        self.intents.store(model.map(Arc::new));
        Ok(())
    }

    /// Fits the intents once the encoder is there; requests are served meanwhile, without an intent.
    pub fn fit_in_background(self: Arc<Self>) {
        tokio::spawn(async move {
            if let Err(reason) = self.fit_intents().await {
                tracing::error!("intents are not available: {reason}");
            }
        });
    }

    /// Brings the gauges and what the models have counted up to date, for a reader of the metrics.
    pub fn refresh_gauges(&self) {
        for target in self.config.targets.iter().filter(|target| target.kind != TargetKind::Local) {
            let state = match self.upstreams.health(&target.name) {
                Health::Closed => 0,
                Health::HalfOpen => 1,
                Health::Open { .. } => 2,
            };
            telemetry::gauge(Metric::BreakerState, &[&target.name]).set(state);
        }
        self.drift.refresh_gauges();
        let lanes =
            [("edge", Which::Edge), ("encoder", Which::Encoder), ("generator", Which::Generator)];
        for (name, which) in lanes {
            let depth = i64::try_from(self.runtime.queue_depth(which)).unwrap_or(i64::MAX);
            telemetry::gauge(Metric::QueueDepth, &[name]).set(depth);
        }
        let Drafts { right, wrong } = self.runtime.take_drafts();
        for (outcome, tokens) in [("accepted", right), ("rejected", wrong)] {
            telemetry::counter(Metric::DraftTokens, &[outcome]).add(tokens as u64);
        }
        for (name, which, kept) in [
            ("edge", Which::Edge, Some("readings")),
            ("encoder", Which::Encoder, None),
            ("generator", Which::Generator, Some("kv_cache")),
        ] {
            let held = self.runtime.footprint(which);
            for (part, bytes) in
                [("weights", held.weights)].into_iter().chain(kept.map(|part| (part, held.kept)))
            {
                let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
                telemetry::gauge(Metric::ModelMemory, &[name, part]).set(bytes);
            }
        }
    }

    /// Whether everything that was asked for is loaded and warmed.
    pub fn readiness(&self) -> Readiness {
        let edge = self.runtime.state(Which::Edge);
        let encoder = self.runtime.state(Which::Encoder);
        let generator = self.runtime.state(Which::Generator);
        let fitted = !self.has_intents() || self.intents.load().is_some();
        let settled = |state: &ModelState| matches!(state, ModelState::Ready | ModelState::Off);
        Readiness {
            ready: settled(&edge) && settled(&encoder) && settled(&generator) && fitted,
            edge: edge.to_string(),
            encoder: encoder.to_string(),
            generator: generator.to_string(),
            intents: if fitted { "ready" } else { "fitting" },
        }
    }
}

/// What reads texts and predicts the gain of a pair; another one gives other numbers.
///
/// # Errors
/// There is no usable predictor.
pub fn scorer(pair: &GainPair) -> Result<String, OpenError> {
    Ok(predictor(pair)?.id())
}

/// Where a request stands among all others, from 0 to below 1, drawn by its id.
pub fn drawn(id: Uuid) -> f32 {
    // The last bits of an id are random (RFC 9562, section 5.7); a float holds 24 of them exactly.
    (id.as_u64_pair().1 & 0xff_ffff) as f32 / (1u32 << 24) as f32
}

/// The predictor of a pair.
fn predictor(pair: &GainPair) -> Result<GainModel, OpenError> {
    let encoder = EdgePack::embedded_name()?;
    let Some(file) = &pair.file else {
        return GainModel::embedded(&encoder)
            .map_err(|error| OpenError::Gain(pair.name.clone(), error));
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| OpenError::GainFile(file.clone(), error.kind()))?;
    GainModel::from_json(&text, &encoder).map_err(|error| OpenError::Gain(pair.name.clone(), error))
}

/// The runtime's encoder as the intent model wants it, on terms.
pub struct EncoderOf<'a>(pub &'a Runtime, pub Terms);

impl Embedder for EncoderOf<'_> {
    fn id(&self) -> String {
        self.0.encoder_id().unwrap_or_default()
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.0.embed_for(texts, &self.1).await.map_err(|error| match error {
            InferenceError::NotReady { .. } => EmbedError::NotReady,
            InferenceError::QueueFull { retry_after } => EmbedError::Overloaded { retry_after },
            InferenceError::Allowance => EmbedError::Late,
            _ => EmbedError::Failed,
        })
    }

    fn words(&self) -> Vec<String> {
        EdgePack::words()
    }
}

/// What the model runtime is to run, as the configuration says.
///
/// # Errors
/// A model that is neither in the manifest nor in `local.models`, or a source that cannot be understood.
pub fn runtime_spec(local: &LocalModels) -> Result<RuntimeSpec, OpenError> {
    let find = |name: &str| -> Result<ModelSpec, OpenError> {
        match local.models.iter().find(|model| model.name == name) {
            Some(own) => ModelSpec::operator(name, &own.source, own.sha256.as_deref(), own.max_len),
            None => manifest::find(name),
        }
        .map_err(OpenError::from)
    };
    let wanted = |name: &str| if local.enabled { find(name).map(Some) } else { Ok(None) };
    Ok(RuntimeSpec {
        enabled: local.enabled,
        edge: EdgeSpec::Embedded,
        encoder: local.encoder.as_deref().map_or(Ok(None), wanted)?,
        generator: wanted(&local.generator)?,
        fetcher: Fetcher::from_env(local.cache_dir.clone()),
        threads: local.threads,
        queue_len: local.queue_len,
        queue_tokens: local.queue_tokens,
        kv_cache_bytes: local.kv_cache_bytes,
    })
}

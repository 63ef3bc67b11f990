//! A second answer to some requests, for comparison only: another candidate answers in the background, the two are compared, and
//! what comes of it is kept as a labelled pair.
//!
//! Invariant: the client never waits for it or sees it; it leaves the machine under the same rule as the request itself, is a
//! request of its own on record, and nothing of either answer is kept.

use super::ctx::Ctx;
use super::judge::{Judged, verdict};
use super::rehearsal::Rehearsal;
use super::respond::Remarks;
use super::{Asked, answer, end, hear};
use crate::analyze::Embedder;
use crate::chat::{
    Analysis, Candidate, ChatRequest, Decision, LatencyClass, PrivacyAction, RequestRecord,
    ResponseToolCall, Usage,
};
use crate::config::{Compare, Config, TargetKind};
use crate::dialect::openai_chat::{self, Spoken, SpokenStream};
use crate::inference::Terms;
use crate::ledger::{Note, Pair};
use crate::live::{EncoderOf, LiveState, drawn};
use crate::telemetry::{self, Metric};
use crate::units::NanoUsd;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// What the record says was asked for.
const SHADOW: &str = "weir/shadow";
const JUDGE: &str = "weir/judge";
/// Shadows at a time; more are left out, so that they never pile up behind a slow target.
static PLACES: Semaphore = Semaphore::const_new(4);

/// A request that was drawn, with what its client hears.
pub struct Shadow {
    request: Arc<ChatRequest>,
    analysis: Arc<Analysis>,
    decision: Decision,
    share: f32,
    /// What was heard of a stream so far.
    pub heard: SpokenStream,
    /// How sure the local answer looked.
    pub confidence: Option<f32>,
}

/// The answer that the client got.
struct First {
    target: Arc<str>,
    spoken: Spoken,
    cost: Option<NanoUsd>,
    record: RequestRecord,
    confidence: Option<f32>,
    /// The share it was drawn with.
    share: f32,
}

impl Shadow {
    /// A shadow for a part of the requests that its rule draws from.
    pub fn drawn(
        ctx: &Ctx,
        request: &Arc<ChatRequest>,
        analysis: &Arc<Analysis>,
        decision: &Decision,
    ) -> Option<Box<Self>> {
        let others = decision.candidates.len() + usize::from(decision.edge.is_some());
        let share = decision.shadow.filter(|_| ctx.rehearsal.is_none() && others > 1)?;
        (drawn(ctx.record.id) < share).then(|| {
            Box::new(Self {
                request: request.clone(),
                analysis: analysis.clone(),
                decision: decision.clone(),
                share,
                heard: SpokenStream::default(),
                confidence: None,
            })
        })
    }

    /// Lets another candidate answer too, now that the client has its answer, which says this.
    pub fn begin(self, ctx: &Ctx, spoken: Spoken) {
        let Some(target) = ctx.record.target.clone() else { return };
        let hops = ctx.record.hops.iter().filter(|hop| hop.target.as_ref() == Some(&target));
        let costs: Vec<Option<NanoUsd>> = hops.map(|hop| hop.cost).collect();
        let cost = costs.into_iter().sum::<Option<NanoUsd>>();
        let Self { request, analysis, mut decision, share, confidence, .. } = self;
        let first = First { target, spoken, cost, record: ctx.record.clone(), confidence, share };
        let live = ctx.live.clone();
        let rule = decision.rule.clone();
        let count = move |result: &str| {
            telemetry::counter(Metric::Shadows, &[&rule, result]).add(1);
        };
        let Some(other) = other(&live.config, &decision, &first.target) else { return };
        let Ok(place) = PLACES.try_acquire() else {
            count("skipped");
            return;
        };
        decision.candidates = vec![other.clone()];
        decision.latency = LatencyClass::Background;
        (decision.cascade, decision.edge, decision.shadow, decision.side) =
            (None, None, None, None);
        tokio::spawn(async move {
            let _place = place;
            let asked = Asked { request: &request, analysis: &analysis, decision: &decision };
            count(match compare(&live, asked, &other, first).await {
                Some(true) => "same",
                Some(false) => "different",
                None => "failed",
            });
        });
    }
}

/// Who answers too: the other one of the pair between which a gain was predicted, else the first other candidate.
fn other(config: &Config, decision: &Decision, answered: &str) -> Option<Candidate> {
    let others = || decision.candidates.iter().filter(|it| *it.target != *answered);
    let pairs = config.gain.iter().filter_map(|pair| match answered {
        name if *name == *pair.cheap => Some(&pair.strong),
        name if *name == *pair.strong => Some(&pair.cheap),
        _ => None,
    });
    let mut paired = pairs.filter_map(|name| others().find(|it| it.target == *name));
    paired.next().or_else(|| others().next()).cloned()
}

/// Has the other candidate answer, compares, and keeps what came of it. Whether both did equally well; `None` if nobody knows.
async fn compare(
    live: &Arc<LiveState>,
    asked: Asked<'_>,
    other: &Candidate,
    first: First,
) -> Option<bool> {
    let (second, second_cost) = second(live, asked, other, &first, SHADOW).await?;
    let is_strong = is_stronger(live, &first.target, &other.target);
    let (cheap, strong) =
        if is_strong { (&second, &first.spoken) } else { (&first.spoken, &second) };
    let success = match &live.config.experiments.compare {
        Compare::Exact => [f64::from(u8::from(same(cheap, strong))), 1.0],
        Compare::Embedding { min } => {
            let alike = same(cheap, strong)
                || calls(cheap) == calls(strong) && alike(live, cheap, strong).await? >= *min;
            [f64::from(u8::from(alike)), 1.0]
        }
        Compare::Judge { target, rubric } => {
            let judge = |spoken| judge(live, asked, target, rubric, spoken, &first);
            let (cheap, strong) = (judge(cheap).await?, judge(strong).await?);
            [cheap, strong].map(|pass| f64::from(u8::from(pass)))
        }
    };
    let (first_cost, first_target) = (first.cost, first.target.to_string());
    let second_target = other.target.to_string();
    let (cheap, strong, cost) = if is_strong {
        (second_target, first_target, [second_cost, first_cost])
    } else {
        (first_target, second_target, [first_cost, second_cost])
    };
    let gain = asked.analysis.gains.iter().find(|it| *it.cheap == *cheap && *it.strong == *strong);
    let characters =
        asked.request.texts.iter().map(|slot| slot.text.chars().count()).sum::<usize>();
    let pair = Pair {
        at_us: first.record.at_us,
        request: first.record.id,
        rule: asked.decision.rule.to_string(),
        share: first.share,
        strong_answered: is_strong,
        encoder: live.scorer(&cheap, &strong).unwrap_or_default(),
        gain: gain.map(|it| [it.low, it.gain, it.high].map(f64::from)),
        category: gain.map(|it| it.category.to_string()),
        confidence: first.confidence.map(f64::from),
        length: u32::try_from(characters).unwrap_or(u32::MAX),
        success,
        cost,
        cheap,
        strong,
        compared: match &live.config.experiments.compare {
            Compare::Exact => "exact",
            Compare::Embedding { .. } => "embedding",
            Compare::Judge { .. } => "judge",
        }
        .to_owned(),
    };
    live.ledger.note(Note::Pair(pair)).then_some(success[0] == success[1])
}

/// The other candidate's answer with its cost, as a request of its own, which the record calls `model`.
async fn second(
    live: &Arc<LiveState>,
    asked: Asked<'_>,
    other: &Candidate,
    first: &First,
    model: &str,
) -> Option<(Spoken, Option<NanoUsd>)> {
    let mut ctx = Ctx::new(live.clone(), Instant::now(), first.record.tenant.clone());
    ctx.requested(model, asked.request.stream);
    ctx.decided(asked.decision);
    ctx.record.findings.clone_from(&first.record.findings);
    ctx.record.intent.clone_from(&first.record.intent);
    let onlooker = Arc::new(Rehearsal::open());
    ctx.rehearsal = Some(onlooker.clone());
    let mut remarks = Remarks::of(asked.analysis);
    let result = answer(&mut ctx, &mut remarks, asked, other, false).await;
    let spoken = hear(end(ctx, &remarks, result)).await?;
    Some((spoken, onlooker.record().and_then(|record| record.cost)))
}

/// Whether the first target is the stronger one: as a pair of the configuration says, else the one in the cloud, else the dearer
/// one, else the later one.
fn is_stronger(live: &LiveState, target: &str, other: &str) -> bool {
    for pair in &live.config.gain {
        if *pair.strong == *target && *pair.cheap == *other {
            return true;
        }
        if *pair.strong == *other && *pair.cheap == *target {
            return false;
        }
    }
    let now = jiff::Timestamp::now().as_microsecond();
    let usage = Usage { input: 1_000, output: 1_000, ..Usage::default() };
    let rank = |name: &str| {
        let place = live.config.targets.iter().position(|target| *target.name == *name);
        let target = place.and_then(|place| live.config.targets.get(place));
        // The edge pack is no target, and the least of all.
        let cloud = target.map(|target| target.kind != TargetKind::Local);
        (cloud, target.and_then(|target| live.price(target, now, &usage)), place)
    };
    rank(target) > rank(other)
}

fn calls(spoken: &Spoken) -> Vec<(&str, Option<serde_json::Value>)> {
    let read = |call: &ResponseToolCall| serde_json::from_str(&call.arguments).ok();
    spoken.calls.iter().map(|call| (&*call.name, read(call))).collect()
}

/// Whether two answers are the same but for white space and case.
fn same(a: &Spoken, b: &Spoken) -> bool {
    let words = |spoken: &Spoken| -> Vec<String> {
        spoken.text.split_whitespace().map(str::to_lowercase).collect()
    };
    words(a) == words(b) && calls(a) == calls(b)
}

/// The cosine of two answers' embeddings.
async fn alike(live: &LiveState, a: &Spoken, b: &Spoken) -> Option<f32> {
    let texts = vec![a.text.clone(), b.text.clone()];
    let embeddings = EncoderOf(&live.runtime, Terms::default()).embed(texts).await.ok()?;
    let [a, b] = <[Vec<f32>; 2]>::try_from(embeddings).ok()?;
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let norm = (dot(&a, &a) * dot(&b, &b)).sqrt();
    (norm > 0.0).then(|| dot(&a, &b) / norm)
}

/// Whether a judge finds an answer good. What it is asked goes out under the privacy of the request that it is about, whatever rule
/// its own words would fall under, and with the placeholders that the request's target got.
async fn judge(
    live: &Arc<LiveState>,
    asked: Asked<'_>,
    target: &Arc<str>,
    rubric: &str,
    spoken: &Spoken,
    first: &First,
) -> Option<bool> {
    let privacy = asked.decision.privacy;
    let local = live.config.target(target)?.kind == TargetKind::Local;
    if !local && matches!(privacy, PrivacyAction::LocalOnly | PrivacyAction::Block) {
        return None;
    }
    let covered = !local && privacy != PrivacyAction::Allow;
    let found = covered.then_some(&**asked.analysis);
    let judged = Judged { rubric, request: asked.request, found, answer: spoken };
    let body = judged.question(live, target).await?;
    let request = Arc::new(openai_chat::decode_request(body).ok()?);
    // Nothing is left to be found in it.
    let n_tokens = live.count_tokens(&request);
    let analysis = Arc::new(Analysis { n_tokens, ..Analysis::default() });
    let candidate = Candidate { target: target.clone(), local };
    let asked = Asked { request: &request, analysis: &analysis, decision: asked.decision };
    let (said, _) = second(live, asked, &candidate, first, JUDGE).await?;
    verdict(&said.text)
}

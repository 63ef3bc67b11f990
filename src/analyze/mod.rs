//! Local stages over a request that end in an [`Analysis`](crate::chat::Analysis): the intent and the token estimate.
//!
//! Invariants: without configured intents nothing is embedded and nothing is read from disk; a text is embedded once, then its
//! embedding comes from the cache; no text is ever part of an error.

mod cache;
mod conversation;
mod follow_up;
pub mod gain;
mod head;
mod matrix;
mod reply_words;
mod scope;
mod softmax;
mod spelling;
pub mod tokens;
mod whiten;

pub use cache::EmbeddingCache;
pub use conversation::{Deciding, choose, deciding, deciding_of, is_excerpted};
pub use follow_up::{Reference, reference};
pub use head::IntentHead;

use crate::chat::{ChatRequest, Intent};
use crate::config::resolved::IntentSpec;
use spelling::Spelling;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Examples that are embedded in one call.
const BATCH: usize = 64;

/// Something that turns texts into embeddings.
///
/// Obligations: as many embeddings as texts, in their order, all of one width, L2-normalised; the same text gives the same
/// embedding as long as [`Self::id`] is the same. Calls may run side by side. A dropped future gives up its work.
pub trait Embedder: Send + Sync {
    /// Names the encoder and everything that changes its output (weights, pooling, prefix).
    fn id(&self) -> String;

    /// Embeds the texts.
    ///
    /// # Errors
    /// See [`EmbedError`].
    fn embed(
        &self,
        texts: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Vec<f32>>, EmbedError>> + Send;

    /// Words that it knows, lower case, the most frequent first; texts are corrected towards them. May be empty.
    fn words(&self) -> Vec<String>;
}

/// Why there is no embedding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// The encoder is still loading; it will be there later.
    #[error("the encoder is not ready")]
    NotReady,
    /// Too much work waits for the encoder.
    #[error("the encoder's queue is full")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// It took longer than it may.
    #[error("the encoder did not finish within its allowance")]
    Late,
    /// The encoder failed, or broke its obligations.
    #[error("the encoder failed")]
    Failed,
}

/// The operator's intents, fitted.
#[derive(Debug, Clone)]
pub struct IntentModel {
    head: Arc<IntentHead>,
    spelling: Arc<Spelling>,
}

impl IntentModel {
    /// Fits the head to the examples of `intents`; a name in words that the encoder knows is one more. Embeddings are taken
    /// from the cache in `cache_dir` where it has them; without a folder nothing is kept. `None` if there is nothing to fit;
    /// then the encoder is not asked either.
    ///
    /// A cache that cannot be written is logged and otherwise without effect.
    ///
    /// # Errors
    /// The encoder's error if it cannot embed the examples that the cache lacks.
    pub async fn fit(
        intents: &[IntentSpec],
        embedder: &impl Embedder,
        cache_dir: Option<&Path>,
    ) -> Result<Option<Self>, EmbedError> {
        if intents.iter().all(|intent| intent.examples.is_empty()) {
            return Ok(None);
        }
        let words = embedder.words();
        let examples: Vec<(usize, String)> = intents
            .iter()
            .enumerate()
            .flat_map(|(class, intent)| texts_of(intent, &words).map(move |text| (class, text)))
            .collect();
        let embeddings = embeddings_of(&examples, embedder, cache_dir).await?;
        let names: Vec<Arc<str>> = intents.iter().map(|intent| Arc::clone(&intent.name)).collect();
        blocking(move || {
            let pairs: Vec<(usize, &[f32])> =
                examples.iter().zip(&embeddings).map(|((class, _), x)| (*class, &x[..])).collect();
            let spelling = Spelling::new(&words, examples.iter().map(|(_, text)| text.as_str()));
            let head = IntentHead::fit(&names, &pairs)?;
            Some(Self { head: Arc::new(head), spelling: Arc::new(spelling) })
        })
        .await
    }

    /// The intent of a conversation. `None` if no user turn has any text.
    ///
    /// # Errors
    /// The encoder's error; [`EmbedError::Failed`] too if its embeddings have another width than those of the examples.
    pub async fn intent(
        &self,
        request: &ChatRequest,
        embedder: &impl Embedder,
    ) -> Result<Option<Intent>, EmbedError> {
        self.intent_of(&deciding(request), embedder).await
    }

    /// The same for turns that are already picked; for a lone text see [`deciding_of`].
    ///
    /// # Errors
    /// As [`Self::intent`].
    pub async fn intent_of(
        &self,
        deciding: &Deciding,
        embedder: &impl Embedder,
    ) -> Result<Option<Intent>, EmbedError> {
        if deciding.texts.is_empty() {
            return Ok(None);
        }
        let correct = |text: &String| self.spelling.corrected(text).into_owned();
        let embeddings = embedder.embed(deciding.texts.iter().map(correct).collect()).await?;
        if embeddings.len() != deciding.texts.len() {
            return Err(EmbedError::Failed);
        }
        let predictions: Option<Vec<Intent>> =
            embeddings.iter().map(|x| self.head.predict(x)).collect();
        Ok(choose(deciding, predictions.ok_or(EmbedError::Failed)?))
    }
}

/// What an intent is fitted to: its examples, and its name as words ("card_lost" says what "intent7" does not).
fn texts_of(intent: &IntentSpec, known: &[String]) -> impl Iterator<Item = String> {
    let parts = intent.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: Vec<String> = parts.map(str::to_lowercase).collect();
    let speaks = name.iter().any(|word| known.contains(word));
    intent.examples.iter().cloned().chain(speaks.then(|| name.join(" ")))
}

/// The embeddings of the examples, in order.
async fn embeddings_of(
    examples: &[(usize, String)],
    embedder: &impl Embedder,
    cache_dir: Option<&Path>,
) -> Result<Vec<Vec<f32>>, EmbedError> {
    let texts: Vec<String> = examples.iter().map(|(_, text)| text.clone()).collect();
    let (id, dir) = (embedder.id(), cache_dir.map(Path::to_path_buf));
    let (mut cache, mut found) = blocking({
        let texts = texts.clone();
        move || {
            let mut cache = dir.map(|dir| EmbeddingCache::open(&dir, &id));
            let found: Vec<Option<Vec<f32>>> = texts
                .iter()
                .map(|text| cache.as_mut().and_then(|cache| cache.get(text)).map(<[f32]>::to_vec))
                .collect();
            (cache, found)
        }
    })
    .await?;
    let missing: Vec<usize> = (0..texts.len()).filter(|i| found[*i].is_none()).collect();
    for batch in missing.chunks(BATCH) {
        let embeddings = embedder.embed(batch.iter().map(|i| texts[*i].clone()).collect()).await?;
        if embeddings.len() != batch.len() {
            return Err(EmbedError::Failed);
        }
        for (i, embedding) in batch.iter().zip(embeddings) {
            if let Some(cache) = &mut cache {
                cache.insert(&texts[*i], embedding.clone());
            }
            found[*i] = Some(embedding);
        }
    }
    if let Some(mut cache) = cache {
        blocking(move || {
            if let Err(error) = cache.save() {
                tracing::warn!(%error, "embeddings are not kept: the cache cannot be written");
            }
        })
        .await?;
    }
    Ok(found.into_iter().flatten().collect())
}

/// Runs work that would hold up the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EmbedError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| EmbedError::Failed)
}

#[cfg(test)]
mod tests {
    use super::{EmbedError, Embedder, IntentModel, deciding_of};
    use crate::config::resolved::IntentSpec;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// An encoder of three topics, by their words.
    #[derive(Default)]
    struct Words {
        texts: AtomicUsize,
        fails: bool,
    }

    impl Embedder for Words {
        fn id(&self) -> String {
            "words".to_owned()
        }

        async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
            self.texts.fetch_add(texts.len(), Ordering::Relaxed);
            let embedding = |text: &String| {
                let has =
                    |words: &[&str]| f32::from(u8::from(words.iter().any(|w| text.contains(w))));
                let mut x = [has(&["song", "play"]), has(&["weather", "rain"]), 0.0, 0.0];
                x[2 + text.len() % 2] = 0.3;
                let length = x.iter().map(|v| v * v).sum::<f32>().sqrt();
                x.iter().map(|v| v / length).collect()
            };
            if self.fails {
                Err(EmbedError::NotReady)
            } else {
                Ok(texts.iter().map(embedding).collect())
            }
        }

        fn words(&self) -> Vec<String> {
            ["the", "what", "weather", "song"].map(str::to_owned).to_vec()
        }
    }

    fn specs() -> Vec<IntentSpec> {
        let spec = |name: &str, examples: &[&str]| IntentSpec {
            name: name.into(),
            description: None,
            examples: examples.iter().map(|text| (*text).to_owned()).collect(),
        };
        vec![
            spec("music", &["play a song", "a song please", "play something", "next song"]),
            spec(
                "weather",
                &["weather today", "will it rain", "rain tomorrow?", "how is the weather"],
            ),
        ]
    }

    #[tokio::test]
    async fn fits_once_and_predicts() {
        let dir = tempfile::tempdir().unwrap();
        let encoder = Words::default();
        let model = IntentModel::fit(&specs(), &encoder, Some(dir.path())).await.unwrap().unwrap();
        assert_eq!(
            encoder.texts.load(Ordering::Relaxed),
            9,
            "the examples and the name that it knows"
        );
        let turns = ["and for tomorrow?", "what is the weather in the mountains like"];
        let intent = model
            .intent_of(&deciding_of(turns.map(str::to_owned)), &encoder)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((&*intent.name, intent.inherited), ("weather", true));
        assert!(intent.reject < 0.5 && intent.p > 0.5);

        let misspelt = deciding_of(["what is the waether like".to_owned()]);
        let intent = model.intent_of(&misspelt, &encoder).await.unwrap().unwrap();
        assert!(&*intent.name == "weather" && intent.reject < 0.5, "{intent:?}");

        let again = Words::default();
        assert!(IntentModel::fit(&specs(), &again, Some(dir.path())).await.unwrap().is_some());
        assert_eq!(again.texts.load(Ordering::Relaxed), 0, "embeddings come from the cache");
    }

    #[tokio::test]
    async fn without_intents_nothing_is_done() {
        let dir = tempfile::tempdir().unwrap();
        let encoder = Words { fails: true, ..Words::default() };
        assert!(IntentModel::fit(&[], &encoder, Some(dir.path())).await.unwrap().is_none());
        assert_eq!(encoder.texts.load(Ordering::Relaxed), 0);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_encoder_that_fails_says_why() {
        let encoder = Words { fails: true, ..Words::default() };
        assert_eq!(
            IntentModel::fit(&specs(), &encoder, None).await.err(),
            Some(EmbedError::NotReady)
        );
    }
}

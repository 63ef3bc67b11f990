//! The places of a request that hold structure, each with the exact form of its values.
//!
//! Invariant: a string, a key or a long number is left out of the texts only if the dialect defines its path here *and* it
//! has the form that stands beside the path. A word in a place of structure is a word. Source: the OpenAI API reference,
//! "Create chat completion", and the fields that other servers of this dialect add.

use Form::{Data, Each, Id, Name, Number, Object, OneOf, Schema, Speaker, TokenIds, Words};

/// The form that values have at a path.
#[derive(Debug)]
pub(super) enum Form {
    /// Anything: every string, key and long number below may be words.
    Words,
    /// One of these words of the dialect.
    OneOf(&'static [&'static str]),
    /// A list of values of a form.
    Each(&'static Form),
    /// An object with these fields; the keys are the dialect's own.
    Object(&'static [Field]),
    /// A number that is a limit, a seed or a probability.
    Number,
    /// A name in the letters that providers allow.
    Name,
    /// The name of whoever speaks.
    Speaker,
    /// A JSON Schema.
    Schema,
    /// Bytes of a medium in base64, alone or in a `data:` URL; the kind that is told where they go unread.
    Data(&'static str),
    /// An id that a provider made, behind one of these prefixes.
    Id(&'static [&'static str]),
    /// Token ids with a bias each.
    TokenIds,
}

/// A field of an object and its form.
pub(super) type Field = (&'static str, Form);

const EFFORTS: Form = OneOf(&["none", "minimal", "low", "medium", "high", "xhigh", "max", "auto"]);
const LEVELS: Form = OneOf(&["low", "medium", "high"]);
const AUDIO_FORMATS: Form =
    OneOf(&["wav", "mp3", "flac", "opus", "pcm16", "aac", "m4a", "ogg", "webm", "pcm"]);
const KIND_OF_LOCATION: Form = OneOf(&["approximate"]);

/// The ids of calls, as OpenAI, Anthropic and common servers make them.
pub(super) const CALL_IDS: &[&str] =
    &["call_", "toolu_", "chatcmpl-tool-", "fc_", "tool_", "tooluse_"];

/// A place in the world, of which the values are words.
const LOCATION: &[Field] = &[
    ("type", KIND_OF_LOCATION),
    (
        "approximate",
        Object(&[
            ("type", KIND_OF_LOCATION),
            ("city", Words),
            ("country", Words),
            ("region", Words),
            ("timezone", Words),
        ]),
    ),
    ("city", Words),
    ("country", Words),
    ("region", Words),
    ("timezone", Words),
];

/// `cache_control`, at every place where it may stand.
pub(super) const CACHE_CONTROL: Form =
    Object(&[("type", OneOf(&["ephemeral"])), ("ttl", OneOf(&["5m", "1h"]))]);

/// `stream_options`.
pub(super) const STREAM_OPTIONS: Form = Object(&[
    ("include_usage", Words),
    ("include_obfuscation", Words),
    ("continuous_usage_stats", Words),
]);

/// Top-level fields that Weir passes on unread.
pub(super) const TOP: &[Field] = &[
    (
        "audio",
        Object(&[
            (
                "voice",
                OneOf(&[
                    "alloy", "ash", "ballad", "coral", "echo", "fable", "marin", "cedar", "nova",
                    "onyx", "sage", "shimmer", "verse",
                ]),
            ),
            ("format", AUDIO_FORMATS),
        ]),
    ),
    ("cache_control", CACHE_CONTROL),
    ("frequency_penalty", Number),
    ("logit_bias", TokenIds),
    ("metadata", Words),
    ("min_p", Number),
    ("modalities", Each(&OneOf(&["text", "audio", "image"]))),
    (
        "prediction",
        Object(&[
            ("type", OneOf(&["content"])),
            ("content", Each(&Object(&[("type", OneOf(&["text"])), ("text", Words)]))),
        ]),
    ),
    ("presence_penalty", Number),
    ("prompt_cache_key", Words),
    ("prompt_cache_retention", OneOf(&["in-memory", "in_memory", "24h"])),
    (
        "reasoning",
        Object(&[
            ("effort", EFFORTS),
            ("enabled", Words),
            ("exclude", Words),
            ("max_tokens", Number),
            ("summary", OneOf(&["auto", "concise", "detailed"])),
        ]),
    ),
    ("reasoning_effort", EFFORTS),
    ("repetition_penalty", Number),
    ("safety_identifier", Words),
    ("service_tier", OneOf(&["auto", "default", "flex", "scale", "priority", "standard_only"])),
    ("store", Words),
    (
        "thinking",
        Object(&[("type", OneOf(&["enabled", "disabled", "adaptive"])), ("budget_tokens", Number)]),
    ),
    ("top_k", Number),
    ("user", Words),
    ("verbosity", LEVELS),
    (
        "web_search_options",
        Object(&[("search_context_size", LEVELS), ("user_location", Object(LOCATION))]),
    ),
];

/// Fields of a message that Weir passes on.
pub(super) const MESSAGE: &[Field] = &[
    (
        "annotations",
        Each(&Object(&[
            ("type", OneOf(&["url_citation", "file_citation"])),
            (
                "url_citation",
                Object(&[
                    ("start_index", Number),
                    ("end_index", Number),
                    ("title", Words),
                    ("url", Words),
                ]),
            ),
        ])),
    ),
    (
        "audio",
        Object(&[
            ("id", Id(&["audio_"])),
            ("data", Data("audio")),
            ("expires_at", Number),
            ("format", AUDIO_FORMATS),
            ("transcript", Words),
        ]),
    ),
    ("cache_control", CACHE_CONTROL),
    ("content", Words),
    ("name", Speaker),
    ("prefix", Words),
    ("reasoning", Words),
    ("reasoning_content", Words),
    ("refusal", Words),
];

/// Types of the parts of a message.
pub(super) const PART_TYPES: &[&str] = &[
    "text",
    "refusal",
    "image_url",
    "input_audio",
    "file",
    "video_url",
    "input_text",
    "input_image",
    "input_file",
    "document",
    "audio_url",
    "thinking",
];

/// Fields of a part of a message, but for those whose type has a meaning to Weir.
pub(super) const PART: &[Field] = &[
    ("cache_control", CACHE_CONTROL),
    (
        "file",
        Object(&[
            ("file_data", Data("file")),
            ("file_id", Id(&["file-", "file_"])),
            ("filename", Words),
            ("format", OneOf(&["application/pdf"])),
        ]),
    ),
    ("input_audio", Object(&[("data", Data("audio")), ("format", AUDIO_FORMATS)])),
    ("refusal", Words),
    ("text", Words),
    ("thinking", Words),
    ("type", OneOf(PART_TYPES)),
    ("audio_url", Object(&[("url", Data("audio"))])),
    ("video_url", Object(&[("url", Data("video"))])),
];

/// Fields of `image_url`.
pub(super) const IMAGE: &[Field] = &[
    ("detail", OneOf(&["auto", "low", "high", "original"])),
    ("format", OneOf(&["image/png", "image/jpeg", "image/webp", "image/gif"])),
    ("url", Data("image")),
];

/// Fields of a tool call.
pub(super) const CALL: &[Field] = &[("type", OneOf(&["function", "custom"])), ("index", Number)];

/// Types of tools.
const TOOL_TYPES: &[&str] = &[
    "function",
    "custom",
    "web_search",
    "web_search_preview",
    "file_search",
    "code_interpreter",
    "computer_use_preview",
    "image_generation",
    "local_shell",
    "mcp",
    "retrieval",
];

/// The form of a custom tool's input.
const GRAMMAR: Form = Object(&[
    ("type", OneOf(&["text", "grammar"])),
    ("grammar", Object(&[("syntax", OneOf(&["lark", "regex"])), ("definition", Words)])),
]);

/// Fields of a tool, but for those of a function.
pub(super) const TOOL: &[Field] = &[
    ("cache_control", CACHE_CONTROL),
    ("custom", Object(&[("name", Name), ("description", Words), ("format", GRAMMAR)])),
    ("description", Words),
    ("filters", Words),
    ("function", Object(FUNCTION)),
    ("max_uses", Number),
    ("name", Name),
    ("search_context_size", LEVELS),
    ("type", OneOf(TOOL_TYPES)),
    ("user_location", Object(LOCATION)),
];

/// Fields of a function on offer.
pub(super) const FUNCTION: &[Field] = &[
    ("cache_control", CACHE_CONTROL),
    ("description", Words),
    ("name", Name),
    ("parameters", Schema),
    ("strict", Words),
];

/// Ways to choose a tool. `any` is what Mistral calls `required`.
pub(super) const CHOICES: Form = OneOf(&["auto", "none", "required", "any"]);

/// The tools that a choice names.
const NAMED: &[Field] = &[
    ("type", OneOf(TOOL_TYPES)),
    ("function", Object(&[("name", Name)])),
    ("custom", Object(&[("name", Name)])),
    ("name", Name),
];

/// A choice that is more than a word.
pub(super) const CHOICE: Form = Object(&[
    ("type", OneOf(&["function", "custom", "allowed_tools", "tool", "auto", "any", "none"])),
    ("function", Object(&[("name", Name)])),
    ("custom", Object(&[("name", Name)])),
    ("name", Name),
    ("mode", CHOICES),
    ("tools", Each(&Object(NAMED))),
    ("allowed_tools", Object(&[("mode", CHOICES), ("tools", Each(&Object(NAMED)))])),
    ("disable_parallel_tool_use", Words),
]);

/// `response_format`.
pub(super) const RESPONSE_FORMAT: Form = Object(&[
    ("type", OneOf(&["text", "json_object", "json_schema", "regex", "grammar", "structural_tag"])),
    (
        "json_schema",
        Object(&[("name", Name), ("description", Words), ("strict", Words), ("schema", Schema)]),
    ),
    ("schema", Schema),
    ("value", Words),
    ("grammar", Words),
]);

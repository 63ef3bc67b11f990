//! Content blocks of a Messages body.

use super::encode::unsupported;
use crate::error::Error;
use serde::Serialize;
use serde_json::value::RawValue;

/// One block of content.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block<'a> {
    Text {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<&'a RawValue>,
    },
    Image {
        source: Source<'a>,
    },
    ToolUse {
        id: String,
        name: &'a str,
        input: Box<RawValue>,
    },
    ToolResult {
        tool_use_id: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        content: Vec<Block<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<&'a RawValue>,
    },
}

/// Where an image comes from.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Source<'a> {
    Base64 { media_type: &'a str, data: &'a str },
    Url { url: &'a str },
}

/// The source of an image at `path`.
pub(super) fn source<'a>(url: &'a str, path: &str) -> Result<Source<'a>, Error> {
    if let Some(rest) = url.strip_prefix("data:") {
        let Some((media, data)) = rest.split_once(";base64,") else {
            return Err(unsupported(
                path,
                "the target takes images in `data:` URLs as base64 only",
            ));
        };
        // Parameters behind the media type (`;charset=…`) have no place.
        let media_type = media.split(';').next().unwrap_or(media);
        return Ok(Source::Base64 { media_type, data });
    }
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(Source::Url { url });
    }
    Err(unsupported(path, "the target takes images as `https:` or `data:` URLs only"))
}

/// The input of a tool call from its arguments: an object as it is, nothing as `{}`. `None` if it is no object.
pub(super) fn input(arguments: &str) -> Option<Box<RawValue>> {
    let trimmed = arguments.trim();
    let json = if trimmed.is_empty() { "{}" } else { trimmed };
    if !json.starts_with('{') {
        return None;
    }
    RawValue::from_string(json.to_owned()).ok()
}

/// Arguments that are no object, wrapped into one.
pub(super) fn wrapped(arguments: &str) -> Box<RawValue> {
    let wrapped = serde_json::json!({ "arguments": arguments });
    serde_json::value::to_raw_value(&wrapped).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// A call's id in the letters that the format allows.
pub(super) fn call_id(id: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    id.chars().map(allowed).collect()
}

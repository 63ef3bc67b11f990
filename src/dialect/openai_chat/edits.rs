//! What changes in a body before it leaves for a target of the same dialect.

use crate::chat::{ChatRequest, Edit, json_string};
use crate::dialect::json::{Kind, Tape};

/// Edits that make the body fit for an OpenAI-compatible target: its `model`, and for streams
/// `stream_options.include_usage` set, so that every answer can be billed. Other stream options stay.
pub fn upstream_edits(request: &ChatRequest, model: &str) -> Vec<Edit> {
    let mut edits = Vec::with_capacity(2);
    if request.model != model {
        edits.push(Edit { span: request.model_span.clone(), json: json_string(model) });
    }
    if !request.stream || request.include_usage {
        return edits;
    }
    let Some(span) = request.stream_options_span.clone() else {
        let at = request.object_start;
        let json = r#""stream_options":{"include_usage":true},"#.to_owned();
        edits.push(Edit { span: at..at, json });
        return edits;
    };
    let raw = request.raw.get(span.clone()).and_then(|raw| std::str::from_utf8(raw).ok());
    let tape = raw.and_then(|raw| Tape::parse(raw).ok());
    let options = tape.as_ref().map(Tape::root).filter(|root| root.kind() == Kind::Object);
    let Some(options) = options else {
        edits.push(Edit { span, json: r#"{"include_usage":true}"#.to_owned() });
        return edits;
    };
    // All of several duplicates are set, whichever one the provider reads.
    let asked =
        options.fields().filter(|(key, _)| key.is("include_usage")).map(|(_, value)| value.span());
    let before = edits.len();
    edits.extend(asked.map(|value| Edit {
        span: span.start + value.start..span.start + value.end,
        json: "true".to_owned(),
    }));
    if edits.len() == before {
        let comma = if options.fields().next().is_some() { "," } else { "" };
        let at = span.start + 1;
        edits.push(Edit { span: at..at, json: format!(r#""include_usage":true{comma}"#) });
    }
    edits
}

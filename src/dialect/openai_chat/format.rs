//! `response_format`, for models that Weir runs itself.

use crate::chat::OutputFormat;
use crate::dialect::DialectError;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Wire {
    r#type: String,
    json_schema: Option<WireSchema>,
    /// The expression of `regex`, which OpenAI has not and text-generation-inference has.
    value: Option<String>,
}

#[derive(Deserialize)]
struct WireSchema {
    schema: Option<serde_json::Value>,
}

/// What a `response_format` asks for; `None` for text.
///
/// # Errors
/// If it has no known form.
pub fn output_format(format: &RawValue) -> Result<Option<OutputFormat>, DialectError> {
    let shape = |expected| DialectError::Shape { field: "response_format", expected };
    if format.get().trim() == "null" {
        return Ok(None);
    }
    let wire: Wire = serde_json::from_str(format.get())
        .map_err(|_| shape("an object with `type` and, for `json_schema`, its schema"))?;
    match wire.r#type.as_str() {
        "text" => Ok(None),
        "json_object" => Ok(Some(OutputFormat::JsonObject)),
        "json_schema" => {
            let schema = wire.json_schema.and_then(|wire| wire.schema);
            let schema = schema.ok_or_else(|| shape("`json_schema.schema`"))?;
            Ok(Some(OutputFormat::JsonSchema(schema)))
        }
        "regex" => Ok(Some(OutputFormat::Regex(wire.value.ok_or_else(|| shape("`value`"))?))),
        _ => Err(shape("one of the types text, json_object, json_schema, regex")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms() {
        let parse = |value: serde_json::Value| {
            output_format(&RawValue::from_string(value.to_string()).unwrap())
        };
        assert_eq!(parse(json!(null)), Ok(None));
        assert_eq!(parse(json!({"type": "text"})), Ok(None));
        assert_eq!(parse(json!({"type": "json_object"})), Ok(Some(OutputFormat::JsonObject)));
        let schema = json!({"type": "integer"});
        assert_eq!(
            parse(json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})),
            Ok(Some(OutputFormat::JsonSchema(schema)))
        );
        assert_eq!(
            parse(json!({"type": "regex", "value": "a+"})),
            Ok(Some(OutputFormat::Regex("a+".to_owned())))
        );
        for bad in [
            json!(1),
            json!({}),
            json!({"type": "xml"}),
            json!({"type": "json_schema"}),
            json!({"type": "json_schema", "json_schema": {"name": "n"}}),
            json!({"type": "regex"}),
        ] {
            assert!(parse(bad.clone()).is_err(), "{bad}");
        }
    }
}

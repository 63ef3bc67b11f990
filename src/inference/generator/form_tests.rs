//! Forms against the worst of models: one that never wants to end. What it says must end, be valid, and say no name twice.

use super::form::{Form, Forms};
use super::*;
use crate::chat::OutputFormat;
use serde_json::{Value, json};

/// One token a byte; token 0 ends.
struct Bytes;

impl Vocabulary for Bytes {
    fn size(&self) -> usize {
        257
    }
    fn encode(&self, _: &str) -> Result<Vec<u32>, InferenceError> {
        Ok(Vec::new())
    }
    fn disarm(&self, text: &str) -> String {
        text.to_owned()
    }
    fn bytes(&self, id: u32) -> Vec<u8> {
        id.checked_sub(1).map(|byte| vec![byte as u8]).unwrap_or_default()
    }
    fn is_end(&self, id: u32) -> bool {
        id == 0
    }
}

/// Likes of a model: the bytes that it takes first, and its end last of all.
const CHATTER: &str = "a9,{[ e.-\\n:\"tfn]}";
/// One that opens and repeats what it can.
const NESTER: &str = "[{\"a:,9]}";

fn says(form: &mut Form, likes: &str) -> String {
    let mut said = Vec::new();
    loop {
        let mut logits: Vec<f32> = vec![0.0; 257];
        logits[0] = -1.0;
        for (at, like) in likes.bytes().enumerate() {
            logits[like as usize + 1] = 100.0 - at as f32;
        }
        form.forbid(&mut logits).unwrap();
        let mut ranked: Vec<u32> = (0..257).filter(|id| logits[*id as usize].is_finite()).collect();
        ranked.sort_by(|a, b| logits[*b as usize].total_cmp(&logits[*a as usize]));
        let allowed = |id: &u32| !form.repeats_name(&Bytes.bytes(*id));
        let short = |id: &u32| allowed(id) && !form.overruns(&Bytes.bytes(*id));
        let token = ranked.iter().copied().find(short).or(ranked.iter().copied().find(allowed));
        let Some(token) = token.filter(|token| *token != 0) else { break };
        said.extend(Bytes.bytes(token));
        assert!(said.len() < 60_000, "{}", String::from_utf8_lossy(&said[..200]));
        if form.push(token, &Bytes.bytes(token)).unwrap() {
            break;
        }
    }
    String::from_utf8(said).unwrap()
}

/// How many members the objects of a JSON text have as written: each has one colon outside of strings.
fn written_members(json: &str) -> usize {
    let (mut inside, mut escaped, mut n) = (false, false, 0);
    for c in json.chars() {
        n += usize::from(c == ':' && !inside);
        inside ^= c == '"' && !escaped;
        escaped = inside && c == '\\' && !escaped;
    }
    n
}

/// How many members the objects of a value have as read: of equal names one is left.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(all) => all.len() + all.values().map(members).sum::<usize>(),
        Value::Array(all) => all.iter().map(members).sum(),
        _ => 0,
    }
}

/// White space between tokens of JSON.
fn has_free_space(json: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    json.chars().any(|c| {
        match c {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && c == '\\' && !escaped;
        !inside && c.is_whitespace()
    })
}

#[test]
fn every_answer_ends_is_valid_and_names_nothing_twice() {
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let schemas = [
        json!({"type": "object"}),
        json!({"type": "string"}),
        json!({"type": "number"}),
        json!({"type": "integer", "minimum": 3}),
        json!({"type": "number", "minimum": 0, "maximum": 1}),
        json!({"type": ["number", "null"], "exclusiveMaximum": 10}),
        json!({"type": "array"}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 20}),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}),
        object(
            json!({"summary": {"type": "string"}, "points": {"type": "array", "items": {"type": "string"}}}),
        ),
        object(json!({"a": {"type": "string", "minLength": 2000}})),
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]}),
        json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "patternProperties": {"^x": {"type": "integer"}}}),
        json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}, "minProperties": 2}),
        object(
            json!({"mail": {"type": "string", "format": "email"}, "on": {"type": "string", "format": "date"}}),
        ),
        object(json!({"code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}})),
        object(json!({"long": {"type": "string", "pattern": "^a{300,}$"}})),
        object(json!({"any": {}, "all": true, "told": {"description": "whatever"}})),
        object(json!({"kind": {"enum": ["x", "y", 3]}, "fixed": {"const": {"n": 1}}})),
        json!({"type": "object", "properties": {"next": {"$ref": "#/$defs/item"}}, "required": ["next"],
            "$defs": {"item": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": false}}}),
        json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "number"}}]}),
        json!({"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"type": "object", "properties": {"b": {"type": "boolean"}}, "required": ["b"]}]}),
        json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}),
        object(json!({"x-guidance": {"type": "string"}})),
        json!({"type": "object", "x-guidance": {"whitespace_flexible": true}, "properties": {"a": {"type": "string"}}}),
    ];
    let forms = Forms::new(&Bytes).unwrap();
    for schema in schemas {
        let valid = jsonschema::validator_for(&schema).unwrap();
        for likes in [CHATTER, NESTER] {
            let mut form = forms.begin(&OutputFormat::JsonSchema(schema.clone()), 200).unwrap();
            let said = says(&mut form, likes);
            let value: Value = serde_json::from_str(&said)
                .unwrap_or_else(|error| panic!("{error} {schema} {said}"));
            assert!(valid.is_valid(&value), "{schema} {said}");
            assert!(!has_free_space(&said), "{schema} {said}");
            assert_eq!(members(&value), written_members(&said), "a name twice? {schema} {said}");
        }
    }
    let mut form = forms.begin(&OutputFormat::JsonObject, 200).unwrap();
    assert!(serde_json::from_str::<Value>(&says(&mut form, CHATTER)).unwrap().is_object());
}

#[test]
fn free_strings_share_the_tokens_there_are() {
    let forms = Forms::new(&Bytes).unwrap();
    let properties: serde_json::Map<String, Value> =
        (0..5).map(|i| (format!("f{i}"), json!({"type": "string"}))).collect();
    let schema = json!({"type": "object", "properties": properties});
    for tokens in [100, 300, 1000] {
        let mut form = forms.begin(&OutputFormat::JsonSchema(schema.clone()), tokens).unwrap();
        let said = says(&mut form, CHATTER);
        assert!(said.len() < 3 * tokens, "{} for {tokens}", said.len());
    }
}

#[test]
fn what_no_grammar_can_express_is_named() {
    let list = |more: Value| {
        let mut schema = json!({"type": "array", "items": {"type": "string"}});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let word = |pattern: &str| json!({"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}});
    let shop = json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}});
    let with = |key: &str, value: Value| {
        let mut schema = shop.clone();
        schema[key] = value;
        schema
    };
    let cases = [
        (list(json!({"uniqueItems": true})), "uniqueItems"),
        (list(json!({"contains": {"const": "a"}})), "contains"),
        (
            json!({"type": "object", "properties": {"tags": list(json!({"uniqueItems": true}))}}),
            "uniqueItems",
        ),
        (json!({"type": "string", "not": {"const": "a"}}), "not"),
        (with("if", json!({"required": ["a"]})), "if"),
        (with("propertyNames", json!({"pattern": "^x"})), "propertyNames"),
        (with("dependentSchemas", json!({"a": {"required": ["b"]}})), "dependentSchemas"),
        (with("dependentRequired", json!({"a": ["b"]})), "dependentRequired"),
        (with("unevaluatedProperties", json!(false)), "unevaluatedProperties"),
        (with("oneOf", json!([{"required": ["a"]}, {"required": ["b"]}])), "oneOf"),
        (json!({"oneOf": [{"type": "integer"}, {"type": "integer", "minimum": 5}]}), "oneOf"),
        (word("^(?=.*[0-9]).{8}$"), "pattern"),
        (word("^(?!admin).*$"), "pattern"),
        (word("(?<=a)b"), "pattern"),
        (json!({"type": "string", "format": "made-up"}), "format"),
        (with("minProperties", json!(2)), "minProperties"),
        (
            json!({"type": "object", "patternProperties": {"a": {"type": "integer"}, "b": {"type": "string"}}}),
            "patternProperties",
        ),
        (json!({"$ref": "https://schemas.example/other.json"}), "$ref"),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "if": {}, "then": {}}),
            "if",
        ),
    ];
    let forms = Forms::new(&Bytes).unwrap();
    for (schema, keyword) in cases {
        let error = forms.begin(&OutputFormat::JsonSchema(schema.clone()), 200).err();
        let expected = InferenceError::Format { keyword: Some(keyword) };
        assert_eq!(error, Some(expected.clone()), "{schema}");
        assert!(expected.to_string().contains(&format!("`{keyword}`")), "{expected}");
    }
}

//! Which keyword of a schema a grammar cannot express, to name it to whoever sent the schema.
//!
//! Invariant: the answer is a name of this file, never a word of the request.

use serde_json::Value;

/// Keywords of JSON Schema for which there is no grammar, whichever draft the schema names.
const NEVER: [&str; 17] = [
    "uniqueItems",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$recursiveRef",
    "$vocabulary",
];

/// Keywords for which there is a grammar for most uses, in the order in which they are suspected.
const SOMETIMES: [&str; 14] = [
    "oneOf",
    "pattern",
    "patternProperties",
    "format",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "$ref",
    "allOf",
    "anyOf",
    "required",
    "enum",
    "const",
    "type",
];

/// Largest schema that is searched for what is to blame, in bytes of JSON.
const SEARCHED: usize = 64 << 10;

/// The first keyword that no grammar can express.
pub(super) fn inexpressible(schema: &Value) -> Option<&'static str> {
    let Value::Object(map) = schema else { return None };
    let own = NEVER.iter().find(|key| map.get(**key).is_some_and(|value| constrains(key, value)));
    own.copied().or_else(|| subschemas(schema).find_map(inexpressible))
}

/// The keyword without which a schema that has no grammar would have one.
pub(super) fn culprit(
    schema: &Value,
    has_grammar: impl Fn(&Value) -> bool,
) -> Option<&'static str> {
    if schema.to_string().len() > SEARCHED {
        return None;
    }
    SOMETIMES.into_iter().find(|key| {
        let (without, n) = without(schema, key);
        n > 0 && has_grammar(&without)
    })
}

/// `uniqueItems: false` and its like say nothing.
fn constrains(key: &str, value: &Value) -> bool {
    match key {
        "uniqueItems" | "minContains" => *value != Value::Bool(false) && value.as_u64() != Some(0),
        "propertyNames" | "unevaluatedItems" | "unevaluatedProperties" => {
            *value != Value::Bool(true)
        }
        _ => true,
    }
}

/// The schemas that stand directly in a schema; what `enum`, `const`, `default` and `examples` hold are values.
fn subschemas(schema: &Value) -> impl Iterator<Item = &Value> {
    let members = schema.as_object().into_iter().flatten();
    members.flat_map(|(key, value)| -> Vec<&Value> {
        match (place(key), value) {
            (Some(Place::Named), Value::Object(all)) => all.values().collect(),
            (Some(Place::Listed), Value::Array(all)) => all.iter().collect(),
            (Some(Place::Listed | Place::Direct), one) => vec![one],
            _ => Vec::new(),
        }
    })
}

enum Place {
    Named,
    Listed,
    Direct,
}

fn place(key: &str) -> Option<Place> {
    match key {
        "properties" | "patternProperties" | "$defs" | "definitions" => Some(Place::Named),
        "anyOf" | "oneOf" | "allOf" | "prefixItems" | "items" => Some(Place::Listed),
        "additionalProperties" | "additionalItems" => Some(Place::Direct),
        _ => None,
    }
}

/// The schema without a keyword, wherever it stands, and how often it did.
fn without(schema: &Value, keyword: &str) -> (Value, usize) {
    let Value::Object(map) = schema else { return (schema.clone(), 0) };
    let (mut out, mut n) = (map.clone(), 0);
    if out.shift_remove(keyword).is_some() {
        n += 1;
    }
    for (key, value) in &mut out {
        let mut visit = |value: &mut Value| {
            let (rest, found) = without(value, keyword);
            *value = rest;
            n += found;
        };
        match (place(key), value) {
            (Some(Place::Named), Value::Object(all)) => all.values_mut().for_each(&mut visit),
            (Some(Place::Listed), Value::Array(all)) => all.iter_mut().for_each(&mut visit),
            (Some(Place::Listed | Place::Direct), one) => visit(one),
            _ => {}
        }
    }
    (Value::Object(out), n)
}

#[cfg(test)]
mod tests {
    use super::{culprit, inexpressible};
    use serde_json::json;

    #[test]
    fn names_of_properties_and_values_are_no_keywords() {
        for schema in [
            json!({"type": "object", "properties": {"not": {"type": "string"}, "if": {"type": "integer"}}}),
            json!({"enum": [{"not": 1}, "contains"]}),
            json!({"const": {"uniqueItems": true}}),
            json!({"type": "array", "uniqueItems": false}),
            json!({"type": "object", "default": {"not": {}}, "propertyNames": true}),
        ] {
            assert_eq!(inexpressible(&schema), None, "{schema}");
        }
        let deep = json!({"properties": {"a": {"items": {"anyOf": [{"type": "string"}, {"not": {"type": "null"}}]}}}});
        assert_eq!(inexpressible(&deep), Some("not"));
    }

    #[test]
    fn what_is_to_blame_is_what_helps_when_it_is_gone() {
        let schema = json!({"properties": {"a": {"pattern": "x"}, "b": {"format": "y"}}});
        let blamed =
            |word: &'static str| culprit(&schema, move |schema| !schema.to_string().contains(word));
        assert_eq!(blamed("\"x\""), Some("pattern"));
        assert_eq!(blamed("\"y\""), Some("format"));
        assert_eq!(culprit(&schema, |_| false), None);
    }
}

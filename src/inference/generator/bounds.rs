//! Schemas with bounds, so that an answer has an end. A small model that may go on writing does: free strings, digits and lists
//! run to the limit of tokens and leave broken JSON behind.
//!
//! Invariant: what the narrower schema allows, the client's own allows too. Nothing is narrowed where that is not plain to see.

use serde_json::{Map, Value, json};

/// Characters of JSON that a token surely stands for.
const CHARS_PER_TOKEN: usize = 2;
/// The longest and the shortest bound of a free string, in characters.
const STRING: (usize, usize) = (1000, 24);
/// Most items of a list that has no bound of its own, and what one item is reckoned with at least, in characters.
const ITEMS: usize = 16;
const ITEM: usize = 24;
/// Most names in an object that has none of its own, and what they look like: at most `keys::LONGEST` characters.
const NAMES: usize = 8;
const NAME: &str = "^[^\"\\\\\\x00-\\x1f]{1,40}$";
/// Numbers without bounds have at most 15 digits and five places.
const NUMBER: f64 = 1e15;
const PLACES: f64 = 1e-5;
/// How deep a value of any kind may be.
const DEPTH: usize = 3;
/// Longest pattern or format, in characters, where the first attempt bounds those too.
const FORMATTED: usize = 128;

/// How much is narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Narrow {
    /// All that can be.
    All,
    /// Strings with a pattern or format keep their length: not every pattern leaves room for a bound.
    Free,
}

/// A schema that allows no endless answer, for an answer of at most `tokens` tokens.
pub(super) fn bounded(schema: &Value, tokens: usize, narrow: Narrow) -> Value {
    let chars = tokens.saturating_mul(CHARS_PER_TOKEN).clamp(64, 1 << 16);
    let bounds = Bounds { narrow, closes: !intersects(schema) };
    let mut out = bounds.value(schema, chars);
    for key in ["$defs", "definitions"] {
        let Some(Value::Object(all)) = out.get_mut(key) else { continue };
        for schema in all.values_mut() {
            *schema = bounds.value(schema, chars / 4);
        }
    }
    out
}

struct Bounds {
    narrow: Narrow,
    /// Whether objects may be closed: not where a value has to fit several schemas at once.
    closes: bool,
}

impl Bounds {
    fn value(&self, schema: &Value, chars: usize) -> Value {
        match schema {
            Value::Bool(true) => any(chars, DEPTH),
            Value::Object(map) if describes_only(map) => {
                let mut any = any(chars, DEPTH);
                if let Value::Object(out) = &mut any {
                    // Definitions and the draft stay where references look for them.
                    let rest =
                        map.iter().filter(|(key, _)| key.starts_with('$') || *key == "definitions");
                    out.extend(rest.map(|(key, value)| (key.clone(), value.clone())));
                }
                any
            }
            Value::Object(map) => Value::Object(self.object(map, chars)),
            other => other.clone(),
        }
    }

    fn object(&self, schema: &Map<String, Value>, chars: usize) -> Map<String, Value> {
        let mut out = schema.clone();
        for key in ["anyOf", "oneOf", "allOf"] {
            if let Some(Value::Array(all)) = out.get_mut(key) {
                all.iter_mut().for_each(|one| *one = self.value(one, chars));
            }
        }
        let applies = ["anyOf", "oneOf", "allOf", "$ref", "enum", "const"];
        if applies.iter().any(|key| schema.contains_key(*key)) {
            return out;
        }
        let is = |kind: &str| may_be(schema, kind);
        if is("string") {
            self.string(&mut out, chars);
        }
        if is("number") || is("integer") {
            number(&mut out, is("number"));
        }
        if is("array") {
            self.array(&mut out, chars);
        }
        if is("object") {
            self.members(&mut out, chars);
        }
        out
    }

    fn string(&self, out: &mut Map<String, Value>, chars: usize) {
        let formatted = out.contains_key("pattern") || out.contains_key("format");
        if formatted && self.narrow == Narrow::Free {
            return;
        }
        let most = if formatted { FORMATTED } else { chars.clamp(STRING.1, STRING.0) };
        at_most(out, "maxLength", "minLength", most);
    }

    fn array(&self, out: &mut Map<String, Value>, chars: usize) {
        let closed = |items: Option<&Value>| items == Some(&Value::Bool(false));
        let first = ["prefixItems", "items"].iter().find_map(|key| out.get(*key)?.as_array());
        let first = first.map_or(0, Vec::len);
        if !closed(out.get("items")) && !closed(out.get("additionalItems")) {
            at_most(out, "maxItems", "minItems", first.max((chars / ITEM).clamp(1, ITEMS)));
        }
        let most = out.get("maxItems").and_then(Value::as_u64).unwrap_or(first as u64);
        let each = chars / (most as usize).clamp(1, chars / ITEM);
        for key in ["prefixItems", "items"] {
            if let Some(Value::Array(all)) = out.get_mut(key) {
                all.iter_mut().for_each(|one| *one = self.value(one, each));
            }
        }
        match out.get_mut("items") {
            Some(Value::Array(_)) => {}
            Some(items) => *items = self.value(items, each),
            None if first == 0 => {
                out.insert("items".to_owned(), any(each, DEPTH - 1));
            }
            None => {}
        }
    }

    fn members(&self, out: &mut Map<String, Value>, chars: usize) {
        let named = |key: &str, out: &Map<String, Value>| {
            out.get(key).and_then(Value::as_object).map_or(0, Map::len)
        };
        let (n, n_patterns) = (named("properties", out), named("patternProperties", out));
        let each = chars / (n + n_patterns * NAMES).max(1);
        for key in ["properties", "patternProperties"] {
            if let Some(Value::Object(all)) = out.get_mut(key) {
                all.values_mut().for_each(|one| *one = self.value(one, each));
            }
        }
        if !self.closes || out.get("additionalProperties") == Some(&Value::Bool(false)) {
            return;
        }
        let other = out.get("additionalProperties").cloned().unwrap_or(Value::Bool(true));
        let required = out.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        if n + n_patterns == 0 && required.is_empty() {
            // An object with names of the model's own choice.
            let value = self.value(&other, chars / NAMES);
            out.insert("patternProperties".to_owned(), json!({ NAME: value }));
            at_most(out, "maxProperties", "minProperties", NAMES);
        } else {
            let least = out.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
            if least > n as u64 {
                return;
            }
            match (n, n_patterns) {
                (_, 0) => self.name(out, &required, &other, each),
                // Names of the client's pattern, as many as there may be.
                (0, _) if required.is_empty() => {
                    at_most(out, "maxProperties", "minProperties", NAMES);
                }
                _ => {}
            }
        }
        out.insert("additionalProperties".to_owned(), Value::Bool(false));
    }

    /// Names in `properties` what is required and has no place there.
    fn name(&self, out: &mut Map<String, Value>, required: &[Value], other: &Value, chars: usize) {
        let properties = out.entry("properties").or_insert_with(|| json!({}));
        let Value::Object(properties) = properties else { return };
        for name in required.iter().filter_map(Value::as_str) {
            if !properties.contains_key(name) {
                properties.insert(name.to_owned(), self.value(other, chars));
            }
        }
    }
}

/// Whether a schema says nothing about its values.
fn describes_only(schema: &Map<String, Value>) -> bool {
    const WORDS: [&str; 10] = [
        "title",
        "description",
        "default",
        "examples",
        "$comment",
        "$schema",
        "$id",
        "$defs",
        "definitions",
        "deprecated",
    ];
    schema.keys().all(|key| WORDS.contains(&key.as_str()))
}

fn may_be(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        Some(one) => one == kind,
    }
}

/// Sets an upper bound, never below the lower one and never above one that is there.
fn at_most(out: &mut Map<String, Value>, most: &str, least: &str, bound: usize) {
    let number = |key: &str| out.get(key).and_then(Value::as_u64);
    let bound = (bound as u64).max(number(least).unwrap_or(0));
    let bound = number(most).map_or(bound, |own| own.min(bound));
    if out.get(most).is_none_or(Value::is_u64) {
        out.insert(most.to_owned(), json!(bound));
    }
}

fn number(out: &mut Map<String, Value>, with_places: bool) {
    let given = |key: &str| out.get(key).and_then(Value::as_f64);
    let (low, high) = (given("minimum"), given("maximum"));
    let (low, high) = (low.or(given("exclusiveMinimum")), high.or(given("exclusiveMaximum")));
    let inside = |bound: Option<f64>| bound.is_none_or(|bound| bound.abs() < NUMBER);
    if !inside(low) || !inside(high) {
        return;
    }
    let whole = NUMBER as i64 - 1;
    if low.is_none() {
        out.insert("minimum".to_owned(), json!(-whole));
    }
    if high.is_none() {
        out.insert("maximum".to_owned(), json!(whole));
    }
    // A range that lies between two places would become empty.
    let wide = low.zip(high).is_none_or(|(low, high)| high == low || high - low >= 100.0 * PLACES);
    let exact = |bound: Option<f64>| {
        bound.is_none_or(|bound| ((bound / PLACES).round() * PLACES - bound).abs() < 1e-9)
    };
    if with_places
        && wide
        && low != high
        && exact(low)
        && exact(high)
        && !out.contains_key("multipleOf")
    {
        out.insert("multipleOf".to_owned(), json!(PLACES));
    }
}

/// Any value, down to some depth.
fn any(chars: usize, depth: usize) -> Value {
    let mut kinds = vec![
        json!({"type": "string", "maxLength": chars.clamp(STRING.1, STRING.0)}),
        json!({"type": "number", "minimum": 1 - NUMBER as i64, "maximum": NUMBER as i64 - 1, "multipleOf": PLACES}),
        json!({"type": ["boolean", "null"]}),
    ];
    if depth > 0 {
        let (items, names) = ((chars / ITEM).clamp(1, ITEMS), NAMES);
        let item = any(chars / items, depth - 1);
        kinds.push(json!({"type": "array", "items": item, "maxItems": items}));
        let member = any(chars / names, depth - 1);
        kinds.push(json!({
            "type": "object", "patternProperties": { NAME: member }, "additionalProperties": false, "maxProperties": names
        }));
    }
    json!({ "anyOf": kinds })
}

/// Whether somewhere a value has to fit several schemas at once. A reference or alternative beside words that only describe is
/// none.
fn intersects(schema: &Value) -> bool {
    match schema {
        Value::Array(all) => all.iter().any(intersects),
        Value::Object(map) => {
            let several =
                map.get("allOf").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
            let constrains =
                ["properties", "patternProperties", "additionalProperties", "required", "items"];
            let applicators = ["anyOf", "oneOf", "allOf", "$ref"];
            let applied = applicators.iter().filter(|key| map.contains_key(**key)).count();
            let beside = applied > 0 && constrains.iter().any(|key| map.contains_key(*key));
            several || beside || applied > 1 || map.values().any(intersects)
        }
        _ => false,
    }
}

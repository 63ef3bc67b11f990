//! The JSON Schema of the configuration file, for editors and for the check.

use super::raw::{ROUTE_ALIASES, RawConfig};
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::sync::LazyLock;

/// The schema for editors (`weir config schema`).
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    with_aliases(generator.into_root_schema_for::<RawConfig>().to_value())
}

/// The schema with every reference resolved, for walking.
pub(super) fn inlined() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        let settings =
            SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        settings.into_generator().into_root_schema_for::<RawConfig>().to_value()
    });
    &SCHEMA
}

/// Every number that a rule may hold, by its path in the rule, such as `when.min_probability`.
pub fn thresholds() -> &'static [String] {
    static FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut fields = Vec::new();
        if let Some(rule) = inlined().pointer("/properties/route/items") {
            numbers("", rule, &mut fields);
        }
        fields
    });
    &FIELDS
}

fn numbers(path: &str, schema: &Value, fields: &mut Vec<String>) {
    let is_number = |name: &Value| matches!(name.as_str(), Some("number" | "integer"));
    match schema.get("type") {
        Some(Value::Array(types)) if types.iter().any(is_number) => fields.push(path.to_owned()),
        Some(name) if is_number(name) => fields.push(path.to_owned()),
        _ => {}
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, schema) in properties {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        numbers(&path, schema, fields);
    }
    let branches = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    branches.for_each(|schema| numbers(path, schema, fields));
}

fn with_aliases(mut schema: Value) -> Value {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let route = properties.get("route").cloned();
        for alias in ROUTE_ALIASES {
            properties.extend(route.clone().map(|route| (alias.to_owned(), route)));
        }
    }
    schema
}

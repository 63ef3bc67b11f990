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

fn with_aliases(mut schema: Value) -> Value {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let route = properties.get("route").cloned();
        for alias in ROUTE_ALIASES {
            properties.extend(route.clone().map(|route| (alias.to_owned(), route)));
        }
    }
    schema
}

//! JSON Schema: answers as JSON text, and the arguments of tool calls.

use jsonschema::Validator;
use serde_json::Value;
use std::sync::Arc;

/// A compiled schema (draft 2020-12 unless it names another). References to other documents are not followed.
#[derive(Debug, Clone)]
pub struct Schema {
    validator: Arc<Validator>,
}

impl Schema {
    /// Compiles a schema.
    pub(super) fn compile(schema: &Value) -> Result<Self, String> {
        if !matches!(schema, Value::Object(_) | Value::Bool(_)) {
            return Err("a JSON Schema is a mapping".to_owned());
        }
        let validator = jsonschema::validator_for(schema).map_err(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "its top".to_owned() } else { place };
            format!("the schema cannot be compiled: look at {place}")
        })?;
        Ok(Self { validator: Arc::new(validator) })
    }

    /// Whether a text is JSON that the schema allows.
    pub(super) fn run(&self, text: &str) -> Result<(), String> {
        match serde_json::from_str::<Value>(text.trim()) {
            Ok(value) => self.allows(&value),
            Err(_) => Err("the answer is not JSON".to_owned()),
        }
    }

    /// Whether a value is one that the schema allows. The reason names places in the schema, which its author wrote, and none
    /// in the value.
    pub(super) fn allows(&self, value: &Value) -> Result<(), String> {
        match self.validator.iter_errors(value).next() {
            None => Ok(()),
            Some(error) => Err(format!("the schema does not allow it: {}", error.schema_path())),
        }
    }
}

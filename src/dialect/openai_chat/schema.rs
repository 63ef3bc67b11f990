//! Lists the words of a JSON Schema: all but its keywords and the values that keywords define.
//!
//! Source: JSON Schema 2020-12 and draft 7, the extensions of OpenAPI 3 and of Gemini.

use super::places::{CACHE_CONTROL, Form};
use super::words::{Place, Words};
use crate::chat::SlotKind;
use crate::dialect::json::{Kind, Value};

const SCHEMA: Place = Place { kind: SlotKind::Schema, role: None, message: None };

/// What a keyword's value is.
enum Keyword {
    /// A schema, or a list of schemas.
    Schemas,
    /// Schemas by name.
    Named,
    /// A name or a list of names.
    Names,
    /// Lists of names by name.
    NamesByName,
    /// Words, or values of any kind.
    Words,
    /// One of these words, or a list of them.
    Form(Form),
}

const TYPES: Form = Form::OneOf(&[
    "string", "number", "integer", "boolean", "object", "array", "null", "STRING", "NUMBER",
    "INTEGER", "BOOLEAN", "OBJECT", "ARRAY", "NULL",
]);
const FORMATS: Form = Form::OneOf(&[
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "int32",
    "int64",
    "float",
    "double",
    "byte",
    "binary",
    "password",
    "decimal",
    "url",
    "phone",
    "enum",
    "path",
]);
const DIALECTS: Form = Form::OneOf(&[
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/schema#",
]);

fn keyword(name: &str) -> Option<Keyword> {
    Some(match name {
        "items"
        | "additionalItems"
        | "prefixItems"
        | "contains"
        | "not"
        | "if"
        | "then"
        | "else"
        | "allOf"
        | "anyOf"
        | "oneOf"
        | "additionalProperties"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Keyword::Schemas,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Keyword::Named
        }
        "required" | "propertyOrdering" | "$ref" | "$dynamicRef" | "$recursiveRef" | "$anchor"
        | "$dynamicAnchor" | "$id" | "id" => Keyword::Names,
        "dependentRequired" | "dependencies" => Keyword::NamesByName,
        "description" | "title" | "$comment" | "pattern" | "enum" | "const" | "default"
        | "examples" | "example" | "contentMediaType" | "contentEncoding" | "deprecated"
        | "readOnly" | "writeOnly" | "nullable" | "uniqueItems" | "strict" | "discriminator" => {
            Keyword::Words
        }
        "type" => Keyword::Form(TYPES),
        "format" => Keyword::Form(FORMATS),
        "$schema" => Keyword::Form(DIALECTS),
        "cache_control" => Keyword::Form(CACHE_CONTROL),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"
        | "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
        | "maxProperties" | "minContains" | "maxContains" => Keyword::Form(Form::Number),
        _ => return None,
    })
}

impl Words {
    /// Adds the words of a JSON Schema. Depth is bounded by the reader.
    pub(super) fn add_schema(&mut self, schema: Value<'_>) {
        match schema.kind() {
            Kind::Object => {}
            Kind::Array => return schema.items().for_each(|item| self.add_schema(item)),
            _ => return self.add_all(schema, SCHEMA),
        }
        for (key, value) in schema.fields() {
            match keyword(&key.text().unwrap_or_default()) {
                None => self.add_field(key, value, SCHEMA),
                Some(Keyword::Schemas) => self.add_schema(value),
                Some(Keyword::Words) => self.add_all(value, SCHEMA),
                Some(Keyword::Names) => self.add_names(value, SCHEMA),
                Some(Keyword::Named) => {
                    self.add_by_name(value, Self::add_schema);
                }
                Some(Keyword::NamesByName) => {
                    self.add_by_name(value, |words, names| match names.kind() {
                        Kind::Object => words.add_schema(names),
                        _ => words.add_names(names, SCHEMA),
                    });
                }
                Some(Keyword::Form(form)) if value.kind() == Kind::Array => {
                    value.items().for_each(|item| self.add_as(item, &form, SCHEMA));
                }
                Some(Keyword::Form(form)) => self.add_as(value, &form, SCHEMA),
            }
        }
    }

    /// Adds the keys of an object as names, and its values as `add` does.
    fn add_by_name(&mut self, value: Value<'_>, mut add: impl FnMut(&mut Self, Value<'_>)) {
        if value.kind() != Kind::Object {
            return self.add_all(value, SCHEMA);
        }
        for (name, value) in value.fields() {
            self.add_key(name, SCHEMA);
            add(self, value);
        }
    }

    /// Adds a name or a list of names; what is neither may be words.
    fn add_names(&mut self, value: Value<'_>, place: Place) {
        match value.kind() {
            Kind::Array => value.items().for_each(|item| self.add_names(item, place)),
            _ => self.add_as(value, &Form::Name, place),
        }
    }
}

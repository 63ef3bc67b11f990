//! Reading fields with errors that name the path and what was expected, never what was found in them.

use crate::dialect::json::{Kind, Value};
use crate::error::{Error, ErrorKind};

/// A field that is not as the format says.
#[derive(Debug)]
pub(super) struct Invalid {
    path: String,
    problem: String,
}

impl Invalid {
    /// A problem with the field itself: `expected …`.
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { path: String::new(), problem: problem.into() }
    }

    /// A required field that is not there, or `null`.
    pub(super) fn missing(expected: &str) -> Self {
        Self::new(format!("is required: {expected}"))
    }

    /// A value of another kind than `expected`.
    pub(super) fn kind(expected: &str, found: Value<'_>) -> Self {
        Self::new(format!("must be {expected}, not {}", kind_name(found.kind())))
    }
}

/// Names where in the body a problem is.
pub(super) trait Within {
    /// Puts a field's name before the path.
    fn field(self, name: &str) -> Self;
    /// Puts an array's index before the path.
    fn index(self, index: usize) -> Self;
}

impl<T> Within for Result<T, Invalid> {
    fn field(self, name: &str) -> Self {
        self.map_err(|mut invalid| {
            let dot =
                if invalid.path.is_empty() || invalid.path.starts_with('[') { "" } else { "." };
            invalid.path = format!("{name}{dot}{}", invalid.path);
            invalid
        })
    }

    fn index(self, index: usize) -> Self {
        self.field(&format!("[{index}]"))
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        if invalid.path.is_empty() {
            return Self::new(ErrorKind::InvalidValue, format!("The body {}.", invalid.problem));
        }
        let message = format!("`{}` {}.", invalid.path, invalid.problem);
        Self::new(ErrorKind::InvalidValue, message).param(invalid.path)
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Array => "an array",
        Kind::Key | Kind::String => "a string",
        Kind::Number => "a number",
        Kind::True | Kind::False => "a boolean",
        Kind::Null => "null",
    }
}

/// A string's text.
pub(super) fn string(value: Value<'_>) -> Result<String, Invalid> {
    value.text().map(Into::into).ok_or_else(|| Invalid::kind("a string", value))
}

/// A truth value; `None` for `null`.
pub(super) fn boolean(value: Value<'_>) -> Result<Option<bool>, Invalid> {
    let Some(value) = value.given() else { return Ok(None) };
    value.bool().map(Some).ok_or_else(|| Invalid::kind("a boolean", value))
}

/// A number in a range; `None` for `null`.
pub(super) fn number(value: Value<'_>, low: f64, high: f64) -> Result<Option<f64>, Invalid> {
    let Some(value) = value.given() else { return Ok(None) };
    match value.number() {
        Some(number) if (low..=high).contains(&number) => Ok(Some(number)),
        // One beyond all floats is a number too.
        None if value.kind() != Kind::Number => Err(Invalid::kind("a number", value)),
        _ => Err(Invalid::new(format!("must be a number from {low} to {high}"))),
    }
}

/// A whole number in a range; `None` for `null`.
pub(super) fn integer(value: Value<'_>, low: i128, high: i128) -> Result<Option<i128>, Invalid> {
    let Some(value) = value.given() else { return Ok(None) };
    match value.integer() {
        Some(number) if (low..=high).contains(&number) => Ok(Some(number)),
        _ if value.kind() == Kind::Number => {
            Err(Invalid::new(format!("must be a whole number from {low} to {high}")))
        }
        _ => Err(Invalid::kind("a whole number", value)),
    }
}

/// The value, if it is an object; `None` for `null`.
pub(super) fn object(value: Value<'_>) -> Result<Option<Value<'_>>, Invalid> {
    match value.kind() {
        Kind::Null => Ok(None),
        Kind::Object => Ok(Some(value)),
        _ => Err(Invalid::kind("an object", value)),
    }
}

/// The value, if it is an array; `None` for `null`.
pub(super) fn array(value: Value<'_>) -> Result<Option<Value<'_>>, Invalid> {
    match value.kind() {
        Kind::Null => Ok(None),
        Kind::Array => Ok(Some(value)),
        _ => Err(Invalid::kind("an array", value)),
    }
}

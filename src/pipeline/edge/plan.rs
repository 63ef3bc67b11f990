//! What a request's schema asks for, if it is nothing but labels and entities. Pure.
//!
//! Invariant: a keyword of JSON Schema that is not known here is a reason to leave the request to a larger model, so that
//! what is answered is valid.

use super::labels;
use super::names::{self, Asks};
use crate::chat::{Analysis, ChatRequest, EntityType, OutputFormat, Part, ToolChoice};
use crate::config::resolved::IntentSpec;
use crate::dialect::openai_chat;
use regex_automata::meta::{Config, Regex};
use serde_json::{Map, Value};

/// Tasks that want more than a label or what stands in the text, and how likely such a task must be.
const LARGER: [&str; 7] =
    ["code", "math", "reasoning", "translation", "summarization", "rewriting", "creative"];
const SURE: f32 = 0.5;
/// Texts that a pattern for identifiers must not fit.
const PLAIN: [&str; 5] = ["", "a", "hello", "Hello", "the order"];
/// Most fields with patterns, the longest pattern, and the memory that one may take: they come from clients and are compiled in
/// the request's way.
const PATTERNS: usize = 8;
const LONGEST_PATTERN: usize = 200;
const PATTERN_BYTES: usize = 256 << 10;
/// Most references that are followed for one field.
const DEPTH: usize = 8;

/// How an answer is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// As the text of the message.
    Text,
    /// As arguments of this function.
    Tool(String),
}

/// What a schema asks for.
#[derive(Debug)]
pub(super) struct Plan {
    pub form: Form,
    pub fields: Vec<Field>,
}

/// One field of the object.
#[derive(Debug)]
pub(super) struct Field {
    pub name: String,
    pub what: What,
    pub required: bool,
    pub nullable: bool,
    /// Whether it is a list of such values.
    pub many: bool,
    pub limits: Limits,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(super) enum What {
    /// The only value that the schema allows.
    Fixed(Value),
    /// One of these; those that name a topic come first, `topics` of them.
    Label { labels: Vec<String>, topics: usize },
    /// The text of an entity of one of these types.
    Entity(Vec<EntityType>),
    /// The text of a date.
    Date,
    /// The text that fits the pattern of the limits.
    Pattern,
    /// An identifier of an unknown form: one can only tell that there is none.
    Identifier,
}

/// What a value must be beside a string.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub min_chars: usize,
    pub max_chars: Option<usize>,
    /// The pattern as the schema has it, which may fit anywhere.
    pub pattern: Option<Regex>,
    /// The same without its anchors, to find values with.
    pub finder: Option<Regex>,
    pub format: Option<String>,
}

/// Why the edge pack does not answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WhyNot {
    /// The request asks for no form, so there is nothing to answer.
    NoSchema,
    /// In words for whoever sent the schema.
    Unsupported(String),
}

fn unsupported(why: impl Into<String>) -> WhyNot {
    WhyNot::Unsupported(why.into())
}

/// What the request's schema asks for. `taught` holds the names of the operator's intents: labels of these names are known by
/// their examples, whatever their words say.
pub(super) fn plan(
    request: &ChatRequest,
    analysis: &Analysis,
    taught: &[IntentSpec],
) -> Result<Plan, WhyNot> {
    let (form, schema) = schema(request)?;
    let sampling = &request.sampling;
    if sampling.n.is_some_and(|n| n > 1) || sampling.logprobs || !sampling.stop.is_empty() {
        return Err(unsupported("`n`, `logprobs` or `stop` is asked for"));
    }
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    if !parts.all(|part| matches!(part, Part::Text { .. })) {
        return Err(unsupported("there are parts that are no text"));
    }
    let fields = fields(&schema, taught)?;
    let labels = fields.iter().any(|field| matches!(field.what, What::Label { .. }));
    if let Some(task) = analysis.task.as_ref().filter(|task| task.p >= SURE)
        && labels
        && LARGER.contains(&task.name)
    {
        return Err(unsupported(format!("the task is {}, not a label's", task.name)));
    }
    if super::super::privacy_failed(analysis) {
        return Err(unsupported("the detectors did not finish"));
    }
    Ok(Plan { form, fields })
}

fn schema(request: &ChatRequest) -> Result<(Form, Value), WhyNot> {
    let forced = match &request.tool_choice {
        ToolChoice::Required if request.tools.len() == 1 => request.tools.first(),
        ToolChoice::Function(name) => request.tools.iter().find(|tool| tool.name == *name),
        ToolChoice::Required => return Err(unsupported("one of several tools is to be chosen")),
        ToolChoice::Auto if !request.tools.is_empty() => return Err(WhyNot::NoSchema),
        _ => None,
    };
    if let Some(tool) = forced {
        let parameters = tool.parameters.as_deref().filter(|_| tool.is_function);
        let parameters = parameters.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let none = || unsupported("the forced tool has no parameters");
        return Ok((Form::Tool(tool.name.clone()), parameters.ok_or_else(none)?));
    }
    match request.response_format.as_deref().map(openai_chat::output_format) {
        Some(Ok(Some(OutputFormat::JsonSchema(schema)))) => Ok((Form::Text, schema)),
        _ => Err(WhyNot::NoSchema),
    }
}

/// A schema's keywords, apart from those that only describe.
fn keywords<'a>(schema: &'a Value, field: &str) -> Result<&'a Map<String, Value>, WhyNot> {
    schema.as_object().ok_or_else(|| unsupported(format!("{field} has no schema")))
}

fn only(schema: &Map<String, Value>, known: &[&str], field: &str) -> Result<(), WhyNot> {
    const WORDS: [&str; 8] =
        ["title", "description", "default", "examples", "$comment", "$schema", "$id", "$defs"];
    let mut keys = schema.keys().map(String::as_str);
    match keys.find(|key| !known.contains(key) && !WORDS.contains(key)) {
        None => Ok(()),
        Some(key) => Err(unsupported(format!("{field} has the keyword `{key}`"))),
    }
}

fn fields(root: &Value, taught: &[IntentSpec]) -> Result<Vec<Field>, WhyNot> {
    const ROOT: [&str; 5] =
        ["type", "properties", "required", "additionalProperties", "definitions"];
    let schema = keywords(root, "the schema")?;
    only(schema, &ROOT, "the schema")?;
    if schema.get("type").is_some_and(|kind| kind != "object") {
        return Err(unsupported("the schema is not that of an object"));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.filter(|properties| !properties.is_empty());
    let properties = properties.ok_or_else(|| unsupported("the schema names no fields"))?;
    let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let required: Vec<&str> = names.filter_map(Value::as_str).collect();
    if let Some(name) = required.iter().find(|name| !properties.contains_key(**name)) {
        return Err(unsupported(format!("`{name}` is required and has no schema")));
    }
    let mut fields: Vec<Field> = Vec::new();
    for (name, schema) in properties {
        let field = field(name, schema, (root, taught), required.contains(&name.as_str()))?;
        let alike = |other: &&Field| match (&other.what, &field.what) {
            (What::Entity(a), What::Entity(b)) => a.iter().any(|entity| b.contains(entity)),
            (What::Date, What::Date) => true,
            _ => false,
        };
        if let Some(other) = fields.iter().find(alike) {
            let both = format!("`{}` and `{name}` ask for the same type", other.name);
            return Err(unsupported(both));
        }
        fields.push(field);
        if fields.iter().filter(|field| field.limits.pattern.is_some()).count() > PATTERNS {
            return Err(unsupported(format!("more than {PATTERNS} fields have patterns")));
        }
    }
    if fields.iter().all(|field| matches!(field.what, What::Fixed(_))) {
        return Err(unsupported("the schema asks for nothing"));
    }
    Ok(fields)
}

fn field(
    name: &str,
    schema: &Value,
    (root, taught): (&Value, &[IntentSpec]),
    required: bool,
) -> Result<Field, WhyNot> {
    let called = format!("`{name}`");
    let (schema, mut nullable) = resolved(schema, root, &called, DEPTH)?;
    let mut schema = keywords(schema, &called)?;
    let (mut kind, null) = kind(schema, &called)?;
    nullable |= null;
    let many = kind == Some("array");
    if many {
        only(schema, &["type", "items"], &called)?;
        let items =
            schema.get("items").ok_or_else(|| unsupported(format!("{called} has no `items`")))?;
        schema = keywords(resolved(items, root, &called, DEPTH)?.0, &called)?;
        kind = self::kind(schema, &called)?.0;
    }
    only(
        schema,
        &["type", "enum", "const", "format", "pattern", "minLength", "maxLength"],
        &called,
    )?;
    let mut out = Field {
        name: name.to_owned(),
        what: What::Identifier,
        required,
        nullable,
        many,
        limits: limits(schema, &called)?,
    };
    if let Some(what) = choice(schema, &called, taught)? {
        if many {
            return Err(unsupported(format!("{called} may have several labels")));
        }
        out.nullable |= schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|all| all.contains(&Value::Null));
        return Ok(Field { what, ..out });
    }
    if kind != Some("string") {
        return Err(unsupported(format!("{called} is neither a label nor a string")));
    }
    let what = match names::asks(name, out.limits.format.as_deref(), many) {
        Asks::Entity(types) => What::Entity(types),
        Asks::Date => What::Date,
        Asks::Identifier | Asks::Unknown if out.limits.finder.is_some() => What::Pattern,
        Asks::Identifier if !many => What::Identifier,
        _ => return Err(unsupported(format!("{called} names nothing that the edge pack finds"))),
    };
    Ok(Field { what, ..out })
}

/// Follows references and the usual ways to say "or null".
fn resolved<'a>(
    schema: &'a Value,
    root: &'a Value,
    called: &str,
    depth: usize,
) -> Result<(&'a Value, bool), WhyNot> {
    let unknown = |what: &str| unsupported(format!("{called} has {what}"));
    let Some(depth) = depth.checked_sub(1) else { return Err(unknown("too many references")) };
    let found = keywords(schema, called)?;
    if let Some(to) = found.get("$ref") {
        only(found, &["$ref"], called)?;
        let pointer = to.as_str().and_then(|to| to.strip_prefix('#'));
        let target = pointer.and_then(|pointer| root.pointer(pointer));
        return resolved(
            target.ok_or_else(|| unknown("a reference to nowhere"))?,
            root,
            called,
            depth,
        );
    }
    for (keyword, may_be_null) in [("anyOf", true), ("oneOf", true), ("allOf", false)] {
        let Some(choices) = found.get(keyword) else { continue };
        only(found, &[keyword], called)?;
        let choices = choices.as_array().map_or(&[][..], Vec::as_slice);
        let is_null = |choice: &&Value| choice.get("type").is_some_and(|kind| kind == "null");
        let others: Vec<&Value> = choices.iter().filter(|choice| !is_null(choice)).collect();
        let null = others.len() < choices.len();
        return match others.as_slice() {
            [one] if may_be_null || !null => {
                let (schema, nullable) = resolved(one, root, called, depth)?;
                Ok((schema, nullable || null))
            }
            _ => Err(unknown("several alternatives")),
        };
    }
    Ok((schema, false))
}

/// The one type of a schema beside `null`, and whether `null` is one.
fn kind<'a>(
    schema: &'a Map<String, Value>,
    called: &str,
) -> Result<(Option<&'a str>, bool), WhyNot> {
    match schema.get("type") {
        None => Ok((None, false)),
        Some(Value::String(kind)) => Ok((Some(kind), false)),
        Some(Value::Array(kinds)) => {
            let mut names: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            let all = names.len();
            names.retain(|kind| *kind != "null");
            match names.as_slice() {
                [one] => Ok((Some(*one), names.len() < all)),
                _ => Err(unsupported(format!("{called} has several types"))),
            }
        }
        Some(_) => Err(unsupported(format!("{called} has a type that is no name"))),
    }
}

/// A label or the only value, if the schema lists values.
fn choice(
    schema: &Map<String, Value>,
    called: &str,
    taught: &[IntentSpec],
) -> Result<Option<What>, WhyNot> {
    if let Some(value) = schema.get("const") {
        return Ok(Some(What::Fixed(value.clone())));
    }
    let Some(values) = schema.get("enum").and_then(Value::as_array) else { return Ok(None) };
    if let [value] = values.as_slice() {
        return Ok(Some(What::Fixed(value.clone())));
    }
    let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let labels: Vec<String> = values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    if labels.len() < values.len() {
        return Err(unsupported(format!("{called} has labels that are no words")));
    }
    let words = |label: &str| names::words(label).join(" ");
    let (mut topics, rest): (Vec<String>, Vec<String>) =
        labels.into_iter().partition(|label| !labels::is_rest(label));
    let is_taught =
        |label: &String| taught.iter().any(|intent| words(&intent.name) == words(label));
    let known = topics.iter().all(is_taught) || topics.iter().all(|label| labels::is_topic(label));
    if topics.len() < 2 || !known {
        return Err(unsupported(format!("{called} has labels whose words name no topic")));
    }
    let n_topics = topics.len();
    topics.extend(rest);
    Ok(Some(What::Label { labels: topics, topics: n_topics }))
}

fn limits(schema: &Map<String, Value>, called: &str) -> Result<Limits, WhyNot> {
    let number = |key: &str| schema.get(key).and_then(Value::as_u64).map(|n| n as usize);
    let mut limits = Limits {
        min_chars: number("minLength").unwrap_or(0),
        max_chars: number("maxLength"),
        format: schema.get("format").and_then(Value::as_str).map(str::to_owned),
        ..Limits::default()
    };
    const FORMATS: [&str; 8] = ["email", "idn-email", "uri", "url", "iri", "ipv4", "ipv6", "date"];
    if let Some(format) = limits.format.as_deref().filter(|format| !FORMATS.contains(format)) {
        return Err(unsupported(format!("{called} has the format `{format}`")));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        let bare = pattern.strip_prefix('^').unwrap_or(pattern);
        let bare = bare.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(bare);
        let unknown = || unsupported(format!("{called} has a pattern of another kind"));
        if pattern.len() > LONGEST_PATTERN {
            return Err(unsupported(format!("{called} has a long pattern")));
        }
        let config = Config::new().nfa_size_limit(Some(PATTERN_BYTES));
        let config = config.hybrid_cache_capacity(PATTERN_BYTES).onepass(false).dfa(false);
        let compile = |text: &str| {
            let built = Regex::builder().configure(config.clone()).build(text);
            built.map_err(|_| unknown())
        };
        let whole = compile(&format!("^(?:{bare})$"))?;
        if PLAIN.iter().any(|text| whole.is_match(text)) {
            return Err(unsupported(format!("{called} has a pattern that plain words fit")));
        }
        limits.finder = Some(compile(&format!("(?:{bare})"))?);
        limits.pattern = Some(compile(pattern)?);
    }
    Ok(limits)
}

impl Limits {
    /// Whether a value keeps to them.
    pub(super) fn allow(&self, value: &str) -> bool {
        let n = value.chars().count();
        let formatted = match self.format.as_deref() {
            None | Some("idn-email" | "iri" | "url") => true,
            Some("email") => value.is_ascii() && value.contains('@'),
            Some("uri") => url::Url::parse(value).is_ok(),
            Some("ipv4") => value.parse::<std::net::Ipv4Addr>().is_ok(),
            Some("ipv6") => value.parse::<std::net::Ipv6Addr>().is_ok(),
            Some(_) => value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok(),
        };
        n >= self.min_chars
            && self.max_chars.is_none_or(|max| n <= max)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(value))
            && formatted
    }
}

impl What {
    /// In words, for `explain`.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Fixed(_) => "the only value".to_owned(),
            Self::Label { labels, .. } => format!("one of {} labels", labels.len()),
            Self::Entity(types) => {
                let names: Vec<&str> = types.iter().map(|entity| entity.as_str()).collect();
                names.join(" or ")
            }
            Self::Date => "a date".to_owned(),
            Self::Pattern => "what fits the pattern".to_owned(),
            Self::Identifier => {
                "an identifier: left to a larger model unless there is none".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PATTERNS, WhyNot, fields};
    use serde_json::{Map, json};

    #[test]
    fn patterns_from_clients_are_bounded() {
        let of = |pattern: &str, n: usize| {
            let field = |i: usize| (format!("f{i}"), json!({"type": "string", "pattern": pattern}));
            let properties: Map<_, _> = (0..n).map(field).collect();
            fields(&json!({"type": "object", "properties": properties}), &[])
                .map(|fields| fields.len())
        };
        assert_eq!(of("^[A-Z]{2}-[0-9]{6}$", PATTERNS).unwrap(), PATTERNS);
        for (pattern, n) in
            [("^[A-Z]{2}-[0-9]{6}$", PATTERNS + 1), (r"^\w{90}\w{90}x$", 1), (&"a".repeat(201), 1)]
        {
            assert!(matches!(of(pattern, n), Err(WhyNot::Unsupported(_))), "{pattern} {n}");
        }
    }
}

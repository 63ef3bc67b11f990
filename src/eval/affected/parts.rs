//! A suite taken apart by what a change of each field means.

use super::{Change, Kind, digest};
use crate::eval::suite::Source;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of a request that offer tools.
const TOOLS: [&str; 5] =
    ["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"];
/// Fields of a request that bring context or say where to fetch it.
const RETRIEVAL: [&str; 8] = [
    "documents",
    "context",
    "sources",
    "citations",
    "retrieval",
    "data_sources",
    "web_search_options",
    "file_search",
];
/// Most cases that a reason names.
const NAMED: usize = 3;

/// Where in a suite something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A field of the head.
    Head(String),
    /// A case.
    Case(String),
}

type Digests = BTreeMap<Place, String>;

/// Digests of the parts of a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    prompt: Digests,
    /// What is offered where.
    offers: Digests,
    /// Every form in which a tool is described, by its name.
    schemas: BTreeMap<String, BTreeSet<String>>,
    retrieval: Digests,
}

/// One digest a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    prompt: String,
    tools: String,
    retrieval: String,
}

/// Fields by kind.
#[derive(Debug, Default)]
struct Split {
    prompt: Map<String, Value>,
    tools: Map<String, Value>,
    retrieval: Map<String, Value>,
}

impl Split {
    /// Takes the fields of a head, its `defaults`, a case or a turn apart.
    fn of(fields: &Map<String, Value>) -> Self {
        let mut split = Self::default();
        for (name, value) in fields {
            match (name.as_str(), value) {
                ("request", Value::Object(request)) => split.request(request),
                ("check", Value::Array(checks)) => {
                    split.divide(name, checks, |check| check.get("citation").is_some());
                }
                ("messages", Value::Array(messages)) => {
                    split.divide(name, messages, |message| message["role"] == "tool");
                }
                ("turns", Value::Array(turns)) => split.turns(turns),
                ("defaults", Value::Object(defaults)) => split.nest(name, Self::of(defaults)),
                ("results", _) => split.put(Kind::Retrieval, name, value.clone()),
                ("writes", _) => split.put(Kind::Tools, name, value.clone()),
                _ => split.put(Kind::Prompt, name, value.clone()),
            }
        }
        split
    }

    fn put(&mut self, kind: Kind, name: &str, value: Value) {
        let map = match kind {
            Kind::Tools => &mut self.tools,
            Kind::Retrieval => &mut self.retrieval,
            _ => &mut self.prompt,
        };
        map.insert(name.to_owned(), value);
    }

    fn request(&mut self, request: &Map<String, Value>) {
        let mut inner = Self::default();
        for (field, value) in request {
            let kind = match field.as_str() {
                field if TOOLS.contains(&field) => Kind::Tools,
                field if RETRIEVAL.contains(&field) => Kind::Retrieval,
                _ => Kind::Prompt,
            };
            inner.put(kind, field, value.clone());
        }
        self.nest("request", inner);
    }

    fn nest(&mut self, name: &str, inner: Self) {
        let parts = [
            (Kind::Prompt, inner.prompt),
            (Kind::Tools, inner.tools),
            (Kind::Retrieval, inner.retrieval),
        ];
        for (kind, map) in parts.into_iter().filter(|(_, map)| !map.is_empty()) {
            self.put(kind, name, Value::Object(map));
        }
    }

    fn divide(&mut self, name: &str, items: &[Value], retrieval: impl Fn(&Value) -> bool) {
        let (context, rest): (Vec<Value>, Vec<Value>) =
            items.iter().cloned().partition(|item| retrieval(item));
        for (kind, items) in [(Kind::Prompt, rest), (Kind::Retrieval, context)] {
            if !items.is_empty() {
                self.put(kind, name, Value::Array(items));
            }
        }
    }

    fn turns(&mut self, turns: &[Value]) {
        let empty = Map::new();
        let splits: Vec<Self> =
            turns.iter().map(|turn| Self::of(turn.as_object().unwrap_or(&empty))).collect();
        let lists = [
            (Kind::Prompt, splits.iter().map(|split| &split.prompt).collect::<Vec<_>>()),
            (Kind::Tools, splits.iter().map(|split| &split.tools).collect()),
            (Kind::Retrieval, splits.iter().map(|split| &split.retrieval).collect()),
        ];
        for (kind, maps) in lists {
            if kind == Kind::Prompt || maps.iter().any(|map| !map.is_empty()) {
                self.put(kind, "turns", json!(maps));
            }
        }
    }
}

impl Parts {
    /// Takes a suite apart.
    pub fn of(source: &Source) -> Self {
        let mut parts = Self {
            prompt: Digests::new(),
            offers: Digests::new(),
            schemas: BTreeMap::new(),
            retrieval: Digests::new(),
        };
        let mut head = Split::of(&source.head);
        // Each default is told by its own name.
        for map in [&mut head.prompt, &mut head.tools, &mut head.retrieval] {
            if let Some(Value::Object(defaults)) = map.remove("defaults") {
                map.extend(
                    defaults.into_iter().map(|(name, value)| (format!("defaults.{name}"), value)),
                );
            }
        }
        parts.schemas(&Value::Object(head.tools.clone()));
        let places = |map: Map<String, Value>| {
            map.into_iter().map(|(name, value)| (Place::Head(name), digest(&value)))
        };
        parts.prompt.extend(places(head.prompt));
        parts.offers.extend(places(head.tools));
        parts.retrieval.extend(places(head.retrieval));
        let empty = Map::new();
        for (at, (_, case)) in source.cases.iter().enumerate() {
            let split = Split::of(case.as_object().unwrap_or(&empty));
            let id = Source::id(case).unwrap_or_else(|| format!("#{}", at + 1));
            parts.schemas(&Value::Object(split.tools.clone()));
            for (map, digests) in [
                (split.prompt, &mut parts.prompt),
                (split.tools, &mut parts.offers),
                (split.retrieval, &mut parts.retrieval),
            ] {
                if !map.is_empty() {
                    digests.insert(Place::Case(id.clone()), digest(&Value::Object(map)));
                }
            }
        }
        parts
    }

    /// Notes every description of a tool below a value.
    fn schemas(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    match value {
                        Value::Array(tools) if name == "tools" || name == "functions" => {
                            for tool in tools {
                                let name = tool.get("function").unwrap_or(tool).get("name");
                                let name = name.and_then(Value::as_str).unwrap_or("?").to_owned();
                                self.schemas.entry(name).or_default().insert(digest(tool));
                            }
                        }
                        other => self.schemas(other),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.schemas(item)),
            _ => {}
        }
    }

    /// One digest a kind.
    pub fn totals(&self) -> Totals {
        let all = |digests: &Digests| {
            digest(&digests.iter().map(|(place, it)| json!([place.key(), it])).collect())
        };
        Totals {
            prompt: all(&self.prompt),
            tools: all(&self.offers),
            retrieval: all(&self.retrieval),
        }
    }

    /// What changed from `old`, a reason a line.
    pub fn changes_since(&self, old: &Self) -> Vec<Change> {
        let by_kind = [
            (Kind::Prompt, self.told_since(old, |parts| &parts.prompt)),
            (Kind::Tools, self.tools_since(old)),
            (Kind::Retrieval, self.told_since(old, |parts| &parts.retrieval)),
        ];
        let changes = by_kind.into_iter().flat_map(|(kind, reasons)| {
            reasons.into_iter().map(move |what| Change::new(kind, what))
        });
        changes.collect()
    }

    /// What differs in one kind, by place. Every case has a prompt, which tells whether it is new or gone.
    fn told_since(&self, old: &Self, pick: fn(&Self) -> &Digests) -> Vec<String> {
        let (before, now) = (pick(old), pick(self));
        let mut fields = Vec::new();
        let [mut changed, mut added, mut gone] = [const { Vec::new() }; 3];
        let places: BTreeSet<&Place> = before.keys().chain(now.keys()).collect();
        for place in places.into_iter().filter(|place| before.get(place) != now.get(place)) {
            match place {
                Place::Head(name) => fields.push(format!("`{name}` changed")),
                Place::Case(id) if !old.prompt.contains_key(place) => added.push(id.as_str()),
                Place::Case(id) if !self.prompt.contains_key(place) => gone.push(id.as_str()),
                Place::Case(id) => changed.push(id.as_str()),
            }
        }
        let cases = [(changed, "changed"), (added, "new"), (gone, "gone")];
        fields.extend(cases.iter().filter_map(|(ids, how)| listed(ids, how)));
        fields
    }

    fn tools_since(&self, old: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = old.schemas.keys().chain(self.schemas.keys()).collect();
        let tools = names.into_iter().filter_map(|name| {
            match (old.schemas.get(name), self.schemas.get(name)) {
                (Some(before), Some(now)) if before == now => None,
                (Some(_), Some(_)) => Some(format!("tool `{name}` changed")),
                (None, _) => Some(format!("tool `{name}` is new")),
                (_, None) => Some(format!("tool `{name}` is gone")),
            }
        });
        let tools: Vec<String> = tools.collect();
        if tools.is_empty() { self.told_since(old, |parts| &parts.offers) } else { tools }
    }
}

impl Place {
    fn key(&self) -> String {
        match self {
            Self::Head(name) => format!("head {name}"),
            Self::Case(id) => format!("case {id}"),
        }
    }
}

fn listed(ids: &[&str], how: &str) -> Option<String> {
    let shown = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if ids.len() > NAMED { ", …" } else { "" };
    match ids.len() {
        0 => None,
        1 => Some(format!("1 case {how} ({shown})")),
        n => Some(format!("{n} cases {how} ({shown}{more})")),
    }
}

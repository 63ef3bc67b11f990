//! `/admin/routes`: the rules with their thresholds, and changes of them while Weir runs.

use super::door::Visit;
use super::{SMALL_BODY, body, error_response, json_value};
use crate::config::{ChangeError, Rule, describe, name_hint, thresholds};
use crate::error::{Error, ErrorKind};
use crate::live::{Gateway, LiveState, PatchError, canary};
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The rules in their order, with the numbers that can be changed.
pub async fn routes(visit: Visit, headers: HeaderMap) -> Response {
    if let Err(error) = visit.admin(&headers) {
        return error_response(&error);
    }
    let live = visit.live;
    let config = live.config.clone();
    let asked = config.clone();
    let compared = tokio::task::spawn_blocking(move || canary::compare(&asked)).await;
    let mut rules = rules(&live);
    let tried = config.rules.iter().position(Rule::tries);
    if let (Some(Value::Object(rule)), Ok(Ok(Some(report)))) =
        (tried.and_then(|at| rules.get_mut(at)), compared)
    {
        rule.insert("comparison".to_owned(), json!(report));
    }
    let answer = json!({
        "object": "list", "config_hash": &*config.hash, "fields": thresholds(), "data": rules,
    });
    json_value(200, &answer)
}

/// Changes thresholds of one rule.
pub async fn patch(
    State(gateway): State<Arc<Gateway>>,
    visit: Visit,
    Path(rule): Path<String>,
    request: Request,
) -> Response {
    match changed(&gateway, &visit, rule, request).await {
        Ok(answer) => json_value(200, &answer),
        Err(error) => error_response(&error),
    }
}

async fn changed(
    gateway: &Arc<Gateway>,
    visit: &Visit,
    rule: String,
    request: Request,
) -> Result<Value, Error> {
    let (parts, incoming) = request.into_parts();
    let who = visit.admin(&parts.headers)?;
    let body = body::read(&parts.headers, incoming, SMALL_BODY, |_| Ok(())).await?;
    let changes = read(&body)?;
    let changed =
        gateway.patch(rule.clone(), changes, &who).await.map_err(|error| refused(&error))?;
    let what = changed.what.join("; ");
    let what = if what.is_empty() { "no change" } else { what.as_str() };
    tracing::info!("thresholds changed by {who}: {what}");
    let rules = rules(&gateway.live());
    let named = |found: &&Value| found.get("name").and_then(Value::as_str) == Some(rule.as_str());
    Ok(json!({
        "object": "route", "before": &*changed.before, "after": &*changed.after, "changes": changed.what,
        "route": rules.iter().find(named),
    }))
}

fn refused(error: &PatchError) -> Error {
    let (kind, message) = match error {
        PatchError::Change(ChangeError::NoRule(_) | ChangeError::NoFile) => {
            (ErrorKind::NotFound, error.to_string())
        }
        PatchError::Change(ChangeError::Invalid(errors)) => {
            let problems: Vec<String> = errors.problems.iter().map(ToString::to_string).collect();
            let what = problems.join("; ");
            (ErrorKind::InvalidValue, format!("the configuration would not be valid: {what}"))
        }
        PatchError::NoLedger => (ErrorKind::NotFound, error.to_string()),
        PatchError::Change(ChangeError::Overrides(_))
        | PatchError::Moved
        | PatchError::Failed(_) => (ErrorKind::Internal, error.to_string()),
    };
    Error::new(kind, message)
}

/// The rules in the words of the file, each with its `overrides` and, where it was tuned, the `drift` of its requests.
fn rules(live: &LiveState) -> Vec<Value> {
    let config = &live.config;
    let mut described = describe(config);
    let Some(Value::Array(rules)) = described.get_mut("route").map(Value::take) else {
        return Vec::new();
    };
    let with_more = |(at, mut rule): (usize, Value)| {
        let own = config
            .written
            .overrides()
            .filter(|one| rule.get("name").and_then(Value::as_str) == Some(&*one.rule));
        let own: Vec<Value> = own
            .map(|one| json!({ "field": one.field, "value": one.value, "file": one.file }))
            .collect();
        if let Some(fields) = rule.as_object_mut() {
            fields.insert("overrides".to_owned(), Value::Array(own));
            fields.extend(live.drift.standing(at).map(|drift| ("drift".to_owned(), json!(drift))));
        }
        rule
    };
    rules.into_iter().enumerate().map(with_more).collect()
}

/// Reads a body: numbers, or null to take a condition away, under the names that they have in the file.
fn read(body: &[u8]) -> Result<Vec<(String, Option<f64>)>, Error> {
    let form = "send a JSON object with the rule's numbers under their names in the configuration, such as \
                {\"when\": {\"min_probability\": 0.7}}";
    let value: Value =
        serde_json::from_slice(body).map_err(|_| Error::new(ErrorKind::InvalidJson, form))?;
    let Value::Object(fields) = value else {
        return Err(Error::new(ErrorKind::InvalidValue, form));
    };
    let mut changes = Vec::new();
    flatten("", fields, &mut changes)?;
    if changes.is_empty() {
        return Err(Error::new(ErrorKind::InvalidValue, form));
    }
    Ok(changes)
}

fn flatten(
    path: &str,
    fields: Map<String, Value>,
    changes: &mut Vec<(String, Option<f64>)>,
) -> Result<(), Error> {
    for (name, value) in fields {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        let inside = format!("{path}.");
        let is_field = thresholds().contains(&path);
        match value {
            Value::Object(fields)
                if thresholds().iter().any(|field| field.starts_with(&inside)) =>
            {
                flatten(&path, fields, changes)?;
            }
            Value::Null if is_field => changes.push((path, None)),
            Value::Number(number) if is_field => changes.push((path, number.as_f64())),
            _ if is_field => {
                let message = "must be a number, or null to take the condition away";
                return Err(Error::new(ErrorKind::InvalidValue, message).param(path));
            }
            _ => {
                let hint = name_hint(&path, thresholds().iter().map(String::as_str));
                let hint = hint.map_or(String::new(), |hint| format!(" ({hint})"));
                let message = format!("not a number of a rule that can be changed{hint}");
                return Err(Error::new(ErrorKind::InvalidValue, message).param(path));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn changes_are_read_by_their_names_in_the_file() {
        let changes = read(br#"{"when":{"min_probability":0.7,"max_reject":null}}"#).unwrap();
        let expected = [("when.min_probability", Some(0.7)), ("when.max_reject", None)];
        let found: Vec<_> = changes.iter().map(|(field, value)| (&**field, *value)).collect();
        assert_eq!(found, expected);
        for (body, param, part) in [
            ("nonsense", None, "min_probability"),
            ("{}", None, "min_probability"),
            (r#"{"when":{}}"#, None, "min_probability"),
            (r#"{"when":{"min_probabilty":0.7}}"#, Some("when.min_probabilty"), "did you mean"),
            (r#"{"when":{"min_probability":"0.7"}}"#, Some("when.min_probability"), "a number"),
            (r#"{"when":{"intent":"x"}}"#, Some("when.intent"), "not a number of a rule"),
            (r#"{"when":0.5}"#, Some("when"), "not a number of a rule"),
            (r#"{"to":"cloud"}"#, Some("to"), "not a number of a rule"),
        ] {
            let error = read(body.as_bytes()).unwrap_err();
            assert_eq!(error.param.as_deref(), param, "{body}");
            assert!(error.message.contains(part), "{body}: {}", error.message);
        }
    }
}

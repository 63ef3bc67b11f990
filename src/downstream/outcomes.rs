//! `POST /v1/outcomes`: how a request or a task went, told by the client that made it.
//!
//! Invariant: what is kept are numbers, names of figures in a narrow alphabet, and ids; a task's name only as a digest.

use super::door::Visit;
use super::{SMALL_BODY, body, error_response, json_value};
use crate::chat::RequestRecord;
use crate::error::{Error, ErrorKind};
use crate::ledger::{Feedback, Ledger, LedgerStore, Note, StoreError, task_key};
use crate::live::LiveState;
use crate::telemetry::{self, Metric};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// Most figures of one outcome, and the longest name of one.
const KPIS: (usize, usize) = (16, 64);
/// Most digits in such a name: it says what was counted, not about whom.
const KPI_DIGITS: usize = 4;
/// Requests of a task that are looked at and counted in the answer.
const ATTEMPTS: usize = 1_000;
/// How long to wait until the ledger has written what it has.
const WRITTEN: Duration = Duration::from_secs(5);

/// What a client said, and about whom.
#[derive(Debug, PartialEq)]
struct Told {
    about: About,
    success: Option<f64>,
    kpi: BTreeMap<String, f64>,
}

#[derive(Debug, PartialEq)]
enum About {
    Request(Uuid),
    Task(String),
}

/// Takes one outcome.
pub async fn post(visit: Visit, request: Request) -> Response {
    let (Parts { headers, .. }, incoming) = request.into_parts();
    let taken = async {
        let tenant = visit.tenant(&headers)?;
        let body = body::read(&headers, incoming, SMALL_BODY, |_| Ok(())).await?;
        let told = read(&body)?;
        let live = visit.live.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&live, tenant.as_deref(), told));
        kept.await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Internal, "keeping the outcome ended in a defect"))
        })
    };
    match taken.await {
        Ok(requests) => json_value(200, &json!({ "object": "outcome", "requests": requests })),
        Err(error) => error_response(&error),
    }
}

/// Keeps an outcome; gives back how many requests it is about.
fn keep(live: &LiveState, tenant: Option<&str>, told: Told) -> Result<usize, Error> {
    let Some(path) = &live.config.ledger.path else {
        let message = "the ledger is off: set ledger.enabled in the configuration to keep outcomes";
        return Err(Error::new(ErrorKind::NotFound, message));
    };
    let failed = |error: StoreError| {
        tracing::error!(%error, "POST /v1/outcomes");
        Error::new(ErrorKind::Internal, "the ledger could not be read; see the log")
    };
    let mut found = find(path, tenant, &told.about).map_err(failed)?;
    if found.is_empty() && live.ledger.flush(WRITTEN) {
        found = find(path, tenant, &told.about).map_err(failed)?;
    }
    let Some(last) = found.last() else { return Err(unknown(&told.about)) };
    let (subject, request) = match &told.about {
        About::Request(id) => (last.task.unwrap_or(*id), Some(*id)),
        About::Task(task) => (task_key(tenant, task), None),
    };
    let at_us = jiff::Timestamp::now().as_microsecond();
    let Told { success, kpi, .. } = told;
    let note = Note::Feedback(Feedback { at_us, subject, request, success, kpi });
    if !live.ledger.note(note) || !live.ledger.flush(WRITTEN) {
        let message = "the ledger cannot take the outcome now; post it again later";
        return Err(Error::new(ErrorKind::Overloaded, message).retry_after(WRITTEN));
    }
    let result = match success {
        None => "figures",
        Some(0.0) => "failure",
        Some(1.0) => "success",
        Some(_) => "partial",
    };
    let route = last.route.as_deref().unwrap_or_default();
    telemetry::counter(Metric::Outcomes, &[route, result]).add(1);
    Ok(found.len())
}

/// The requests that an outcome is about, oldest first; only those of the tenant, where there are tenants.
fn find(
    path: &Path,
    tenant: Option<&str>,
    about: &About,
) -> Result<Vec<RequestRecord>, StoreError> {
    let store = Ledger::open_read(path)?;
    let mut found = match about {
        About::Request(id) => store.find(*id, *id, 1)?,
        About::Task(task) => store.of_task(task_key(tenant, task), ATTEMPTS)?,
    };
    // Without a tenant nobody needs a key, and everybody may speak of everything.
    found.retain(|record| tenant.is_none() || record.tenant.as_deref() == tenant);
    Ok(found)
}

fn unknown(about: &About) -> Error {
    let (param, message) = match about {
        About::Request(_) => (
            "request_id",
            "no request with this id was made with this key; `x-weir-request-id` of an answer is the id",
        ),
        About::Task(_) => (
            "task_id",
            "no request of this task was made with this key; send `x-weir-task-id` with the requests",
        ),
    };
    Error::new(ErrorKind::NotFound, message).param(param)
}

fn bad(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::InvalidValue, message).param(param)
}

/// Reads a body.
fn read(body: &[u8]) -> Result<Told, Error> {
    let form = "send a JSON object with `request_id` or `task_id`, and `success` or `kpi`";
    let value: Value =
        serde_json::from_slice(body).map_err(|_| Error::new(ErrorKind::InvalidJson, form))?;
    let Value::Object(mut fields) = value else {
        return Err(Error::new(ErrorKind::InvalidValue, form));
    };
    let about = match (fields.remove("request_id"), fields.remove("task_id")) {
        (Some(id), None) => About::Request(request_id(&id)?),
        (None, Some(task)) => About::Task(task_id(&task)?),
        (Some(_), Some(_)) => {
            return Err(bad("task_id", "give `request_id` or `task_id`, not both"));
        }
        (None, None) => return Err(bad("request_id", form)),
    };
    let success = fields.remove("success").map(|value| success(&value)).transpose()?;
    let kpi = match fields.remove("kpi") {
        None => BTreeMap::new(),
        Some(Value::Object(kpi)) => figures(kpi)?,
        Some(_) => {
            return Err(bad("kpi", "must be an object of numbers, such as {\"minutes\": 3.5}"));
        }
    };
    if !fields.is_empty() {
        let message = "unknown field; there are `request_id`, `task_id`, `success` and `kpi`";
        return Err(Error::new(ErrorKind::InvalidValue, message));
    }
    if success.is_none() && kpi.is_empty() {
        return Err(bad("success", "is missing: give `success`, `kpi` or both"));
    }
    Ok(Told { about, success, kpi })
}

fn request_id(value: &Value) -> Result<Uuid, Error> {
    let id = value.as_str().and_then(|text| Uuid::try_parse(text).ok());
    id.ok_or_else(|| {
        bad("request_id", "must be a whole id, as `x-weir-request-id` of the answer gave it")
    })
}

fn task_id(value: &Value) -> Result<String, Error> {
    let task = value.as_str().filter(|task| crate::pipeline::is_task_id(task));
    task.map(str::to_owned).ok_or_else(|| bad("task_id", crate::pipeline::TASK_ID_FORM))
}

fn success(value: &Value) -> Result<f64, Error> {
    let number = match value {
        Value::Bool(success) => Some(f64::from(u8::from(*success))),
        other => other.as_f64().filter(|number| (0.0..=1.0).contains(number)),
    };
    number.ok_or_else(|| bad("success", "must be true, false or a number from 0 to 1"))
}

fn figures(kpi: Map<String, Value>) -> Result<BTreeMap<String, f64>, Error> {
    let (most, longest) = KPIS;
    if kpi.len() > most {
        return Err(bad("kpi", &format!("has {} figures; at most {most} are kept", kpi.len())));
    }
    let fits =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    let mut figures = BTreeMap::new();
    for (name, value) in kpi {
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        let n_digits = name.chars().filter(char::is_ascii_digit).count();
        let bounded = name.len() <= longest && n_digits <= KPI_DIGITS;
        if !(begins && bounded && name.chars().all(fits)) {
            let message = format!(
                "names are 1 to {longest} of a–z, 0–9, `_`, `-` and `.`, begin with a letter and hold at most \
                 {KPI_DIGITS} digits"
            );
            return Err(bad("kpi", &message));
        }
        let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
            return Err(bad(&format!("kpi.{name}"), "must be a number"));
        };
        figures.insert(name, number);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::{About, read};
    use uuid::Uuid;

    const ID: &str = "0190a1b2-0000-7000-8000-000000000001";

    #[test]
    fn outcomes_are_read() {
        let told = read(
            format!(r#"{{"request_id":"{ID}","success":true,"kpi":{{"a.b":-2}}}}"#).as_bytes(),
        );
        let told = told.unwrap();
        assert_eq!(told.about, About::Request(Uuid::try_parse(ID).unwrap()));
        assert_eq!((told.success, told.kpi["a.b"]), (Some(1.0), -2.0));
        let told = read(br#"{"task_id":"ticket-7","success":0.25}"#).unwrap();
        assert_eq!((told.about, told.success), (About::Task("ticket-7".to_owned()), Some(0.25)));
    }

    #[test]
    fn bad_outcomes_say_what_is_wrong_and_repeat_nothing() {
        for (body, param) in [
            ("Marvin", None),
            ("[]", None),
            (r#"{"success":true}"#, Some("request_id")),
            (r#"{"request_id":"Marvin","success":true}"#, Some("request_id")),
            (r#"{"request_id":"ID","task_id":"x","success":true}"#, Some("task_id")),
            (r#"{"task_id":"Marvin Meier","success":true}"#, Some("task_id")),
            (r#"{"task_id":"x"}"#, Some("success")),
            (r#"{"task_id":"x","success":"Marvin"}"#, Some("success")),
            (r#"{"task_id":"x","success":1.01}"#, Some("success")),
            (r#"{"task_id":"x","success":null}"#, Some("success")),
            (r#"{"task_id":"x","kpi":[]}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"Marvin":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"a":"Marvin"}}"#, Some("kpi.a")),
            (r#"{"task_id":"x","kpi":{"4539148803436467":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"card-4539148803436467":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"card.4539.1488":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"a@example.com":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"call 0151":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"-a":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"a/b":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","kpi":{"":1}}"#, Some("kpi")),
            (r#"{"task_id":"x","success":1,"Marvin":1}"#, None),
        ] {
            let error = read(body.replace("ID", ID).as_bytes()).unwrap_err();
            assert_eq!(error.param.as_deref(), param, "{body}");
            assert!(!error.message.is_empty() && !error.message.contains("Marvin"), "{body}");
        }
        let many: Vec<String> = (0..17).map(|n| format!("\"k{n}\":1")).collect();
        let error = read(format!(r#"{{"task_id":"x","kpi":{{{}}}}}"#, many.join(",")).as_bytes());
        assert_eq!(error.unwrap_err().message, "has 17 figures; at most 16 are kept");
    }
}

//! `GET /v1/usage?by=intent|target|tenant|day`: the ledger's sums.

use super::door::Visit;
use super::{error_response, json_value};
use crate::error::{Error, ErrorKind};
use crate::ledger::{By, Ledger, LedgerStore, StoreError, SummaryRow};
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;

/// Sums over the ledger, by a key.
pub async fn summary(
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let tenant = match visit.tenant(&headers) {
        Ok(tenant) => tenant,
        Err(error) => return error_response(&error),
    };
    let by = query.get("by").map_or("target", String::as_str);
    let parsed = match by.parse::<By>() {
        Ok(parsed) => parsed,
        Err(hint) => {
            let error = Error::new(ErrorKind::InvalidValue, format!("`by` {hint}"));
            return error_response(&error.param("by"));
        }
    };
    let Some(path) = visit.live.config.ledger.path.clone() else {
        let message = "the ledger is off: set ledger.enabled in the configuration to keep a record";
        return error_response(&Error::new(ErrorKind::NotFound, message));
    };
    let read = move || sums(&path, parsed, tenant.as_deref());
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(rows)) => json_value(200, &json!({ "object": "list", "by": by, "data": rows })),
        Ok(Err(error)) => {
            tracing::error!(%error, "GET /v1/usage");
            error_response(&Error::new(
                ErrorKind::Internal,
                "the ledger could not be read; see the log",
            ))
        }
        Err(_) => {
            error_response(&Error::new(ErrorKind::Internal, "reading the ledger ended in a defect"))
        }
    }
}

/// The sums of one tenant, or of all where the gateway has no keys.
fn sums(path: &Path, by: By, tenant: Option<&str>) -> Result<Vec<SummaryRow>, StoreError> {
    Ledger::open_read(path)?.summary(by, 0, tenant)
}

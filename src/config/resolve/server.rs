//! What the socket needs: foreign hosts and origins that are let in, who may read the metrics, limits of connections.

use super::{Context, address, keys, secret};
use crate::config::raw::{RawConfig, RawConnections, RawMetrics};
use crate::config::resolved::{ConnectionLimits, MetricsSettings, ServerSettings};
use std::net::SocketAddr;
use std::time::Duration;

/// Fills in the settings of the socket.
pub(super) fn server(raw: &RawConfig, listen: SocketAddr, cx: &mut Context<'_>) -> ServerSettings {
    ServerSettings {
        allowed_hosts: checked(&raw.allowed_hosts, "allowed_hosts", host, cx),
        allowed_origins: checked(&raw.allowed_origins, "allowed_origins", origin, cx),
        metrics: metrics(&raw.metrics, listen, cx),
        connections: connections(&raw.connections),
    }
}

/// The entries in the form in which requests are compared with them.
fn checked(
    entries: &[String],
    field: &str,
    read: impl Fn(&str) -> Result<String, &'static str>,
    cx: &mut Context<'_>,
) -> Vec<String> {
    let mut out = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        match read(entry) {
            Ok(entry) => out.push(entry),
            Err(hint) => {
                let path = format!("{field}[{i}]");
                cx.report(&path, "is none", Some(hint.to_owned()));
            }
        }
    }
    out
}

fn host(text: &str) -> Result<String, &'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let text = text.trim_end_matches('.').to_ascii_lowercase();
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_address = bracketed.is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
    if is_address || (!text.is_empty() && text.len() <= 253 && text.chars().all(fits)) {
        return Ok(text);
    }
    Err("write a host's name without scheme, port or wildcard, such as weir.example.com")
}

fn origin(text: &str) -> Result<String, &'static str> {
    let text = text.to_ascii_lowercase();
    let hint =
        "write scheme, host and port as a browser sends them, such as https://app.example.com";
    let (scheme, rest) = text.split_once("://").ok_or(hint)?;
    let scheme_fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let host_fits =
        |c: char| c.is_ascii_graphic() && !matches!(c, '/' | '?' | '#' | '@' | '*' | ',');
    let whole = !scheme.is_empty() && scheme.chars().all(scheme_fits);
    if whole && !rest.is_empty() && text.len() <= 512 && rest.chars().all(host_fits) {
        return Ok(text);
    }
    Err(hint)
}

fn metrics(raw: &RawMetrics, main: SocketAddr, cx: &mut Context<'_>) -> MetricsSettings {
    let listen = raw.listen.as_deref().and_then(|text| address("metrics.listen", text, cx));
    let sources = secret::Sources {
        path: "metrics",
        env: ("key_env", raw.key_env.as_deref()),
        file: ("key_file", raw.key_file.as_deref()),
    };
    let key = secret::load(&sources, cx).map(|(secret, _)| secret);
    if let Some(key) = &key
        && !listen.unwrap_or(main).ip().is_loopback()
        && keys::is_weak(key)
    {
        keys::report_weak("metrics", "the key", cx);
    }
    MetricsSettings { listen, key }
}

fn connections(raw: &RawConnections) -> ConnectionLimits {
    let seconds =
        |value: Option<u32>, default: u32| Duration::from_secs(u64::from(value.unwrap_or(default)));
    ConnectionLimits {
        max: raw.max.map(|max| max as usize),
        head: seconds(raw.head_s, 30),
        idle: seconds(raw.idle_s, 90),
        body_stall: seconds(raw.body_stall_s, 20),
        body_min_rate: raw.body_min_rate.unwrap_or(500),
        answer_stall: seconds(raw.answer_stall_s, 60),
    }
}

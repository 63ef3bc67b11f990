//! The mappings `metrics` and `connections`: who may read the metrics, and how long a connection may make others wait.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Who may read `/metrics`, and where.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMetrics {
    /// An address of its own for `/metrics`, `/healthz` and `/readyz`, such as `127.0.0.1:9187`; then `/metrics` is not
    /// answered at `listen`. Default: none.
    pub listen: Option<String>,
    /// The environment variable that holds the key for `/metrics`. Default: none, and then `/metrics` takes no key. One
    /// of `admin_keys` opens it too.
    pub key_env: Option<String>,
    /// The file that holds the key for `/metrics`; white space around it is ignored.
    pub key_file: Option<PathBuf>,
}

/// How many connections there may be, and how long one may be silent or slow.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConnections {
    /// Most connections of clients at once; one more closes the one that has been idle for longest, or is answered 503.
    /// Default: half of the descriptors that the process may open, less 64, at most 10000. Range 1–1000000.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "connections"))]
    pub max: Option<u32>,
    /// Longest time until the head of a request is complete, from its first byte, or from the connection's beginning.
    /// Default 30, range 1–3600.
    #[schemars(range(min = 1, max = 3600), extend("x-unit" = "seconds"))]
    pub head_s: Option<u32>,
    /// Longest time without a request on a connection that had one. Default 90, which is more than load balancers wait;
    /// range 1–3600.
    #[schemars(range(min = 1, max = 3600), extend("x-unit" = "seconds"))]
    pub idle_s: Option<u32>,
    /// Longest silence inside the body of a request; also what a body may take beside its least rate. Default 20, range
    /// 1–3600.
    #[schemars(range(min = 1, max = 3600), extend("x-unit" = "seconds"))]
    pub body_stall_s: Option<u32>,
    /// Least rate at which the body of a request must come. Default 500, range 1–1000000.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "bytes per second"))]
    pub body_min_rate: Option<u32>,
    /// Longest time in which a client may take nothing of an answer that is there. Default 60, range 1–3600.
    #[schemars(range(min = 1, max = 3600), extend("x-unit" = "seconds"))]
    pub answer_stall_s: Option<u32>,
}

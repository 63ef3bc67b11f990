//! `weir serve`: the gateway as a process, from its first line of talk to the last row of its ledger.

use super::{Common, open};
use crate::config::{Config, Overrides, Source, TargetKind, diff, watch};
use crate::downstream;
use crate::inference::Runtime;
use crate::ledger::Ledger;
use crate::live::{Gateway, LiveState, canary, runtime_spec};
use crate::telemetry::{self, LogFormat, Metric};
use anyhow::Context;
use clap::Args;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the ledger may take to write what waits when the process stops.
const FLUSH: Duration = Duration::from_secs(10);

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on, e.g. `127.0.0.1:8787`; wins over the file.
    #[arg(long, env = "WEIR_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Write logs as JSON.
    #[arg(long)]
    log_json: bool,
}

/// Runs the gateway until it is told to stop.
///
/// # Errors
/// The configuration is bad, the port is taken, or the ledger cannot be opened.
pub fn run(common: &Common, args: ServeArgs) -> anyhow::Result<()> {
    with_one_heap();
    let format = if args.log_json { LogFormat::Json } else { LogFormat::Human };
    if let Err(problem) = telemetry::init(format) {
        tracing::warn!("{problem}");
    }
    let source = open::source(common, Overrides { listen: args.listen, ..Overrides::default() });
    let source = source.pinned();
    let config = source.load().map_err(|errors| anyhow::anyhow!("{errors}"))?;
    open::tokio_runtime()?.block_on(serve(source, config))
}

/// Starts this program again in the same process with settings for glibc's heap, which it reads only at the start of a process;
/// what is set already stays. One heap: else every thread has its own, which at hundreds of connections takes a tenth more memory
/// and gains nothing measurable. Large blocks, such as bodies, come from the system and go back to it at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn with_one_heap() {
    use std::os::unix::process::CommandExt;
    const SETTINGS: [(&str, &str); 3] = [
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_MMAP_THRESHOLD_", "1048576"),
        ("MALLOC_TRIM_THRESHOLD_", "16777216"),
    ];
    let missing = SETTINGS.into_iter().filter(|(name, _)| std::env::var_os(name).is_none());
    let missing: Vec<(&str, &str)> = missing.collect();
    if missing.is_empty() {
        return;
    }
    let mut args = std::env::args_os();
    let (Some(name), Ok(program)) = (args.next(), std::env::current_exe()) else { return };
    // Comes back only where it fails; then everything works as well, with a little more memory.
    let _ = std::process::Command::new(program).arg0(name).args(args).envs(missing).exec();
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn with_one_heap() {}

async fn serve(source: Source, config: Config) -> anyhow::Result<()> {
    let listener = downstream::bind(config.listen).await?;
    let apart = match config.server.metrics.listen {
        Some(address) => Some(downstream::bind(address).await?),
        None => None,
    };
    let address = listener.local_addr().context("the listening socket has no address")?;
    let ledger = Arc::new(match &config.ledger.path {
        Some(path) => Ledger::open(path, config.ledger.queue_len)
            .with_context(|| format!("the ledger {} cannot be opened", path.display()))?,
        None => Ledger::off(),
    });
    if let Some(lost) = ledger.losses() {
        tracing::warn!(
            under_way = lost.under_way,
            unwritten = lost.unwritten,
            "the process before this one was killed: these requests left no record"
        );
    }
    let runtime = Arc::new(Runtime::start(runtime_spec(&config.local)?));
    let files = config.files.clone();
    let live = LiveState::open(Arc::new(config), runtime, ledger.clone(), None)?;
    live.warm_detectors();
    let gateway = Gateway::new(live, source.clone());
    let reloaded = gateway.clone();
    let on_change = move |loaded| {
        let gateway = reloaded.clone();
        async move { reload(&gateway, loaded).await }
    };
    let watching = watch(source, &files, on_change);
    tokio::spawn(watching.context("SIGHUP cannot be handled")?);
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone())?);
    greet(&gateway.live().config, address);
    gateway.live().fit_in_background();
    tokio::spawn(canary::watch(gateway.clone(), canary::EVERY));

    let metrics_here = apart.is_none();
    if let Some(apart) = apart {
        tokio::spawn(downstream::serve_metrics(gateway.clone(), apart, stop.clone()));
    }
    downstream::serve(gateway, listener, metrics_here, stop).await;
    let kept = ledger.clone();
    let n_left = tokio::task::spawn_blocking(move || kept.shutdown(FLUSH)).await.unwrap_or(0);
    let n_dropped = ledger.n_dropped();
    if n_dropped > 0 {
        tracing::warn!(
            rows = n_dropped,
            "the ledger had no room for these rows while this process ran"
        );
    }
    if n_left > 0 {
        tracing::error!(rows = n_left, "the ledger could not be flushed in time; rows were lost");
    }
    Ok(())
}

/// Says where to point a client, and what this gateway can do.
fn greet(config: &Config, address: SocketAddr) {
    let shown = match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{}/v1", address.port()),
        _ => format!("http://{address}/v1"),
    };
    let clouds = config.targets.iter().filter(|target| target.kind != TargetKind::Local);
    let clouds: Vec<&str> = clouds.map(|target| &*target.name).collect();
    tracing::info!(
        "Weir {} answers at {shown} (use it as OPENAI_BASE_URL)",
        env!("CARGO_PKG_VERSION")
    );
    if clouds.is_empty() {
        tracing::info!(
            "no cloud target is configured: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or list `targets`"
        );
    } else {
        tracing::info!("cloud targets: {}", clouds.join(", "));
    }
    warn_of_gaps(config);
    match &config.ledger.path {
        Some(path) => tracing::info!("ledger: {}", path.display()),
        None => tracing::warn!("the ledger is off: requests leave no record"),
    }
}

/// Says what detection leaves out.
fn warn_of_gaps(config: &Config) {
    for gap in config.privacy.gaps() {
        tracing::warn!("{gap}");
    }
}

async fn reload(gateway: &Gateway, loaded: Result<Config, crate::config::ConfigErrors>) {
    let config = match loaded {
        Ok(config) => config,
        Err(errors) => {
            telemetry::counter(Metric::ConfigReload, &["error"]).add(1);
            tracing::error!("the configuration was not reloaded, the old one stays:\n{errors}");
            return;
        }
    };
    let old = gateway.live().config.clone();
    let changes = diff(&old, &config);
    for (what, changed) in [
        ("listen", old.listen != config.listen),
        ("metrics.listen", old.server.metrics.listen != config.server.metrics.listen),
        ("ledger.path", old.ledger.path != config.ledger.path),
        ("local", old.local != config.local),
    ] {
        if changed {
            tracing::warn!("{what} changed: it takes effect at the next start");
        }
    }
    if gateway.has_asked_for_keys() && config.api_keys.is_empty() {
        tracing::warn!(
            "api_keys are gone: requests go on to need a key, so nobody is served until the next start"
        );
    }
    match gateway.reload(config).await {
        Ok(()) => {
            telemetry::counter(Metric::ConfigReload, &["ok"]).add(1);
            if changes.iter().any(|change| change.starts_with("privacy")) {
                warn_of_gaps(&gateway.live().config);
            }
            tracing::info!(
                "configuration reloaded: {}",
                if changes.is_empty() { "no change".to_owned() } else { changes.join("; ") }
            );
        }
        Err(reason) => {
            telemetry::counter(Metric::ConfigReload, &["error"]).add(1);
            tracing::error!("the configuration was not reloaded, the old one stays: {reason}");
        }
    }
}

/// Catches Ctrl-C and SIGTERM from now on; what comes back cancels `stop` when one arrives.
fn stop_on_signal(stop: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let caught = |kind| signal(kind).context("signals cannot be handled");
    let (mut interrupt, mut terminate) =
        (caught(SignalKind::interrupt())?, caught(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: open answers may finish, then the ledger is flushed");
        stop.cancel();
    })
}

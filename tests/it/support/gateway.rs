//! A whole gateway in this process, on a port of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use weir::chat::RequestRecord;
use weir::config::{Config, Overrides, Source};
use weir::downstream;
use weir::inference::{Runtime, Which};
use weir::ledger::{ConfigChange, Ledger, LedgerStore};
use weir::live::{Gateway, LiveState, runtime_spec};

/// A running gateway.
pub struct TestGateway {
    pub address: SocketAddr,
    pub gateway: Arc<Gateway>,
    /// The configuration file.
    pub file: PathBuf,
    ledger: Arc<Ledger>,
    ledger_path: PathBuf,
    stop: CancellationToken,
    server: tokio::task::JoinHandle<()>,
    folder: TempDir,
}

impl TestGateway {
    /// Starts a gateway with a configuration in YAML.
    pub async fn start(yaml: &str) -> Self {
        Self::start_on(yaml, "127.0.0.1:0".parse().unwrap()).await
    }

    /// Starts a gateway that listens on an address, whatever its configuration says. Its own address is one of loopback
    /// that leads there.
    pub async fn start_on(yaml: &str, listen: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weir.yaml");
        std::fs::write(&path, yaml).unwrap();
        let config = load(&path);
        let ledger_path = folder.path().join("ledger.db");
        let ledger = Arc::new(Ledger::open(&ledger_path, 1024).unwrap());
        let runtime = Arc::new(Runtime::start(runtime_spec(&config.local).unwrap()));
        // A busy machine takes its time to load the edge pack; that is not what these tests are about.
        runtime.settled(Which::Edge).await;
        let live = LiveState::open(Arc::new(config), runtime, ledger.clone(), None).unwrap();
        let overrides = Overrides::default();
        let source = Source { path: Some(path.clone()), env: Arc::new(|_| None), overrides };
        let gateway = Gateway::new(live, source);
        let listener = downstream::bind(listen).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let stop = CancellationToken::new();
        let server = {
            let (gateway, stop) = (gateway.clone(), stop.clone());
            tokio::spawn(async move { downstream::serve(gateway, listener, true, stop).await })
        };
        Self { address, gateway, file: path, ledger, ledger_path, stop, server, folder }
    }

    /// Opens a socket for the metrics alone.
    pub async fn metrics_apart(&self) -> SocketAddr {
        let listener = downstream::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gateway, stop) = (self.gateway.clone(), self.stop.clone());
        tokio::spawn(downstream::serve_metrics(gateway, listener, stop));
        address
    }

    /// Stops the server and gives back the history of its configuration.
    pub async fn history(self) -> Vec<ConfigChange> {
        let path = self.ledger_path.clone();
        let folder = self.stop().await;
        let changes = Ledger::open_read(&path).unwrap().changes(100).unwrap();
        drop(folder);
        changes
    }

    /// Stops the server; the files stay as long as the folder.
    async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.server.await.unwrap();
        self.ledger.shutdown(Duration::from_secs(5));
        self.folder
    }

    /// Stops the server and gives back every row of the ledger, oldest first.
    pub async fn finish(self) -> Vec<RequestRecord> {
        let path = self.ledger_path.clone();
        let folder = self.stop().await;
        let mut records = Ledger::open_read(&path).unwrap().tail(1000).unwrap().records;
        records.sort_by_key(|record| record.id);
        drop(folder);
        records
    }
}

/// Loads a configuration file as `serve` does, with an empty environment.
pub fn load(path: &std::path::Path) -> Config {
    Config::load(Some(path), &|_| None, &Overrides::default())
        .unwrap_or_else(|errors| panic!("{errors}"))
}

//! A whole gateway in this process, on a port of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use weir::chat::RequestRecord;
use weir::config::{Config, Overrides};
use weir::downstream;
use weir::inference::Runtime;
use weir::ledger::{Ledger, LedgerStore};
use weir::live::{Gateway, LiveState, runtime_spec};

/// A running gateway.
pub struct TestGateway {
    pub address: SocketAddr,
    pub gateway: Arc<Gateway>,
    ledger: Arc<Ledger>,
    ledger_path: PathBuf,
    stop: CancellationToken,
    server: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

impl TestGateway {
    /// Starts a gateway with a configuration in YAML.
    pub async fn start(yaml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weir.yaml");
        std::fs::write(&path, yaml).unwrap();
        let config = load(&path);
        let ledger_path = folder.path().join("ledger.db");
        let ledger = Arc::new(Ledger::open(&ledger_path, 1024).unwrap());
        let runtime = Arc::new(Runtime::start(runtime_spec(&config.local).unwrap()));
        let live = LiveState::open(Arc::new(config), runtime, ledger.clone(), None).unwrap();
        let gateway = Gateway::new(live);
        let listener = downstream::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = {
            let (gateway, stop) = (gateway.clone(), stop.clone());
            tokio::spawn(async move { downstream::serve(gateway, listener, stop).await })
        };
        Self { address, gateway, ledger, ledger_path, stop, server, _folder: folder }
    }

    /// Stops the server and gives back every row of the ledger, oldest first.
    pub async fn finish(self) -> Vec<RequestRecord> {
        self.stop.cancel();
        self.server.await.unwrap();
        self.ledger.shutdown(Duration::from_secs(5));
        let mut records = Ledger::open_read(&self.ledger_path).unwrap().tail(1000).unwrap().records;
        records.sort_by_key(|record| record.id);
        records
    }
}

/// Loads a configuration file as `serve` does, with an empty environment.
pub fn load(path: &std::path::Path) -> Config {
    Config::load(Some(path), &|_| None, &Overrides::default())
        .unwrap_or_else(|errors| panic!("{errors}"))
}

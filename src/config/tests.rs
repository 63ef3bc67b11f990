//! Fixtures: good files and what they mean, bad files and everything that is said about them.

use super::{Config, ConfigErrors, Overrides, describe, diff, schema};
use secrecy::ExposeSecret;
use std::path::Path;

/// Every variable that ends in `_KEY` is set, apart from `UNSET_KEY`.
fn env(name: &str) -> Option<String> {
    match name {
        "HOME" => Some("/home/op".to_owned()),
        "UNSET_KEY" => None,
        _ => name.ends_with("_KEY").then(|| format!("value-of-{}", name.to_lowercase())),
    }
}

fn load(text: &str) -> Result<Config, ConfigErrors> {
    Config::from_text(text, Some(Path::new("weir.yaml")), &env, &Overrides::default())
}

macro_rules! fixtures {
    ($folder:literal: $($name:literal),+) => {
        [$((
            $name,
            include_str!(concat!("../../tests/data/config/", $folder, "/", $name, ".yaml")),
            include_str!(concat!("../../tests/data/config/", $folder, "/", $name, ".txt")),
        )),+]
    };
}

fn check(name: &str, found: &str, expected: &str) {
    assert_eq!(found.trim(), expected.trim(), "\n--- {name} is now:\n{found}\n---");
}

#[test]
fn bad_files_say_everything_at_once() {
    let fixtures = fixtures!("bad": "form", "gain", "meaning", "no_targets", "local_off", "not_yaml", "not_a_mapping", "references", "experiments", "judge", "tuned", "own");
    for (name, text, expected) in fixtures {
        // Nothing but the keys that the file names: defaults by key would get in the way.
        let env = |name: &str| env(name).filter(|_| name == "HOME" || name == "A_KEY");
        let errors =
            Config::from_text(text, Some(Path::new("weir.yaml")), &env, &Overrides::default())
                .unwrap_err();
        check(name, &errors.to_string(), expected);
    }
}

#[test]
fn good_files_mean_what_they_say() {
    for (name, text, expected) in fixtures!("good": "minimal", "full") {
        let mut config = load(text).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        config.local.threads = 3;
        let shown = serde_saphyr::to_string(&describe(&config)).unwrap();
        check(name, &shown, expected);
    }
}

#[test]
fn the_example_and_no_file_work() {
    load(include_str!("../../weir.example.yaml")).unwrap();
    for env in [&env as super::Env<'_>, &|_: &str| None] {
        let config = Config::from_text("", None, env, &Overrides::default()).unwrap();
        let names: Vec<&str> = config.targets.iter().map(|target| &*target.name).collect();
        let has_keys = env("OPENAI_API_KEY").is_some();
        let expected = if has_keys {
            vec!["gpt-5.4-mini", "claude-haiku-4-5", "local"]
        } else {
            vec!["local"]
        };
        assert_eq!(names, expected);
        assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
        assert_eq!(config.rules.last().unwrap().to.len(), expected.len());
    }
}

#[test]
fn secrets_are_loaded_and_never_shown() {
    let text = include_str!("../../tests/data/config/good/full.yaml");
    let config = load(text).unwrap();
    assert_eq!(config.targets[0].key.as_ref().unwrap().expose_secret(), "value-of-openai_api_key");
    assert_eq!(config.api_keys[0].secret.expose_secret(), "value-of-web_key");
    for printed in [format!("{config:?}"), describe(&config).to_string()] {
        assert!(!printed.contains("value-of"), "{printed}");
    }
    // A key that stands in the file itself is refused and not repeated, whatever the field.
    let key = ["sk", "abc", "123"].join("-");
    for field in ["api_key", "api_key_env", "key", "kind"] {
        let text = format!(
            "targets: [{{name: a, kind: openai, model: m, base_url: 'http://h', {field}: {key}}}]"
        );
        let message = load(&text).unwrap_err().to_string();
        assert!(!message.contains(&key), "{message}");
    }
    for url in ["http://me:sk-abc-123@h", "http://h/?api_key=sk-abc-123"] {
        let message =
            load(&format!("targets: [{{name: a, kind: openai, model: m, base_url: '{url}'}}]"));
        let message = message.unwrap_err().to_string();
        assert!(!message.contains(&key), "{message}");
    }
}

#[test]
fn the_hash_follows_the_meaning_and_not_the_secret() {
    let hash = |text: &str, key: &'static str| {
        let env = move |name: &str| (name == "OPENAI_API_KEY").then(|| key.to_owned());
        Config::from_text(text, None, &env, &Overrides::default()).unwrap().hash
    };
    let base = hash("", "a");
    assert_eq!(base.len(), 16);
    assert_eq!(base, hash("# only words\nbody_limit_mib: 32", "b"));
    assert_ne!(base, hash("body_limit_mib: 31", "a"));
}

#[test]
fn differences_in_words() {
    let text = include_str!("../../tests/data/config/good/full.yaml");
    let old = load(text).unwrap();
    assert_eq!(diff(&old, &old), Vec::<String>::new());
    let text = text
        .replace("total_ms: 3,", "total_ms: 4,")
        .replace("name: vllm", "name: other")
        .replace("body_limit_mib: 8", "");
    let env = |name: &str| {
        env(name)
            .map(|value| if name == "WEB_KEY" { "another-key-0f3a9c".to_owned() } else { value })
    };
    let new = Config::from_text(&text, Some(Path::new("weir.yaml")), &env, &Overrides::default())
        .unwrap();
    let expected = [
        "targets[gpt].limits.total_ms: 3 → 4",
        "targets[vllm]: gone",
        "targets[other]: new",
        "route[default].to: gpt, azure, claude, vllm, here, local → gpt, azure, claude, other, here, local",
        "body_limit_mib: 8 → 32",
        "api_keys[web].key: has another value",
    ];
    assert_eq!(diff(&old, &new), expected);
}

#[test]
fn overrides_and_environment_win() {
    let env = |name: &str| (name == "WEIR_LEDGER").then(|| "/env.db".to_owned());
    let file = "listen: 127.0.0.1:1\nledger: {path: /file.db}";
    let config = Config::from_text(file, None, &env, &Overrides::default()).unwrap();
    assert_eq!(config.ledger.path.as_deref(), Some(Path::new("/env.db")));
    let overrides = Overrides {
        listen: Some("0.0.0.0:2".into()),
        ledger: Some("/flag.db".into()),
        ..Overrides::default()
    };
    let errors = Config::from_text(file, None, &env, &overrides).unwrap_err();
    assert!(errors.to_string().starts_with("--listen: 0.0.0.0:2 can be reached"), "{errors}");
    let overrides = Overrides { listen: Some("localhost:2".into()), ..overrides };
    let config = Config::from_text(file, None, &env, &overrides).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.ledger.path.as_deref(), Some(Path::new("/flag.db")));
    let off = |name: &str| (name == "WEIR_LEDGER").then(|| "off".to_owned());
    assert_eq!(Config::from_text("", None, &off, &Overrides::default()).unwrap().ledger.path, None);
}

#[test]
fn files_are_relative_to_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("words.txt"), "# comment\n one \ntwo\n\nthree\ntwo\n")
        .unwrap();
    std::fs::write(folder.path().join("key"), "from-a-file\n").unwrap();
    let text = "
targets: [{name: a, kind: openai, model: m, api_key_file: key}]
intents: [{name: x, examples_file: words.txt}, {name: y, examples: [a, b, c]}]";
    let file = folder.path().join("weir.yaml");
    std::fs::write(&file, text).unwrap();
    let config = Config::load(Some(&file), &|_| None, &Overrides::default()).unwrap();
    assert_eq!(config.intents[0].examples, ["one", "two", "three"]);
    assert_eq!(config.targets[0].key.as_ref().unwrap().expose_secret(), "from-a-file");
    assert_eq!(config.files.len(), 4, "the file of overrides among them");
    let gone = Config::load(Some(Path::new("nowhere.yaml")), &|_| None, &Overrides::default())
        .unwrap_err();
    assert_eq!(gone.to_string(), "nowhere.yaml: there is no such file");
}

#[test]
fn the_schema_explains_every_field() {
    fn walk(path: &str, schema: &serde_json::Value) {
        let Some(properties) = schema.get("properties").and_then(|p| p.as_object()) else { return };
        for (name, field) in properties {
            assert!(field.get("description").is_some(), "{path}.{name} has no words");
            walk(&format!("{path}.{name}"), field);
        }
    }
    let schema = schema();
    walk("", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        walk(name, definition);
    }
    assert!(schema["properties"].get("rules").is_some());
}

#[test]
fn any_text_is_answered_and_never_panics() {
    use proptest::prelude::*;
    proptest!(ProptestConfig::with_cases(300), |(text in "[a-z:\\[\\]{}&*!|> \n'\"0-9.-]{0,60}")| {
        let _ = load(&text);
    });
}

#[test]
fn thresholds_are_the_numbers_of_a_rule() {
    let fields = super::thresholds();
    for field in ["when.min_probability", "when.max_reject", "when.max_context_tokens"] {
        assert!(fields.iter().any(|known| known == field), "{field} not in {fields:?}");
    }
    assert!(fields.iter().all(|field| !field.contains("name") && !field.contains("header")));
}

#[test]
fn broken_overrides_are_a_clear_error_and_both_files_are_watched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weir.yaml");
    std::fs::write(&file, "body_limit_mib: 1").unwrap();
    std::fs::write(folder.path().join("weir.overrides.json"), "{\"thresholds\": 1}").unwrap();
    let errors = Config::load(Some(&file), &|_| None, &Overrides::default()).unwrap_err();
    let told = errors.to_string();
    assert!(told.contains("weir.overrides.json: is not what Weir writes (line 1)"), "{told}");
    assert_eq!(errors.files.len(), 2);
}

#[test]
fn keys_for_other_machines_are_not_weak() {
    let check = |listen: &str, list: &str, key: &str| {
        let text = format!("listen: '{listen}'\n{list}");
        let env = |name: &str| match name {
            "A_KEY" => Some(key.to_owned()),
            "B_KEY" => Some("another-good-key-41".to_owned()),
            _ => None,
        };
        Config::from_text(&text, None, &env, &Overrides::default()).err().map(|it| it.to_string())
    };
    let lists = [
        "api_keys: [{name: a, key_env: A_KEY}]",
        "api_keys: [{name: b, key_env: B_KEY}]\nadmin_keys: [{name: a, key_env: A_KEY}]",
        "api_keys: [{name: b, key_env: B_KEY}]\nmetrics: {key_env: A_KEY}",
    ];
    for key in [
        "x",
        "secret",
        "password",
        "changeme",
        "12345678",
        "hunter2",
        "short-key-1",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "passwordpassword",
        "0123456789:;<=>?",
        "abcdefghijklmnop",
        "a1a1a1a1a1a1a1a1",
        "111111111111",
        "abcabcabcabcabcabc",
    ] {
        for list in lists {
            for listen in ["0.0.0.0:1", "[::]:1", "10.0.0.5:1"] {
                let told = check(listen, list, key).unwrap_or_default();
                assert!(
                    told.contains("too easy to guess") && told.contains("at least 12"),
                    "{key} {list}: {told}"
                );
                assert!(key.len() < 12 || !told.contains(key), "the key is not told: {told}");
            }
        }
        for listen in ["127.0.0.1:1", "[::1]:1", "localhost:1"] {
            assert_eq!(check(listen, lists[0], key), None, "{key} on {listen}");
        }
    }
    for key in [
        "9f86d081884c7d65",
        "sk-weir-7Gh2Kq9Z",
        "correct-horse-battery",
        "key-0190a1b2-0000-7000-8000-000000000001",
        "value-of-web_key",
        "Zm9vYmFyYmF6cXV4",
        "a-long-secret-key",
        "tr0ub4dor&3xyz",
        "QkZCYv7cJ1XH",
        "client-7-of-the-shop",
    ] {
        for list in lists {
            assert_eq!(check("0.0.0.0:1", list, key), None, "{key} {list}");
        }
    }
}

#[test]
fn hosts_and_origins_are_read_as_they_are_sent() {
    let check = |field: &str, entry: &str| {
        let text = format!("{field}: ['{entry}']");
        Config::from_text(&text, None, &|_| None, &Overrides::default()).is_ok()
    };
    for (entry, fine) in [
        ("weir.example.com", true),
        ("localhost", true),
        ("weir", true),
        ("WEIR.example.com.", true),
        ("10.0.0.5", true),
        ("[fd00::5]", true),
        ("my_host", true),
        ("https://weir.example.com", false),
        ("weir.example.com:8787", false),
        ("*.example.com", false),
        ("*", false),
        ("", false),
        ("a b", false),
        ("[fd00", false),
        ("weir.example.com/v1", false),
    ] {
        assert_eq!(check("allowed_hosts", entry), fine, "{entry}");
    }
    for (entry, fine) in [
        ("https://app.example.com", true),
        ("http://localhost:3000", true),
        ("chrome-extension://abcdef", true),
        ("http://[::1]:3000", true),
        ("tauri://localhost", true),
        ("app.example.com", false),
        ("https://", false),
        ("https://app.example.com/", false),
        ("https://*.example.com", false),
        ("*", false),
        ("null", false),
        ("https://me@app.example.com", false),
        ("https://app.example.com/path", false),
        ("://x", false),
    ] {
        assert_eq!(check("allowed_origins", entry), fine, "{entry}");
    }
}

//! Tables of cases for tests: files with `=== name`, an input, a line `---` and what must come out.

/// Runs every case of a table and fails with the whole table as it is, so that a wanted change is a copy away.
pub(super) fn check(table: &str, run: impl Fn(&str) -> String) {
    let mut actual = String::new();
    let mut failed = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for case in table.split("=== ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (input, expected) = rest.split_once("\n---").unwrap();
        assert!(names.insert(name), "two cases are called {name}");
        let output = run(input);
        if output.trim() != expected.trim() {
            failed.push(name);
        }
        actual += &format!("=== {name}\n{input}\n---\n{}\n\n", output.trim());
    }
    assert!(!names.is_empty(), "the table is empty");
    assert!(failed.is_empty(), "failed: {failed:?}; the table as it is:\n{actual}<<<");
}

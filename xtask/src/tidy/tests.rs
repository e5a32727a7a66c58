use std::collections::BTreeMap;

use super::crates::{Dependency, Package, faults_of};
use super::files::name_fault;
use super::sizes::{compare, lines_without_tests};

fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
    let dependencies = dependencies
        .iter()
        .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: kind.map(str::to_owned) })
        .collect();
    Package { name: name.to_owned(), manifest_path: String::new(), dependencies }
}

#[test]
fn dependencies_keep_to_the_map() {
    for (name, dependency, kind, fine) in [
        ("cairn-decide", "cairn-model", None, true),
        ("cairn-model", "cairn-decide", None, false),
        ("cairn-wire", "cairn-record", None, false),
        ("cairn-wire", "cairn-record", Some("dev"), false),
        ("cairn-store", "cairn-testkit", Some("dev"), true),
        ("cairn-store", "cairn-testkit", None, false),
        ("cairn", "cairn-lake", None, true),
        ("cairn", "datafusion", None, false),
        ("cairn-lake", "datafusion", None, true),
        ("cairn-delivery", "arrow-json", None, false),
        ("cairn-delivery", "s3s", None, false),
        ("cairn-wire", "s3", None, true),
        ("cairn-decide", "tokio", None, false),
        ("cairn-decide", "tokio", Some("dev"), true),
        ("xtask", "cairn-model", None, false),
        ("cairn-stranger", "serde", None, false),
    ] {
        let faults = faults_of(&package(name, &[(dependency, kind)]));
        assert_eq!(faults.is_empty(), fine, "{name} -> {dependency} ({kind:?}): {faults:?}");
    }
}

#[test]
fn names_that_say_nothing_are_refused() {
    for path in [
        "crates/a/src/utils.rs",
        "crates/a/src/http_helper.rs",
        "crates/common/src/lib.rs",
        "crates/a/src/b/mod.rs",
    ] {
        assert!(name_fault(path).is_some(), "{path}");
    }
    for path in ["crates/a/src/commons.rs", "crates/a/src/model.rs"] {
        assert_eq!(name_fault(path), None);
    }
}

#[test]
fn tests_in_the_file_itself_do_not_count() {
    assert_eq!(lines_without_tests("a\nb\n#[cfg(test)]\nmod tests {\n}\n"), 2);
    assert_eq!(lines_without_tests("a\n#[cfg(test)]\nmod tests;\n"), 3);
}

#[test]
fn the_list_of_old_offenders_may_only_shrink() {
    let faults = |lines: usize, list: &str| {
        let faults = compare(&BTreeMap::from([("a.rs", lines)]), list);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(faults(500, ""), none);
    assert_eq!(faults(501, ""), ["a.rs:501: 501 lines without tests, 500 at most: split it"]);
    assert_eq!(faults(600, "# old\na.rs 600\n"), none);
    assert_eq!(
        faults(601, "a.rs 600"),
        ["a.rs:601: 601 lines without tests, the list of old offenders has 600: shrink it"]
    );
    assert_eq!(
        faults(599, "a.rs 600"),
        ["xtask/tidy-allow.txt:1: a.rs has shrunk to 599 lines: put that here"]
    );
    assert_eq!(
        faults(9, "a.rs 600"),
        ["xtask/tidy-allow.txt:1: a.rs has shrunk to 9 lines: take it off the list"]
    );
    assert_eq!(faults(9, "b.rs 600"), ["xtask/tidy-allow.txt:1: b.rs is gone: take it off the list"]);
    assert_eq!(faults(9, "b.rs"), ["xtask/tidy-allow.txt:1: not of the form `PATH LINES`"]);
}

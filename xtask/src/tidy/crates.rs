//! Which crate may depend on which: the map of STYLE.md, and the fences around heavy libraries.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::Fault;

/// Our crates and those of ours that each may depend on. Siblings at the edges never import each
/// other; `server`, `bench` and `testkit` stand outside the layers and have rows of their own.
const MAP: [(&str, &[&str]); 21] = [
    ("cairn-model", &[]),
    ("cairn-decide", &["cairn-model"]),
    ("cairn-wire", PURE),
    ("cairn-operations", &[]),
    ("cairn-record", &["cairn-model", "cairn-decide", "cairn-operations"]),
    ("cairn-foreign", PURE),
    ("cairn-interfaces", &[]),
    ("cairn-layer", &[]),
    ("cairn-template", &["cairn-model"]),
    ("cairn-gateway", &[]),
    ("cairn-store", PURE),
    ("cairn-lake", PURE),
    ("cairn-bucket", PURE),
    ("cairn-delivery", PURE),
    ("cairn-aws", &[]),
    ("cairn-verify", &["cairn-model"]),
    ("cairn-samples", PURE),
    ("cairn-testkit", PURE),
    ("cairn-bench", &["cairn-model", "cairn-decide", "cairn-wire", "cairn-testkit"]),
    ("xtask", &[]),
    (SERVER, EDGES),
];
const SERVER: &str = "cairn";
const PURE: &[&str] = &["cairn-model", "cairn-decide"];
const EDGES: &[&str] = &[
    "cairn-model",
    "cairn-decide",
    "cairn-wire",
    "cairn-record",
    "cairn-store",
    "cairn-lake",
    "cairn-samples",
    "cairn-bucket",
    "cairn-delivery",
    "cairn-aws",
    "cairn-verify",
    "cairn-operations",
    "cairn-gateway",
    "cairn-foreign",
    "cairn-interfaces",
    "cairn-template",
];

/// What any crate may use in its tests.
const FOR_TESTS: [&str; 2] = ["cairn-testkit", "cairn-samples"];

/// Libraries that one crate alone may name, by the start of their names.
const FENCES: [(&str, &str); 8] = [
    ("arrow", "cairn-lake"),
    ("datafusion", "cairn-lake"),
    ("deltalake", "cairn-lake"),
    ("object_store", "cairn-lake"),
    ("parquet", "cairn-lake"),
    ("s3s", "cairn-bucket"),
    ("aws-config", "cairn-aws"),
    ("aws-sdk", "cairn-aws"),
];

/// Libraries that a pure crate has no use for: they read clocks, disks or networks.
const IMPURE: [&str; 6] = ["axum", "hyper", "rustix", "sqlx", "tempfile", "tokio"];
const PURE_CRATES: [&str; 9] = [
    "cairn-model",
    "cairn-decide",
    "cairn-wire",
    "cairn-operations",
    "cairn-record",
    "cairn-foreign",
    "cairn-interfaces",
    "cairn-template",
    "cairn-samples",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest_path: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `None` for `[dependencies]`, else `dev` or `build`.
    pub(super) kind: Option<String>,
}

/// Checks every package of the workspace.
pub(super) fn check(root: &Path) -> Result<Vec<Fault>, Box<dyn Error>> {
    let mut faults = Vec::new();
    for package in packages(root)? {
        let manifest = std::fs::read_to_string(&package.manifest_path)?;
        let path = Path::new(&package.manifest_path);
        let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        for (dependency, what) in faults_of(&package) {
            let line = line_of(&manifest, &dependency);
            faults.push(Fault::new(path.clone(), line, what));
        }
    }
    Ok(faults)
}

fn packages(root: &Path) -> Result<Vec<Package>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages)
}

/// The dependencies that a package must not have, and why.
pub(super) fn faults_of(package: &Package) -> Vec<(String, String)> {
    let Some((_, allowed)) = MAP.iter().find(|(name, _)| *name == package.name) else {
        let what = format!("{} is not on the map of xtask/src/tidy/crates.rs", package.name);
        return vec![("name".to_owned(), what)];
    };
    let why = |dependency: &Dependency| fault(&package.name, allowed, dependency);
    package
        .dependencies
        .iter()
        .filter_map(|dependency| Some((dependency.name.clone(), why(dependency)?)))
        .collect()
}

fn fault(package: &str, allowed: &[&str], dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let for_tests = dependency.kind.as_deref() == Some("dev");
    let is_ours = MAP.iter().any(|(ours, _)| *ours == name);
    if is_ours && !allowed.contains(&name) && !(for_tests && FOR_TESTS.contains(&name)) {
        return Some(format!("{package} must not depend on {name}"));
    }
    if let Some((_, owner)) = FENCES.iter().find(|(fenced, _)| is_family(name, fenced))
        && *owner != package
    {
        return Some(format!("only {owner} may name {name}"));
    }
    if !for_tests && PURE_CRATES.contains(&package) && IMPURE.iter().any(|impure| is_family(name, impure)) {
        return Some(format!("{package} is pure and has no use for {name}"));
    }
    None
}

/// `arrow` itself or `arrow-json`.
fn is_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn line_of(manifest: &str, key: &str) -> usize {
    let names_it = |line: &str| {
        let rest = line.strip_prefix(key);
        rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    manifest.lines().position(names_it).map_or(1, |index| index + 1)
}

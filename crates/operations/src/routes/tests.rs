use super::*;
use http::HeaderMap;

/// Would not end before long if branches were taken again and again.
#[test]
fn long_and_deep_paths_are_looked_at_once() {
    let headers = HeaderMap::new();
    let parameters = Parameters::new("", &headers);
    let deep = "/portals".repeat(100_000);
    let slashes = "/".repeat(1 << 20);
    for service in crate::services().iter().filter(|service| service.protocol().is_rest()) {
        let routes = Routes::of(service);
        for path in [&deep, &slashes] {
            let found = routes.find("GET", path, &parameters);
            assert!(found.is_none_or(|found| found.labels.len() < 4), "{service:?}");
        }
    }
}

#[test]
fn every_template_finds_its_own_operation_or_one_with_the_same() {
    let headers = HeaderMap::new();
    for service in crate::services().iter().filter(|service| service.protocol().is_rest()) {
        for operation in service.operations() {
            let filled = operation.uri().replace('{', "x").replace('}', "y").replace("+y", "z");
            let (path, query) = filled.split_once('?').unwrap_or((&filled, ""));
            let found = Routes::of(service).find(operation.method(), path, &Parameters::new(query, &headers));
            let found = found.unwrap_or_else(|| panic!("{operation:?} is not found"));
            let without_labels = |uri: &str| uri.split('{').next().map(str::to_owned);
            assert_eq!(
                without_labels(found.operation.uri()),
                without_labels(operation.uri()),
                "{operation:?}"
            );
        }
    }
}

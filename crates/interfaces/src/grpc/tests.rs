#![allow(clippy::unwrap_used, reason = "tests")]

use super::{failure, is_grpc, recognize};
use http::HeaderMap;
use http::header::HeaderName;

fn check(path: &str, expected: Option<(&str, &str, bool)>) {
    let found = recognize(path);
    let found = found.as_ref().map(|found| (&*found.event_source, &*found.event_name, found.read_only));
    assert_eq!(found, expected, "{path}");
}

#[test]
fn the_path_names_service_and_method() {
    check("/billing.v1.Invoices/CreateInvoice", Some(("billing.v1.Invoices", "CreateInvoice", false)));
    check("/billing.v1.Invoices/GetInvoice", Some(("billing.v1.Invoices", "GetInvoice", true)));
    check("/Echo/List", Some(("Echo", "List", true)));
    check("/Echo/Getaway", Some(("Echo", "Getaway", false)));
    for other in ["", "/", "/a", "/a/", "//b", "/a/b/c", "/a b/c", "a/b"] {
        check(other, None);
    }
}

#[test]
fn trailers_say_how_it_went() {
    let trailers = |pairs: &[(&'static str, &'static str)]| {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        failure(&pairs.collect::<HeaderMap>()).map(|failure| (failure.code, failure.message))
    };
    assert_eq!(trailers(&[("grpc-status", "0")]), None);
    assert_eq!(trailers(&[]), None);
    let failed = trailers(&[("grpc-status", "5"), ("grpc-message", "no %22x%22 %E2%82%AC")]);
    assert_eq!(failed, Some(("NotFound".to_owned(), Some("no \"x\" €".to_owned()))));
    assert_eq!(trailers(&[("grpc-status", "99")]), Some(("Unknown".to_owned(), None)));
}

#[test]
fn grpc_is_told_by_its_content_type() {
    assert!(
        is_grpc("application/grpc") && is_grpc("application/grpc+proto") && is_grpc("application/grpc-web")
    );
    assert!(!is_grpc("application/json") && !is_grpc("application/grpcx"));
}

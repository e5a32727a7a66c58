#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Router, Template};
use http::Method;
use proptest::prelude::*;
use std::time::Instant;

fn router(templates: &[&str]) -> Router {
    let mut router = Router::default();
    for (id, template) in templates.iter().enumerate() {
        assert!(router.insert(Method::GET, &Template::parse(template).unwrap(), id), "{template}");
    }
    router
}

/// What `path` finds, as `template label label`, or nothing.
fn check(templates: &[&str], path: &str, expected: &str) {
    let found = router(templates).find(&Method::GET, path);
    let text = found.map_or(String::new(), |found| {
        let labels: Vec<&str> = found.labels.iter().map(String::as_str).collect();
        [&[templates[found.operation]], labels.as_slice()].concat().join(" ")
    });
    assert_eq!(text, expected, "{path}");
}

#[test]
fn concrete_comes_before_templated_and_gives_way_if_nothing_follows() {
    let pets = ["/pets/{id}", "/pets/mine", "/pets/{id}/toys", "/{kind}/{id}/toys/{toy}"];
    check(&pets, "/pets/mine", "/pets/mine");
    check(&pets, "/pets/7", "/pets/{id} 7");
    check(&pets, "/pets/mine/toys", "/pets/{id}/toys mine");
    check(&pets, "/pets/mine/toys/ball", "/{kind}/{id}/toys/{toy} pets mine ball");
    check(&pets, "/pets", "");
    check(&pets, "/pets/7/toys/8/9", "");
}

#[test]
fn labels_are_decoded_and_never_empty() {
    check(&["/files/{name}"], "/files/a%2Fb%20c", "/files/{name} a/b c");
    check(&["/files/{name}"], "/files/%ff", "/files/{name} \u{fffd}");
    check(&["/files/{name}"], "/files/", "");
    check(&["/caf%C3%A9/{x}"], "/café/1", "/caf%C3%A9/{x} 1");
    check(&["/café/{x}"], "/caf%c3%a9/1", "/café/{x} 1");
}

#[test]
fn a_slash_at_the_end_counts_only_if_a_template_has_it() {
    check(&["/a", "/b/"], "/a/", "/a");
    check(&["/a", "/b/"], "/b/", "/b/");
    check(&["/a", "/b/"], "/b", "");
    check(&["/"], "/", "/");
    check(&["/a"], "/", "");
    check(&["/{x}"], "/x/", "/{x} x");
    check(&["/a"], "a", "");
    check(&["/a"], "", "");
}

#[test]
fn labels_may_stand_beside_letters() {
    let mixed = ["/f/{name}.json", "/f/{name}.{ending}", "/f/{name}", "/f/{id}:start", "/r('{id}')"];
    check(&mixed, "/f/a.b.json", "/f/{name}.json a.b");
    check(&mixed, "/f/a.b.xml", "/f/{name}.{ending} a b.xml");
    check(&mixed, "/f/.xml", "/f/{name} .xml");
    check(&mixed, "/f/7:start", "/f/{id}:start 7");
    check(&mixed, "/r('x')", "/r('{id}') x");
    check(&["/a-{x}-b"], "/a--b", "");
    check(&["/a-{x}-b"], "/a-é-b", "/a-{x}-b é");
    check(&["/{x}aa"], "/aaa", "/{x}aa a");
}

#[test]
fn a_label_may_take_the_rest() {
    check(&["/p/{rest+}", "/p/q"], "/p/a/b%20c/", "/p/{rest+} a/b c/");
    check(&["/p/{rest+}", "/p/q"], "/p/q", "/p/q");
    check(&["/p/{rest+}", "/p/q"], "/p/q/r", "/p/{rest+} q/r");
}

#[test]
fn head_is_answered_by_get_unless_the_document_says_more() {
    let mut router = router(&["/a"]);
    let found = |router: &Router, method| router.find(&method, "/a").map(|found| found.operation);
    assert_eq!(found(&router, Method::HEAD), Some(0));
    assert_eq!(found(&router, Method::POST), None);
    assert!(router.insert(Method::HEAD, &Template::parse("/a").unwrap(), 7));
    assert_eq!(found(&router, Method::HEAD), Some(7));
    assert!(!router.insert(Method::GET, &Template::parse("/a").unwrap(), 8));
}

#[test]
fn what_is_no_template_is_refused() {
    for wrong in ["a", "/a?b=c", "/a#b", "/{", "/}", "/{}", "/{a}{b}", "/{a}/{a}", "/{a+}/b", "/{a{b}}"] {
        assert!(Template::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn finding_takes_linear_time() {
    let mut templates = Vec::new();
    for bits in 0..1_u32 << 10 {
        let segment = |at: u32| if bits >> at & 1 == 0 { "/a".to_owned() } else { format!("/{{x{at}}}") };
        templates.push((0..10).map(segment).collect::<String>() + "/end");
    }
    let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
    let router = router(&templates);
    let start = Instant::now();
    for _ in 0..100 {
        assert!(router.find(&Method::GET, &format!("{}/other", "/a".repeat(10))).is_none());
    }
    assert!(router.find(&Method::GET, &"/a".repeat(100_000)).is_none());
    let hyphens = ["/{a}-{b}-{c}-{d}-{e}-x"];
    assert!(self::router(&hyphens).find(&Method::GET, &format!("/{}", "-".repeat(1_000_000))).is_none());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn what_a_template_is_filled_with_comes_out_again(
        labels in prop::collection::vec("[a-z0-9%/?#é ]{1,8}", 3),
    ) {
        let router = router(&["/a/{x}/b/{y}.json/{z}"]);
        let encode = |text: &String| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let encoded: Vec<String> = labels.iter().map(encode).collect();
        let path = format!("/a/{}/b/{}.json/{}", encoded[0], encoded[1], encoded[2]);
        prop_assert_eq!(router.find(&Method::GET, &path).unwrap().labels, labels);
    }

    #[test]
    fn no_path_or_template_makes_the_router_panic(template in "/?([a{}+./%é]|\\PC){0,20}", path in "/?([a./%é]|\\PC){0,40}") {
        let mut router = router(&["/{a}/b", "/{a}.{b}/c", "/a/{rest+}"]);
        if let Ok(template) = Template::parse(&template) {
            router.insert(Method::GET, &template, 3);
        }
        let _ = router.find(&Method::GET, &path);
    }
}

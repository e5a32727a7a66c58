use super::{CorsFault, CorsRule, Wish, check, fitting};

fn rule(origins: &[&str], methods: &[&str], headers: &[&str]) -> CorsRule {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    CorsRule {
        origins: owned(origins),
        methods: owned(methods),
        headers: owned(headers),
        ..CorsRule::default()
    }
}

#[test]
fn the_first_rule_that_fits_counts() {
    let rules = [
        rule(&["https://*.example.com"], &["GET"], &["x-amz-*"]),
        rule(&["https://a.example.com", "http://b"], &["GET", "PUT"], &[]),
        rule(&["*"], &["HEAD"], &["*"]),
    ];
    let cases: [(&str, &str, &[&str], Option<usize>); 8] = [
        ("https://a.example.com", "GET", &[], Some(0)),
        ("https://a.example.com", "GET", &["X-Amz-Date"], Some(0)),
        ("https://a.example.com", "GET", &["authorization"], None),
        ("https://a.example.com", "PUT", &[], Some(1)),
        ("https://.example.com", "GET", &[], Some(0)),
        ("https://example.com", "GET", &[], None),
        ("null", "HEAD", &["anything"], Some(2)),
        ("http://b", "DELETE", &[], None),
    ];
    for (origin, method, headers, expected) in cases {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let found = fitting(&rules, &Wish { origin, method, headers: &headers });
        assert_eq!(found, expected.map(|at| &rules[at]), "{origin} {method}");
    }
}

#[test]
fn rules_that_s3_does_not_take_are_refused() {
    let cases = [
        (Vec::new(), CorsFault::Count),
        (vec![rule(&["*"], &["GET"], &[]); 101], CorsFault::Count),
        (vec![rule(&[], &["GET"], &[])], CorsFault::Empty),
        (vec![rule(&["*"], &["PATCH"], &[])], CorsFault::Method("PATCH".to_owned())),
        (vec![rule(&["*.*"], &["GET"], &[])], CorsFault::Wildcards("*.*".to_owned())),
        (vec![rule(&["*"], &["GET"], &["x-*-*"])], CorsFault::Wildcards("x-*-*".to_owned())),
        (
            vec![CorsRule { exposed: vec!["x\r\ny".to_owned()], ..rule(&["*"], &["GET"], &[]) }],
            CorsFault::Exposed("x\r\ny".to_owned()),
        ),
    ];
    for (rules, fault) in cases {
        assert_eq!(check(&rules), Err(fault));
    }
}

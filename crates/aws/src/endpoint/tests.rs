#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{Endpoint, NotAnEndpoint};

#[test]
fn base_urls_are_read_and_shown_without_a_slash_at_their_end() {
    for (text, shown) in [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("https://s3.example.com/", "https://s3.example.com"),
        ("http://gateway/storage/v1/", "http://gateway/storage/v1"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ] {
        assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), shown);
    }
}

#[test]
fn what_is_no_base_url_is_refused() {
    for text in
        ["", "127.0.0.1:9000", "ftp://host", "http://", "http://key:secret@host", "http://host/?a=b", "/path"]
    {
        assert_eq!(text.parse::<Endpoint>(), Err(NotAnEndpoint), "{text:?}");
    }
}

#[test]
fn a_region_lies_in_its_partitions_domain() {
    for (region, url) in [
        ("eu-west-1", "https://s3.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "https://s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn"),
    ] {
        assert_eq!(Endpoint::of_aws("s3", region).to_string(), url);
    }
}

#[test]
fn a_url_keeps_the_path_that_its_endpoint_has() {
    let endpoint: Endpoint = "http://gateway:81/storage".parse().unwrap();
    assert_eq!(endpoint.url("/bucket/key", ""), "http://gateway:81/storage/bucket/key");
    assert_eq!(endpoint.url("/bucket", "policy="), "http://gateway:81/storage/bucket?policy=");
    assert_eq!(endpoint.with_label("bucket").url("/", ""), "http://bucket.gateway:81/storage/");
}

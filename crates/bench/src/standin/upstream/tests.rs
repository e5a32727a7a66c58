use super::*;

#[test]
fn an_object_has_the_length_that_its_key_names() {
    use hyper::body::Body;
    assert_eq!(object("/bucket/object-1024").body().size_hint().exact(), Some(1024));
    assert_eq!(object("/bucket/object").status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_request_says_how_long_it_waits() {
    let mut headers = HeaderMap::new();
    assert_eq!(wait(&headers), None);
    headers.insert(WAIT, HeaderValue::from_static("250"));
    assert_eq!(wait(&headers), Some(Duration::from_millis(250)));
}

//! Browsers.

use super::*;

const RULES: &str = "<CORSConfiguration>\
    <CORSRule><ID>one</ID><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>content-type</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>\
    <CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule>\
    </CORSConfiguration>";

async fn with_rules() -> Server {
    let server = Server::with_bucket().await;
    server.send(call(Method::PUT, "/bucket/k").body("x")).await;
    let put = server.send(call(Method::PUT, "/bucket?cors").body(RULES)).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    server
}

fn preflight(origin: &str, method: &str, headers: &str) -> Request<Full<Bytes>> {
    let asked = call(Method::OPTIONS, "/bucket/k")
        .header("origin", origin)
        .header("access-control-request-method", method);
    let asked =
        if headers.is_empty() { asked } else { asked.header("access-control-request-headers", headers) };
    asked.unsigned()
}

#[tokio::test]
async fn a_browser_is_told_what_a_page_may_send() {
    let server = with_rules().await;
    let answer =
        server.send_as_it_is(preflight("https://a.example.com", "PUT", "X-Amz-Date, Content-Type")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(answer.header("access-control-allow-origin"), "https://a.example.com");
    assert_eq!(answer.header("access-control-allow-methods"), "GET, PUT");
    assert_eq!(answer.header("access-control-allow-headers"), "X-Amz-Date, Content-Type");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("access-control-expose-headers"), "ETag");
    assert_eq!(answer.header("access-control-max-age"), "3000");
    assert!(answer.header("vary").contains("Origin"));
    let anyone = server.send_as_it_is(preflight("null", "HEAD", "")).await;
    assert_eq!(anyone.header("access-control-allow-origin"), "*");
    assert_eq!(anyone.header("access-control-allow-credentials"), "");
    for (origin, method, headers) in [
        ("https://example.org", "PUT", ""),
        ("https://a.example.com", "DELETE", ""),
        ("https://a.example.com", "PUT", "authorization"),
    ] {
        let refused = server.send_as_it_is(preflight(origin, method, headers)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "AccessForbidden"));
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
    let missing = call(Method::OPTIONS, "/bucket/k").header("origin", "https://a.example.com");
    assert_eq!(server.send_as_it_is(missing.unsigned()).await.code(), "BadRequest");
    let nowhere = call(Method::OPTIONS, "/nowhere/k")
        .header("origin", "https://a.example.com")
        .header("access-control-request-method", "GET");
    assert_eq!(server.send_as_it_is(nowhere.unsigned()).await.code(), "NoSuchBucket");
}

#[tokio::test]
async fn a_page_may_read_the_answers_that_its_rules_allow_refusals_too() {
    let server = with_rules().await;
    let get = |origin: &str| call(Method::GET, "/bucket/k").header("origin", origin);
    let answer = server.send(get("https://a.example.com")).await;
    assert_eq!((answer.body.as_str(), answer.status), ("x", StatusCode::OK));
    assert_eq!(answer.header("access-control-allow-origin"), "https://a.example.com");
    assert_eq!(answer.header("access-control-expose-headers"), "ETag");
    let refused = server.send_as_it_is(get("https://a.example.com").unsigned()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.header("access-control-allow-origin"), "https://a.example.com");
    assert_eq!(server.send(get("https://example.org")).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn rules_come_back_and_go() {
    let server = with_rules().await;
    let shown = server.send(call(Method::GET, "/bucket?cors")).await.body;
    for part in
        ["<ID>one</ID>", "<AllowedOrigin>https://*.example.com</AllowedOrigin>", "<MaxAgeSeconds>3000<"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let wrong = RULES.replace("PUT", "PATCH");
    let refused = server.send(call(Method::PUT, "/bucket?cors").body(wrong)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "InvalidRequest"));
    assert_eq!(server.send(call(Method::DELETE, "/bucket?cors")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(call(Method::GET, "/bucket?cors")).await.code(), "NoSuchCORSConfiguration");
    let refused = server.send_as_it_is(preflight("https://a.example.com", "GET", "")).await;
    assert_eq!(refused.code(), "AccessForbidden");
}

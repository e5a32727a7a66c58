#![allow(clippy::unwrap_used, reason = "tests")]

mod cairn;

use crate::{
    Call, Caller, Category, Counts, Details, Failure, Mode, RecordLayer, Recorder, Settings, StartError,
};
use cairn::Cairn;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::future::{Ready, pending, ready};
use std::task::{Context, Poll};
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

/// More than any test needs.
const LONG: Duration = Duration::from_secs(60);

/// A service that answers at once with what its request's extension says.
#[derive(Clone)]
struct Echo;

impl Service<Request<()>> for Echo {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let mut response = Response::new("done".to_owned());
        if let Some(status) = request.extensions().get::<StatusCode>() {
            *response.status_mut() = *status;
        }
        if let Some(details) = request.extensions().get::<Details>() {
            response.extensions_mut().insert(details.clone());
        }
        ready(Ok(response))
    }
}

/// A service that never answers.
#[derive(Clone)]
struct Silent;

impl Service<Request<()>> for Silent {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = std::future::Pending<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        pending()
    }
}

fn settings(cairn: &Cairn, mode: Mode) -> Settings {
    Settings {
        mode,
        wait_max: LONG,
        ..Settings::new(cairn.endpoint(), "cairn_made_up", "billing.example.com")
    }
}

fn recorder(cairn: &Cairn, mode: Mode) -> Recorder {
    Recorder::start(settings(cairn, mode)).unwrap()
}

async fn call(recorder: &Recorder, request: Request<()>) -> Response<String> {
    let mut service = RecordLayer::new(recorder.clone(), Call::of).layer(Echo);
    service.call(request).await.unwrap()
}

fn post(path: &str) -> Request<()> {
    Request::post(path).header("user-agent", "test/1").body(()).unwrap()
}

#[tokio::test]
async fn an_answer_waits_until_its_event_is_acknowledged() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::BeforeResponse);
    let held = cairn.hold();
    let answer = tokio::spawn({
        let recorder = recorder.clone();
        async move { call(&recorder, post("/orders")).await }
    });
    assert_eq!(cairn.next().await["eventName"], "POST /orders");
    assert!(!answer.is_finished());
    held.answer();
    assert_eq!(answer.await.unwrap().into_body(), "done");
    assert_eq!(recorder.counts(), Counts { queued: 1, acknowledged: 1, ..Counts::default() });
}

#[tokio::test]
async fn an_event_says_who_called_what_with_which_outcome() {
    let mut cairn = Cairn::start().await;
    let recorder = Recorder::start(Settings {
        region: "eu-central-1".to_owned(),
        account: Some("111122223333".to_owned()),
        ..settings(&cairn, Mode::BeforeResponse)
    });
    let describe = |request: &Parts| Call {
        category: Category::Data,
        ..Call::of(request)
            .named("CreateOrder")
            .by(Caller::user("u7"))
            .with(json!({"item": "book"}))
            .on("T", "arn:a")
    };
    let mut service = RecordLayer::new(recorder.unwrap(), describe).layer(Echo);
    let mut request = post("/orders");
    request.headers_mut().insert("x-request-id", "r1".parse().unwrap());
    request.extensions_mut().insert("192.0.2.7:5000".parse::<std::net::SocketAddr>().unwrap());
    request.extensions_mut().insert(Details { response: Some(json!({"id": 7})), ..Details::default() });
    service.call(request).await.unwrap();
    let mut event = cairn.next().await;
    let members = event.as_object_mut().unwrap();
    let time = members.remove("eventTime").unwrap();
    assert!(
        time.as_str().unwrap().parse::<jiff::Timestamp>().is_ok() && time.as_str().unwrap().len() == 20,
        "{time}"
    );
    assert_eq!(members.remove("eventID").unwrap().as_str().unwrap().len(), 36);
    let expected = json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "WebIdentityUser", "principalId": "u7"},
        "eventSource": "billing.example.com",
        "eventName": "CreateOrder",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "test/1",
        "requestParameters": {"item": "book"},
        "responseElements": {"id": 7},
        "requestID": "r1",
        "readOnly": false,
        "resources": [{"type": "T", "ARN": "arn:a"}],
        "eventType": "AwsApiCall",
        "managementEvent": false,
        "recipientAccountId": "111122223333",
        "eventCategory": "Data",
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_failure_is_named_by_the_handler_or_by_the_status() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::BeforeResponse);
    let mut request = post("/a");
    request.extensions_mut().insert(StatusCode::NOT_FOUND);
    assert_eq!(call(&recorder, request).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(cairn.next().await["errorCode"], "NotFound");
    let mut request = post("/a");
    let failure = Failure { code: "NoStock".to_owned(), message: Some("none left".to_owned()) };
    let caller = Some(Caller::Service { name: "shop".to_owned() });
    let response = Some(json!({"hidden": true}));
    request.extensions_mut().insert(Details {
        failure: Some(failure),
        caller,
        response,
        ..Details::default()
    });
    call(&recorder, request).await;
    let event = cairn.next().await;
    assert_eq!((&event["errorCode"], &event["errorMessage"]), (&json!("NoStock"), &json!("none left")));
    assert_eq!(event["userIdentity"], json!({"type": "AWSService", "invokedBy": "shop"}));
    assert_eq!(event["responseElements"], Value::Null);
}

#[tokio::test]
async fn a_call_whose_client_hangs_up_is_recorded_all_the_same() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::BeforeResponse);
    let mut service = RecordLayer::new(recorder.clone(), Call::of).layer(Silent);
    let answer = service.call(post("/orders"));
    drop(answer);
    assert_eq!(cairn.next().await["errorCode"], "OutcomeUnknown");
    recorder.flush(LONG).await.unwrap();
}

#[tokio::test]
async fn what_the_server_did_not_take_is_sent_again_as_the_same_event() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::Async);
    cairn.fail(StatusCode::SERVICE_UNAVAILABLE, 1);
    call(&recorder, post("/orders")).await;
    let first = cairn.next().await;
    assert_eq!(cairn.next().await, first);
    recorder.flush(LONG).await.unwrap();
    let counts = recorder.counts();
    assert_eq!((counts.acknowledged, counts.failed_attempts, counts.waiting()), (1, 1, 0));
}

#[tokio::test]
async fn events_that_the_server_refuses_are_counted_and_not_repeated() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::BeforeResponse);
    cairn.refuse_lines(&[1]);
    assert_eq!(call(&recorder, post("/a")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    cairn.next().await;
    assert_eq!(recorder.counts().refused, 1);
    cairn.refuse_lines(&[]);
    assert_eq!(call(&recorder, post("/b")).await.status(), StatusCode::OK);
    assert_eq!(cairn.next().await["eventName"], "POST /b");
}

#[tokio::test]
async fn without_room_calls_are_refused_before_they_are_made() {
    let cairn = Cairn::start().await;
    let settings = Settings { waiting_max: 1, ..settings(&cairn, Mode::BeforeResponse) };
    let recorder = Recorder::start(settings).unwrap();
    let mut service = RecordLayer::new(recorder.clone(), Call::of).layer(Silent);
    let under_way = service.call(post("/a"));
    let refused = call(&recorder, post("/b")).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    drop(under_way);
    recorder.flush(LONG).await.unwrap();
    assert_eq!(call(&recorder, post("/c")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_room_async_events_are_dropped_and_counted() {
    let mut cairn = Cairn::start().await;
    let recorder = Recorder::start(Settings { waiting_max: 2, ..settings(&cairn, Mode::Async) }).unwrap();
    let held = cairn.hold();
    call(&recorder, post("/first")).await;
    cairn.next().await;
    for _ in 0..5 {
        assert_eq!(call(&recorder, post("/more")).await.status(), StatusCode::OK);
    }
    assert_eq!(recorder.counts(), Counts { queued: 3, dropped: 3, ..Counts::default() });
    assert_eq!(recorder.flush(Duration::from_millis(1)).await.unwrap_err().waiting, 3);
    held.answer();
    recorder.flush(LONG).await.unwrap();
    assert_eq!(recorder.counts().acknowledged, 3);
}

#[tokio::test]
async fn an_answer_waits_no_longer_than_it_may() {
    let mut cairn = Cairn::start().await;
    let settings = Settings { wait_max: Duration::from_millis(20), ..settings(&cairn, Mode::BeforeResponse) };
    let recorder = Recorder::start(settings).unwrap();
    let held = cairn.hold();
    assert_eq!(call(&recorder, post("/a")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    held.answer();
    recorder.flush(LONG).await.unwrap();
    assert_eq!(cairn.next().await["eventName"], "POST /a");
}

#[tokio::test]
async fn while_posting_fails_calls_are_refused_before_they_are_made() {
    let mut cairn = Cairn::start().await;
    let settings = Settings { wait_max: Duration::from_millis(20), ..settings(&cairn, Mode::BeforeResponse) };
    let recorder = Recorder::start(settings).unwrap();
    cairn.fail(StatusCode::FORBIDDEN, usize::MAX);
    assert_eq!(call(&recorder, post("/a")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    cairn.next().await;
    while recorder.counts().failed_attempts == 0 {
        tokio::task::yield_now().await;
    }
    let mut service = RecordLayer::new(recorder.clone(), Call::of).layer(Silent);
    assert_eq!(service.call(post("/b")).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    cairn.fail(StatusCode::FORBIDDEN, 0);
    recorder.flush(LONG).await.unwrap();
    assert_eq!(call(&recorder, post("/c")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn many_events_travel_together_and_in_order() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::Async);
    let held = cairn.hold();
    call(&recorder, post("/first")).await;
    cairn.next().await;
    for number in 0..800 {
        call(&recorder, post(&format!("/{number}"))).await;
    }
    held.answer();
    for number in 0..800 {
        assert_eq!(cairn.next().await["eventName"], format!("POST /{number}"));
    }
    recorder.flush(LONG).await.unwrap();
    assert_eq!(cairn.requests(), 3);
    assert_eq!(recorder.counts().acknowledged, 801);
}

#[tokio::test]
async fn what_waits_when_the_last_recorder_goes_is_still_sent() {
    let mut cairn = Cairn::start().await;
    let recorder = recorder(&cairn, Mode::Async);
    call(&recorder, post("/last")).await;
    drop(recorder);
    assert_eq!(cairn.next().await["eventName"], "POST /last");
}

#[tokio::test]
async fn too_large_parameters_are_left_out() {
    let mut cairn = Cairn::start().await;
    let large =
        |request: &Parts| Call::of(request).with(Value::from("x".repeat(200_000))).named("é".repeat(1000));
    let mut service = RecordLayer::new(recorder(&cairn, Mode::BeforeResponse), large).layer(Echo);
    service.call(post("/a")).await.unwrap();
    let event = cairn.next().await;
    assert_eq!(event["requestParameters"]["omitted"], true);
    assert_eq!(event["eventName"], "é".repeat(512));
}

#[tokio::test]
async fn a_token_is_never_shown_to_the_network() {
    let start =
        |endpoint: &str, token: &str| Recorder::start(Settings::new(endpoint, token, "s")).map(|_| ());
    for fine in
        ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1/base/", "https://cairn.example.com"]
    {
        assert!(matches!(start(fine, "t"), Ok(()) | Err(StartError::Certificates(_))), "{fine}");
    }
    for exposed in ["http://10.0.0.1:4580", "http://cairn.example.com", "http://localhost.example.com"] {
        assert!(matches!(start(exposed, "t"), Err(StartError::Exposed(_))), "{exposed}");
    }
    for wrong in ["", "127.0.0.1:4580", "ftp://127.0.0.1", "/path"] {
        assert!(matches!(start(wrong, "t"), Err(StartError::Endpoint(_))), "{wrong}");
    }
    assert!(matches!(start("http://127.0.0.1:1", "a\nb"), Err(StartError::Token)));
}

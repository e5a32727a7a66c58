use super::stage::Stage;
use super::wire::Wire;
use crate::{Hold, Outcome};
use std::sync::atomic::Ordering::SeqCst;

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const SMALL: &str = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nok";

async fn begun(hold: Hold) -> (Stage, Wire, Wire) {
    let stage = Stage::new(hold).await;
    stage.records.held.store(true, SeqCst);
    let mut client = stage.client().await;
    client.send(GET).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    (stage, client, upstream)
}

fn large(bytes: usize) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: {bytes}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + bytes, b'x');
    answer
}

#[tokio::test]
async fn a_small_answer_waits_whole_for_its_record() {
    for answer in [SMALL, "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n"] {
        let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
        upstream.send(answer).await;
        assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
        assert_eq!(client.so_far().await, b"");
        stage.records.let_go();
        assert_eq!(client.exactly(answer.len()).await, answer.as_bytes());
        stage.end().await;
    }
}

#[tokio::test]
async fn a_small_answer_that_is_not_recorded_becomes_an_error() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
    stage.records.fail.store(true, SeqCst);
    upstream.send(SMALL).await;
    stage.exchange().await;
    stage.records.let_go();
    assert!(client.head().await.starts_with("HTTP/1.1 503"));
    stage.end().await;
}

#[tokio::test]
async fn the_last_byte_of_a_large_answer_waits_for_its_record() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
    let answer = large(1 << 20);
    upstream.send(&answer).await;
    stage.exchange().await;
    assert_eq!(client.so_far().await.len(), answer.len() - 1);
    stage.records.let_go();
    assert_eq!(client.exactly(1).await, b"x");
    // And the connection goes on.
    client.send(GET).await;
    assert!(upstream.head().await.starts_with("GET / "));
    drop((client, upstream));
    stage.exchange().await;
    stage.end().await;
}

#[tokio::test]
async fn a_large_answer_that_is_not_recorded_breaks_off() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
    stage.records.fail.store(true, SeqCst);
    let answer = large(1 << 20);
    upstream.send(&answer).await;
    stage.exchange().await;
    stage.records.let_go();
    assert_eq!(client.rest().await.len(), answer.len() - 1);
    stage.end().await;
}

#[tokio::test]
async fn parts_of_a_stream_pass_at_once_and_its_end_waits() {
    for kind in ["text/event-stream", "application/json;stream=watch"] {
        let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
        upstream.send(head).await;
        client.head().await;
        for part in ["3\r\none\r\n", "3\r\ntwo\r\n"] {
            upstream.send(part).await;
            assert_eq!(client.exactly(part.len()).await, part.as_bytes());
        }
        upstream.send("0\r\n\r\n").await;
        assert_eq!(stage.exchange().await.response_body.contiguous(), "onetwo");
        assert_eq!(client.so_far().await, b"");
        stage.records.let_go();
        assert_eq!(client.exactly(5).await, b"0\r\n\r\n");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_stream_that_is_not_recorded_has_no_end() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
    stage.records.fail.store(true, SeqCst);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    upstream.send(format!("{head}3\r\none\r\n0\r\n\r\n")).await;
    stage.exchange().await;
    stage.records.let_go();
    client.head().await;
    assert_eq!(client.rest().await, b"3\r\none\r\n");
    stage.end().await;
}

#[tokio::test]
async fn nothing_waits_if_nothing_is_held() {
    for answer in [SMALL.as_bytes().to_vec(), large(1 << 20)] {
        let (mut stage, mut client, mut upstream) = begun(Hold::Nothing).await;
        stage.records.fail.store(true, SeqCst);
        upstream.send(&answer).await;
        assert_eq!(client.exactly(answer.len()).await, answer);
        assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
        stage.records.let_go();
        stage.end().await;
    }
}

#[tokio::test]
async fn a_record_goes_on_when_nobody_waits_for_it() {
    let (mut stage, client, mut upstream) = begun(Hold::UntilRecorded).await;
    upstream.send(SMALL).await;
    assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
    drop(client);
    stage.records.let_go();
    stage.end().await;
}

#[tokio::test]
async fn a_large_answer_gives_back_the_memory_of_its_beginning() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded).await;
    stage.records.held.store(false, SeqCst);
    upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    for _ in 0..32 {
        upstream.send(format!("10000\r\n{}\r\n", "x".repeat(65_536))).await;
    }
    client.head().await;
    let came = client.so_far().await;
    assert_eq!(came.iter().filter(|byte| **byte == b'x').count(), 32 * 65_536);
    let captured = 1 << 20;
    assert_eq!(stage.gateway.memory.free_bytes(), (8 << 20) - captured);
    upstream.send("0\r\n\r\n").await;
    client.until("0\r\n\r\n").await;
    stage.exchange().await;
    stage.end().await;
}

//! The layer, and the service that it makes of another.

use crate::call::{Call, Details, Failure};
use crate::event::{self, Started};
use crate::recorder::{Recorder, Room};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Makes services record their calls.
pub struct RecordLayer<D> {
    recorder: Recorder,
    describe: Arc<D>,
}

impl<D> RecordLayer<D>
where
    D: Fn(&Parts) -> Call,
{
    /// `describe` tells what a request asks for, such as [`Call::of`]; it is called before the service is.
    pub fn new(recorder: Recorder, describe: D) -> RecordLayer<D> {
        RecordLayer { recorder, describe: Arc::new(describe) }
    }
}

impl<D> Clone for RecordLayer<D> {
    fn clone(&self) -> RecordLayer<D> {
        RecordLayer { recorder: self.recorder.clone(), describe: Arc::clone(&self.describe) }
    }
}

impl<S, D> Layer<S> for RecordLayer<D> {
    type Service = Record<S, D>;

    fn layer(&self, inner: S) -> Record<S, D> {
        Record { inner, layer: self.clone() }
    }
}

/// A service whose calls are recorded.
///
/// With [`Mode::BeforeResponse`](crate::Mode::BeforeResponse) a call that cannot be recorded is answered with
/// 503, without a body: before it is made if that is known by then, else in place of its answer. A call whose client
/// hangs up before the answer is recorded as `OutcomeUnknown`.
pub struct Record<S, D> {
    inner: S,
    layer: RecordLayer<D>,
}

impl<S: Clone, D> Clone for Record<S, D> {
    fn clone(&self) -> Record<S, D> {
        Record { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S, D, B, R> Service<Request<B>> for Record<S, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    D: Fn(&Parts) -> Call,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let recorder = self.layer.recorder.clone();
        let Some(room) = recorder.room() else {
            return Box::pin(async { Ok(unavailable()) });
        };
        let (parts, body) = request.into_parts();
        let started = Started::new((self.layer.describe)(&parts), &parts);
        let under_way = UnderWay(Some((started, room)));
        let answer = self.inner.call(Request::from_parts(parts, body));
        Box::pin(record(under_way, answer))
    }
}

async fn record<R: Default, E>(
    under_way: UnderWay,
    answer: impl Future<Output = Result<Response<R>, E>>,
) -> Result<Response<R>, E> {
    let mut answer = answer.await;
    let (details, failure) = match &mut answer {
        Ok(response) => {
            let details = response.extensions_mut().remove::<Details>();
            (details, event::failure(response.status(), response.headers()))
        }
        Err(_) => (None, Some(Failure { code: "InternalFailure".to_owned(), message: None })),
    };
    if under_way.finish(details, failure).await {
        return answer;
    }
    answer.map(|_| unavailable())
}

/// A call that must be recorded whatever becomes of it.
struct UnderWay(Option<(Started, Room)>);

impl UnderWay {
    /// Records the call; false if its answer must not be given.
    async fn finish(mut self, details: Option<Details>, failure: Option<Failure>) -> bool {
        let Some((started, room)) = self.0.take() else { return true };
        room.take(&started.finish(details, failure)).acknowledged().await
    }
}

impl Drop for UnderWay {
    /// The client hung up, or the handler panicked, and what it did stays done.
    fn drop(&mut self) {
        if let Some((started, room)) = self.0.take() {
            let failure = Failure { code: "OutcomeUnknown".to_owned(), message: None };
            drop(room.take(&started.finish(None, Some(failure))));
        }
    }
}

fn unavailable<R: Default>() -> Response<R> {
    let mut response = Response::new(R::default());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

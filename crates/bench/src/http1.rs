//! A client's connection: HTTP/1.1, kept alive, one request at a time.

use crate::content::Content;
use crate::error::BenchError;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Where events are posted.
pub(crate) const EVENTS: &str = "/_cairn/events";

/// One connection to the server.
pub(crate) struct Connection {
    sender: SendRequest<Content>,
    host: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    path: &'static str,
    pub(crate) status: StatusCode,
    body: Bytes,
}

impl Connection {
    /// Connects. What drives the connection runs on the present runtime.
    pub(crate) async fn open(address: SocketAddr) -> Result<Connection, BenchError> {
        let stream = TcpStream::connect(address).await.map_err(BenchError::Connect)?;
        stream.set_nodelay(true).map_err(BenchError::Connect)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // What goes wrong with the connection is told to who waits for an answer.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { sender, host: address.to_string() })
    }

    /// A request to be sent over this connection.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &'static str,
        body: Bytes,
    ) -> Result<Request<Content>, BenchError> {
        let request = Request::builder().method(method).uri(path).header("host", self.host.as_str());
        Ok(request.body(body.into())?)
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(
        &mut self,
        path: &'static str,
        request: Request<Content>,
    ) -> Result<Answer, BenchError> {
        Answer::read(path, self.begin(request).await?).await
    }

    /// Sends a request; returns the answer's head with its body yet to be read.
    pub(crate) async fn begin(
        &mut self,
        request: Request<Content>,
    ) -> Result<Response<Incoming>, BenchError> {
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }

    /// Gets a path that needs no key.
    pub(crate) async fn get(&mut self, path: &'static str) -> Result<Answer, BenchError> {
        let request = self.request(Method::GET, path, Bytes::new())?;
        self.send(path, request).await
    }

    /// Posts events, on lines of their own.
    pub(crate) async fn post_events(&mut self, token: &str, body: Bytes) -> Result<Answer, BenchError> {
        let mut request = self.request(Method::POST, EVENTS, body)?;
        let authorization =
            http::HeaderValue::from_str(&format!("Bearer {token}")).map_err(http::Error::from)?;
        request.headers_mut().insert(http::header::AUTHORIZATION, authorization);
        self.send(EVENTS, request).await
    }
}

impl Answer {
    /// Reads an answer's body.
    async fn read(path: &'static str, response: Response<Incoming>) -> Result<Answer, BenchError> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { path, status: parts.status, body })
    }

    /// An error unless the server said yes.
    pub(crate) fn accepted(self) -> Result<Answer, BenchError> {
        match self.status.is_success() {
            true => Ok(self),
            false => Err(self.refused()),
        }
    }

    fn refused(&self) -> BenchError {
        BenchError::Refused { path: self.path, status: self.status, body: self.text() }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// An error that shows what the body was instead of what was expected.
    pub(crate) fn unexpected(&self) -> BenchError {
        BenchError::Unexpected { path: self.path, body: self.text() }
    }

    /// How many events were taken, which must be all `posted`.
    pub(crate) fn all_taken(self, posted: usize) -> Result<u64, BenchError> {
        let answer = self.accepted()?;
        match answer.json()["accepted"].as_u64() {
            Some(taken) if taken == posted as u64 => Ok(taken),
            _ => Err(answer.unexpected()),
        }
    }
}

/// Reads an answer of any length to its end, keeping nothing of it; returns its length. What is no success is read as
/// an [`Answer`] and is an error.
pub(crate) async fn drain(path: &'static str, response: Response<Incoming>) -> Result<u64, BenchError> {
    if !response.status().is_success() {
        return Err(Answer::read(path, response).await?.refused());
    }
    let (mut body, mut bytes) = (response.into_body(), 0);
    while let Some(frame) = body.frame().await {
        bytes += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;

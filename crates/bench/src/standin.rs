//! What stands around a gateway that is measured, each a process of its own, so that its CPU time is its own: an
//! upstream that answers at once, and a plain proxy that records nothing.

mod proxy;
mod upstream;

pub(crate) use upstream::WAIT;

use crate::error::BenchError;
use crate::process;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::Future;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::net::{TcpListener, TcpStream};

/// What this program does when it is started as one of them. Not for people.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub(crate) enum Role {
    /// Answers every call at once, until its standard input ends
    #[command(hide = true)]
    Upstream,
    /// Forwards every call, until its standard input ends
    #[command(hide = true)]
    Proxy {
        /// Where to
        upstream: SocketAddr,
    },
}

/// One of them, running; killed when dropped.
pub(crate) struct StandIn {
    process: Child,
    address: SocketAddr,
}

impl StandIn {
    /// Starts an upstream.
    pub(crate) fn upstream() -> Result<StandIn, BenchError> {
        StandIn::start(&["upstream"])
    }

    /// Starts a proxy before an upstream.
    pub(crate) fn proxy(upstream: &StandIn) -> Result<StandIn, BenchError> {
        StandIn::start(&["proxy", &upstream.address.to_string()])
    }

    fn start(role: &[&str]) -> Result<StandIn, BenchError> {
        let program = std::env::current_exe().map_err(BenchError::file(Path::new("this program")))?;
        let process = Command::new(&program)
            .args(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(BenchError::file(&program))?;
        let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let mut started = StandIn { process, address: unknown };
        started.address = started.announced().map_err(BenchError::file(&program))?;
        Ok(started)
    }

    /// The address that it writes to its standard output.
    fn announced(&mut self) -> std::io::Result<SocketAddr> {
        let mut line = String::new();
        if let Some(output) = &mut self.process.stdout {
            BufReader::new(output).read_line(&mut line)?;
        }
        line.trim().parse().map_err(|_| std::io::ErrorKind::InvalidData.into())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// CPU seconds that it has used.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, BenchError> {
        process::cpu_seconds(self.process.id())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // Neither can fail but for a process that has ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Does what the role says until the benchmark is gone.
pub(crate) async fn play(role: Role) -> Result<(), BenchError> {
    match role {
        Role::Upstream => listen(hyper::service::service_fn(upstream::answer)).await,
        Role::Proxy { upstream } => listen(proxy::Proxy::new(upstream)).await,
    }
    .map_err(BenchError::Listen)
}

async fn listen<S, B>(service: S) -> std::io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Future + Send,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    let mut abandoned = tokio::task::spawn_blocking(wait_for_end);
    loop {
        tokio::select! {
            accepted = listener.accept() => serve(accepted?.0, service.clone())?,
            _ = &mut abandoned => return Ok(()),
        }
    }
}

/// Returns when the benchmark has ended, however it did: the pipe's other end is closed then.
fn wait_for_end() {
    drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
}

fn serve<S, B>(stream: TcpStream, service: S) -> std::io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    stream.set_nodelay(true)?;
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A client that goes says so to who waits for its answers.
    tokio::spawn(async move { drop(connection.await) });
    Ok(())
}

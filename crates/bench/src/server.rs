//! The server that is measured: a process of its own, on a fresh data folder, gone at the end.

use crate::arguments::Settings;
use crate::error::BenchError;
use crate::figures::Figures;
use crate::http1::{Answer, Connection};
use crate::process;
use crate::signing::{OPERATOR, REGION, signed};
use bytes::Bytes;
use cairn_testkit::ACCOUNT;
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to answer for the first time.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const START_POLL: Duration = Duration::from_millis(5);
/// How many lines of a server's log an error shows.
const LOG_LINES_SHOWN: usize = 20;

/// A running server, killed when dropped. Its data folder goes with it, unless it is to stay.
pub(crate) struct Server {
    process: Child,
    folder: Folder,
    flags: Vec<String>,
    address: SocketAddr,
    token: String,
}

/// What a server's folders are in.
enum Folder {
    Fresh(TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn make(settings: &Settings) -> Result<Folder, BenchError> {
        if let Some(kept) = &settings.kept {
            std::fs::create_dir_all(kept).map_err(BenchError::file(kept))?;
            let endpoint = kept.join("data/endpoint");
            // What a killed server left would be taken for the new one's.
            drop(std::fs::remove_file(endpoint));
            return Ok(Folder::Kept(kept.canonicalize().map_err(BenchError::file(kept))?));
        }
        let folder = tempfile::Builder::new().prefix("cairn-bench-").tempdir_in(&settings.work);
        folder.map(Folder::Fresh).map_err(BenchError::file(&settings.work))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Fresh(folder) => folder.path(),
            Folder::Kept(path) => path,
        }
    }
}

impl Server {
    /// Starts a server and makes a key with a token, so that clients need not sign.
    pub(crate) async fn start(settings: &Settings) -> Result<Server, BenchError> {
        Server::start_with(settings, &[]).await
    }

    /// The same, with more flags.
    pub(crate) async fn start_with(settings: &Settings, flags: &[&str]) -> Result<Server, BenchError> {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let folder = Folder::make(settings)?;
        let process = spawn(settings, &folder, &flags)?;
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Server { process, folder, flags, address: unknown, token: String::new() };
        server.address = server.wait().await?;
        server.token = make_token(server.address).await?;
        Ok(server)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bearer token for posting events.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The folder that its data folder is in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its figures as of now.
    pub(crate) async fn figures(&self) -> Result<Figures, BenchError> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.get("/_cairn/metrics").await?.accepted()?;
        Ok(Figures::new(answer.text()))
    }

    /// CPU seconds that it has used.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, BenchError> {
        process::cpu_seconds(self.process.id())
    }

    /// The most memory that it has had, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64, BenchError> {
        process::peak_memory(self.process.id())
    }

    /// Memory that it has resident now, in bytes.
    pub(crate) fn resident_memory(&self) -> Result<u64, BenchError> {
        process::resident_memory(self.process.id())
    }

    /// The data folder.
    pub(crate) fn data_folder(&self) -> PathBuf {
        data_folder(&self.folder)
    }

    /// The folder of the history table.
    pub(crate) fn history_folder(&self) -> PathBuf {
        data_folder(&self.folder).join("history")
    }

    /// Stops it in good order and starts it again; returns how long it took from the start to the first answer.
    pub(crate) async fn restart(&mut self, settings: &Settings) -> Result<Duration, BenchError> {
        // SIGTERM, which the standard library cannot send.
        let mut terminate = Command::new("kill");
        terminate.args(["-TERM", &self.process.id().to_string()]);
        terminate.status().map_err(BenchError::file(Path::new("kill")))?;
        let status = self.process.wait().map_err(BenchError::file(&settings.cairn))?;
        if !status.success() {
            return Err(BenchError::Ended { status, log: self.last_lines() });
        }
        let start = Instant::now();
        self.process = spawn(settings, &self.folder, &self.flags)?;
        self.address = self.wait().await?;
        Ok(start.elapsed())
    }

    /// Runs a command of the `cairn` binary as the operator's client, and returns what it printed.
    pub(crate) fn client(&self, settings: &Settings, arguments: &[&str]) -> Result<String, BenchError> {
        let output = Command::new(&settings.cairn)
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_ACCESS_KEY_ID", OPERATOR.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", OPERATOR.secret_access_key)
            .env("AWS_REGION", REGION)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .map_err(BenchError::file(&settings.cairn))?;
        if !output.status.success() {
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(BenchError::Command { command: arguments.join(" "), status: output.status, log });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Waits until it answers; returns where.
    async fn wait(&mut self) -> Result<SocketAddr, BenchError> {
        let deadline = Instant::now() + START_TIMEOUT;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(BenchError::Ended { status, log: self.last_lines() });
            }
            if let Some(address) = self.announced()
                && is_healthy(address).await
            {
                return Ok(address);
            }
            tokio::time::sleep(START_POLL).await;
        }
        Err(BenchError::NotReady { waited: START_TIMEOUT, log: self.last_lines() })
    }

    /// The address in the file `endpoint`, once it is there.
    fn announced(&self) -> Option<SocketAddr> {
        let endpoint = std::fs::read_to_string(data_folder(&self.folder).join("endpoint")).ok()?;
        parse_endpoint(&endpoint)
    }

    fn last_lines(&self) -> String {
        let log = std::fs::read_to_string(log_file(&self.folder)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing in the data folder is of use any more, so a clean stop would only take time. Neither can
        // fail but for a process that has ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// `http://127.0.0.1:4580` and a newline.
fn parse_endpoint(text: &str) -> Option<SocketAddr> {
    text.trim().strip_prefix("http://")?.parse().ok()
}

fn data_folder(folder: &Folder) -> PathBuf {
    folder.path().join("data")
}

fn log_file(folder: &Folder) -> PathBuf {
    folder.path().join("server.log")
}

/// Starts the process with nothing of this one's environment, whose settings would change what is measured.
fn spawn(settings: &Settings, folder: &Folder, flags: &[String]) -> Result<Child, BenchError> {
    let log_path = log_file(folder);
    let log = File::create(&log_path).map_err(BenchError::file(&log_path))?;
    Command::new(&settings.cairn)
        .args(["serve", "--listen", "127.0.0.1:0", "--region", REGION])
        .args(["--deliver-every", &settings.deliver_every])
        .args(flags)
        .arg("--data")
        .arg(data_folder(folder))
        .env_clear()
        .env("CAIRN_ACCOUNT_ID", ACCOUNT)
        .env("CAIRN_ACCESS_KEY_ID", OPERATOR.access_key_id)
        .env("CAIRN_SECRET_ACCESS_KEY", OPERATOR.secret_access_key)
        // No `cairn.toml` of the folder that the benchmark was started in.
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(BenchError::file(&settings.cairn))
}

async fn is_healthy(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let answer = connection.get("/_cairn/health").await;
    answer.is_ok_and(|answer| answer.status == StatusCode::OK)
}

/// Makes a key that may only post events, and returns its token.
async fn make_token(address: SocketAddr) -> Result<String, BenchError> {
    let mut connection = Connection::open(address).await?;
    let answer = create_key(&mut connection).await?.accepted()?;
    match answer.json()["keys"][0]["token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(answer.unexpected()),
    }
}

async fn create_key(connection: &mut Connection) -> Result<Answer, BenchError> {
    const PATH: &str = "/_cairn/keys";
    let body = Bytes::from_static(br#"{"token":true,"ingestOnly":true}"#);
    let request = connection.request(Method::POST, PATH, body.clone())?;
    connection.send(PATH, signed(request, &body, &OPERATOR, "cairn")?).await
}

/// Calls LookupEvents as the operator.
pub(crate) async fn lookup_events(connection: &mut Connection, request: &Value) -> Result<Value, BenchError> {
    call(connection, "LookupEvents", request).await
}

/// Calls an operation of CloudTrail as the operator.
pub(crate) async fn call(
    connection: &mut Connection,
    operation: &str,
    request: &Value,
) -> Result<Value, BenchError> {
    const PATH: &str = "/";
    let body = Bytes::from(request.to_string());
    let mut call = connection.request(Method::POST, PATH, body.clone())?;
    let headers = call.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.1"));
    let target = HeaderValue::from_str(&format!("CloudTrail_20131101.{operation}"));
    headers.insert("x-amz-target", target.expect("operations have plain names"));
    let answer = connection.send(PATH, signed(call, &body, &OPERATOR, "cloudtrail")?).await?;
    Ok(answer.accepted()?.json())
}

#[cfg(test)]
mod tests;

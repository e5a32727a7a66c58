//! `cairn key export`: what `cairn verify` needs beside a bucket.

use crate::cli::client::Client;
use crate::cli::{Failure, client_runtime, output};
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Asks for public keys and heads of chains, and prints them or writes them to a file.
pub(super) fn run(client: &Client, file: Option<&Path>) -> Result<(), Failure> {
    let asked = client.call(Method::GET, "/_cairn/keys/export", &[], Bytes::new());
    let exported: Value = client_runtime()?.block_on(asked)?;
    let text = format!("{exported:#}\n");
    let Some(file) = file else {
        output::print(&text);
        return Ok(());
    };
    write(file, &text).map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))?;
    let count = |member: &str| exported[member].as_array().map_or(0, Vec::len);
    let (keys, heads) = (count("PublicKeyList"), count("heads"));
    output::tell(&format!(
        "{}: {keys} public keys and the ends of {heads} chains; keep it apart from the buckets",
        file.display()
    ));
    Ok(())
}

/// Aside and renamed: an export that breaks off leaves the last one whole.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".new");
    let mut new = File::create(&aside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(aside, file)
}

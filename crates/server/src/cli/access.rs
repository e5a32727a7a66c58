//! What `cairn user`, `cairn group`, `cairn role` and `cairn policy` share.

mod grant;

pub(super) use grant::Grant;

use super::client::{Client, Connection};
use super::output::{Format, Rows};
use super::{Failure, client_runtime};
use bytes::Bytes;
use clap::Args;
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Where to, and how the answer is printed.
#[derive(Args)]
pub(super) struct Common {
    #[command(flatten)]
    connection: Connection,
    /// Of this account instead of one's own; for the operator
    #[arg(long, global = true, value_name = "ID")]
    account: Option<String>,
    /// The form of what is printed
    #[arg(long, global = true, value_enum, default_value = "table")]
    output: Format,
}

/// One request.
pub(super) struct Ask {
    pub(super) method: Method,
    /// Such as `/users/ann`.
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

impl Ask {
    pub(super) fn get(path: String) -> Ask {
        Ask { method: Method::GET, path, body: None }
    }

    pub(super) fn post(path: String, body: Value) -> Ask {
        Ask { method: Method::POST, path, body: Some(body) }
    }

    pub(super) fn delete(path: String) -> Ask {
        Ask { method: Method::DELETE, path, body: None }
    }
}

impl Common {
    /// Asks, and prints the things that the answer holds under `list`.
    pub(super) fn print(
        &self,
        ask: &Ask,
        list: &str,
        head: &'static [&'static str],
        row: impl Fn(&Value) -> Vec<String>,
    ) -> Result<(), Failure> {
        let answer = self.ask(ask)?;
        let things = answer[list].as_array().cloned().unwrap_or_default();
        let rows = things.iter().map(row).collect();
        Rows { head, rows }.print(self.output, &Value::from(things));
        Ok(())
    }

    /// Asks, and prints one thing.
    pub(super) fn print_one(
        &self,
        ask: &Ask,
        head: &'static [&'static str],
        row: impl Fn(&Value) -> Vec<String>,
    ) -> Result<(), Failure> {
        let answer = self.ask(ask)?;
        Rows { head, rows: vec![row(&answer)] }.print(self.output, &answer);
        Ok(())
    }

    fn ask(&self, ask: &Ask) -> Result<Value, Failure> {
        let client = Client::new(&self.connection)?;
        let account = self.account.as_ref().map(|id| format!("/accounts/{}", encoded(id)));
        let path = format!("/_cairn{}{}", account.unwrap_or_default(), ask.path);
        let body = ask.body.as_ref().map(Value::to_string).unwrap_or_default();
        let call = client.call(ask.method.clone(), &path, &[], Bytes::from(body));
        Ok(client_runtime()?.block_on(call)?)
    }
}

/// A name as a part of a path.
pub(super) fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

/// A policy document: the text of a file, or of standard input for `-`.
pub(super) fn document(path: &Path) -> Result<String, Failure> {
    let read = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(path),
    };
    read.map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))
}

/// `key=value`, as tags and condition keys are given.
pub(super) fn pairs(texts: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Failure::Usage(format!("{text:?} is not of the form KEY=VALUE"))),
    };
    texts.iter().map(pair).collect()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

/// The names that a holder of policies has: those of attached ones, then those of its own.
pub(super) fn policies(holder: &Value) -> String {
    let attached = holder["attached"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let attached = attached.map(|arn| arn.rsplit('/').next().unwrap_or_default().to_owned());
    let inline = holder["inline"].as_object().into_iter().flat_map(|inline| inline.keys().cloned());
    attached.chain(inline).collect::<Vec<String>>().join(", ")
}

/// A list of texts in one cell.
pub(super) fn joined(list: &Value) -> String {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.collect::<Vec<&str>>().join(", ")
}

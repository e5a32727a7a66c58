//! Export requests as JSON: one or more behind one another, as collectors write them to files.

use super::Log;
use crate::walk::{Around, Found, Walk, checked, member};
use crate::{Refusal, original};
use serde_json::Value;
use std::ops::ControlFlow;
use std::rc::Rc;

const LISTS: &[&str] = &["resourceLogs", "scopeLogs", "logRecords"];

/// Hands on each log record until `take` breaks.
pub(crate) fn each_in_json(text: &str, take: &mut dyn FnMut(Result<Log, Refusal>) -> ControlFlow<()>) {
    let mut context = Context::default();
    Walk::new(LISTS).walk(text, &mut |found, around| {
        let log = match (found, around.last().map(|around| around.list)) {
            (Found::Refused(refusal), _) => Err(refusal),
            (Found::Event(text), Some("logRecords")) => context.log(text, around),
            // Requests, resources and scopes may be without logs.
            (Found::Event(_), Some(_)) | (Found::Event("{}"), None) => return ControlFlow::Continue(()),
            (Found::Event(_), None) => Err(Refusal::Not("an export request of OpenTelemetry's logs service")),
        };
        take(log)
    });
}

/// The resource and scope of the log records that are handed on just now: read once for all of theirs.
#[derive(Default)]
struct Context {
    resource: Part,
    scope: Part,
}

/// A part of an object that logs are in.
#[derive(Default)]
struct Part {
    /// How much text there is from the object's start on, which tells it from others.
    at: Option<usize>,
    value: Option<Result<Rc<Value>, Refusal>>,
}

impl Context {
    fn log(&mut self, text: &str, around: &[Around<'_>]) -> Result<Log, Refusal> {
        Ok(Log {
            resource: self.resource.of(around, "scopeLogs", "resource")?,
            scope: self.scope.of(around, "logRecords", "scope")?,
            record: original::parse(text)?,
        })
    }
}

impl Part {
    /// The member `name` of the object around `list`; null if it has none.
    fn of(&mut self, around: &[Around<'_>], list: &str, name: &str) -> Result<Rc<Value>, Refusal> {
        let holder = around.iter().find(|around| around.list == list).map(|around| around.text);
        let at = holder.map(str::len);
        if let (true, Some(value)) = (self.at == at, &self.value) {
            return value.clone();
        }
        let value = match holder.and_then(|holder| member(holder, name)) {
            Some(text) => checked(text).and_then(original::parse).map(Rc::new),
            None => Ok(Rc::new(Value::Null)),
        };
        self.at = at;
        self.value = Some(value.clone());
        value
    }
}

//! An API by its OpenAPI document.

mod names;
mod operation;
mod read;
mod servers;

use crate::caller::{ApiCaller, CallerRule};
use crate::document::{self, DocumentError, Node};
use crate::jwt::Jwks;
use crate::matched::{Category, Kind, Matched};
use crate::parameters::{self, Body, Secrets};
use crate::resource::Resource;
use crate::router::{Found, Router};
use crate::schema::Schemas;
use http::{HeaderMap, Method};
use operation::{Operation, Responses};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// An API of one's own.
#[derive(Debug)]
pub struct Api {
    event_source: Arc<str>,
    category: Category,
    operations: Vec<Operation>,
    router: Router,
    schemas: Schemas,
    callers: Vec<CallerRule>,
    /// Query parameters that carry keys, by name in lower case.
    secret_query: HashSet<String>,
}

impl Api {
    /// Reads an OpenAPI document of version 3, JSON or YAML; `name` is what faults call it, such as its path.
    pub fn parse(text: &str, name: &str) -> Result<Api, DocumentError> {
        let read = |text| {
            let root = document::load(text)?;
            read::api(&Node::root(&root))
        };
        read(text).map_err(|fault| fault.named(name, text))
    }

    /// An API without a document: every call is recorded by method and path.
    pub fn undocumented(event_source: &str) -> Api {
        Api {
            event_source: event_source.into(),
            category: Category::Management,
            operations: Vec::new(),
            router: Router::default(),
            schemas: Schemas::default(),
            callers: vec![CallerRule::bearer_subject()],
            secret_query: HashSet::new(),
        }
    }

    /// The same API with another event source, whatever its document says.
    #[must_use]
    pub fn with_event_source(mut self, event_source: &str) -> Api {
        self.event_source = event_source.into();
        for operation in &mut self.operations {
            operation.event_source = Arc::clone(&self.event_source);
        }
        self
    }

    /// The same API with other rules for who calls, whatever its document says.
    #[must_use]
    pub fn with_callers(mut self, callers: Vec<CallerRule>) -> Api {
        self.callers = callers;
        self
    }

    /// The event source of calls that the document says nothing else of.
    pub fn event_source(&self) -> &str {
        &self.event_source
    }

    /// How many operations the document names.
    pub fn operations(&self) -> usize {
        self.operations.len()
    }

    /// The operation of a request, by its method and its path as it was sent, without the query. What the
    /// document does not know is recognized by method and path.
    pub fn recognize(&self, method: &Method, path: &str) -> Matched {
        let Some(Found { operation: id, labels }) = self.router.find(method, path) else {
            return self.unknown(method, path);
        };
        let operation = &self.operations[id];
        Matched {
            event_source: Arc::clone(&operation.event_source),
            event_name: Arc::clone(&operation.event_name),
            read_only: operation.read_only,
            category: operation.category,
            records_response: operation.responses.is_some(),
            labels: operation.labels.iter().cloned().zip(labels).collect(),
            kind: Kind::Documented(id),
        }
    }

    /// `requestParameters`: `{"path": {label: text}, "query": {name: text or [text]}, "body": JSON}` of what was sent and
    /// is no secret; `{"method", "url", "query"}` of an unknown operation, whose body may hold anything; null if
    /// there is nothing.
    pub fn parameters(&self, matched: &Matched, query: Option<&str>, body: Body<'_>) -> Value {
        let nothing = Secrets::default();
        let secrets = self.operation(matched).map_or(&nothing, |operation| &operation.secrets);
        self.told(matched, query, body, secrets, |name| self.is_secret(secrets, name))
    }

    /// [`Api::parameters`] with all that is secret, for looking whether it is told elsewhere. Not to be recorded.
    pub fn sent(&self, matched: &Matched, query: Option<&str>, body: Body<'_>) -> Value {
        self.told(matched, query, body, &Secrets::default(), |_| false)
    }

    fn told(
        &self,
        matched: &Matched,
        query: Option<&str>,
        body: Body<'_>,
        secrets: &Secrets,
        is_secret_in_query: impl Fn(&str) -> bool,
    ) -> Value {
        let mut members = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            value.map(|value| members.insert(name.to_owned(), value));
        };
        if let Kind::Undocumented { method, path } = &matched.kind {
            add("method", Some(Value::from(method.as_str())));
            add("url", Some(Value::from(path.as_str())));
        }
        add("path", parameters::labels(&matched.labels, secrets));
        add("query", parameters::query(query.unwrap_or_default(), is_secret_in_query));
        if let Kind::Documented(_) = matched.kind {
            add("body", parameters::body(body, secrets, &self.schemas));
        }
        if members.is_empty() { Value::Null } else { Value::Object(members) }
    }

    /// The resources that a call touched, by what [`Api::parameters`] found; those that it says too little of are
    /// left out.
    pub fn resources(&self, matched: &Matched, parameters: &Value) -> Vec<Resource> {
        let templates = self.operation(matched).map_or(&[][..], |operation| &operation.resources);
        templates.iter().filter_map(|template| template.resource(parameters)).collect()
    }

    /// `responseElements`, if the operation has its answers recorded: the body of an answer that tells of no error, if it is
    /// JSON and small enough, without what is secret. A body that is no object is `{"body": ...}`.
    pub fn response(&self, matched: &Matched, body: Body<'_>) -> Option<Value> {
        let Responses(secrets) = self.operation(matched)?.responses.as_ref()?;
        let shown = parameters::body(body, secrets, &self.schemas)?;
        Some(if shown.is_object() { shown } else { json!({ "body": shown }) })
    }

    /// Who called, by the first rule that finds somebody; `now` in seconds since 1970.
    pub fn caller(&self, headers: &HeaderMap, jwks: Option<&Jwks>, now: i64) -> Option<ApiCaller> {
        self.callers.iter().find_map(|rule| rule.caller(headers, jwks, now))
    }

    fn operation(&self, matched: &Matched) -> Option<&Operation> {
        match matched.kind {
            Kind::Documented(id) => self.operations.get(id),
            Kind::Grpc | Kind::Undocumented { .. } => None,
        }
    }

    fn is_secret(&self, secrets: &Secrets, name: &str) -> bool {
        let stem = parameters::stem(name);
        let is_named = |names: &HashSet<String>| names.contains(name) || names.contains(stem);
        secrets.all || is_named(&secrets.query) || is_named(&self.secret_query)
    }

    fn unknown(&self, method: &Method, path: &str) -> Matched {
        let path = self.shown_path(path);
        Matched {
            event_source: Arc::clone(&self.event_source),
            event_name: names::of_unknown(method, path).into(),
            read_only: method.is_safe(),
            category: self.category,
            records_response: false,
            labels: Vec::new(),
            kind: Kind::Undocumented { method: method.to_string(), path: path.to_owned() },
        }
    }

    /// The path itself, or its template if that has a secret label, known by another method.
    fn shown_path<'p>(&'p self, path: &'p str) -> &'p str {
        let known = self.router.find_any(path).map(|found| &self.operations[found.operation]);
        let secret = known.filter(|known| known.secrets.all || !known.secrets.labels.is_empty());
        secret.map_or(path, |known| &known.path)
    }
}

#[cfg(test)]
mod tests;

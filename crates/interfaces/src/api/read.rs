//! From a document to an API.

use super::operation::{self, Operation, Place};
use super::{Api, names, servers};
use crate::caller::CallerRule;
use crate::document::{self, Fault, Node, Problem};
use crate::matched::Category;
use crate::router::{Router, Template};
use crate::schema::Reader;
use http::Method;
use std::collections::HashSet;
use std::sync::Arc;

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// What operations have of what stands above them, unless they say otherwise.
#[derive(Clone)]
pub(super) struct Inherited {
    pub(super) event_source: Arc<str>,
    pub(super) category: Category,
    pub(super) records_response: bool,
}

impl Inherited {
    /// With what a node says.
    pub(super) fn refined(&self, node: &Node<'_>) -> Result<Inherited, Fault> {
        let event_source = node.text_of("x-cairn-source")?.map(Arc::from);
        let category = node.get("x-cairn-category").map(|node| category(&node)).transpose()?;
        let records_response = node.get("x-cairn-record-response").map(|node| node.flag()).transpose()?;
        Ok(Inherited {
            event_source: event_source.unwrap_or_else(|| Arc::clone(&self.event_source)),
            category: category.unwrap_or(self.category),
            records_response: records_response.unwrap_or(self.records_response),
        })
    }
}

/// Reads a whole document.
pub(super) fn api(root: &Node<'_>) -> Result<Api, Fault> {
    let version = root.text_of("openapi").ok().flatten().unwrap_or_default();
    if !["3.0", "3.1", "3.2"].iter().any(|known| version.starts_with(known)) {
        return Err(root.fault(Problem::NotOpenApi));
    }
    document::check_extensions(root)?;
    let unnamed = Inherited {
        event_source: source(root)?.into(),
        category: Category::Management,
        records_response: false,
    };
    let inherited = unnamed.refined(root)?;
    let mut paths = Paths {
        bases: servers::bases(root, &[String::new()])?,
        ids: HashSet::new(),
        operations: Vec::new(),
        router: Router::default(),
        schemas: Reader::default(),
    };
    for (path, item) in root.get("paths").iter().flat_map(Node::members) {
        if path.starts_with('/') {
            paths.add_item(path, &item, &inherited)?;
        }
    }
    Ok(Api {
        event_source: inherited.event_source,
        category: inherited.category,
        operations: paths.operations,
        router: paths.router,
        schemas: paths.schemas.finish(),
        callers: callers(root)?,
        secret_query: secret_query(root)?,
    })
}

/// The paths that were read so far.
struct Paths<'d> {
    bases: Vec<String>,
    ids: HashSet<&'d str>,
    operations: Vec<Operation>,
    router: Router,
    schemas: Reader<'d>,
}

impl<'d> Paths<'d> {
    fn add_item(&mut self, path: &'d str, item: &Node<'d>, inherited: &Inherited) -> Result<(), Fault> {
        let item = item.resolved()?;
        let inherited = inherited.refined(&item)?;
        let bases = servers::bases(&item, &self.bases)?;
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            operation.map()?;
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("letters make a method");
            self.add_operation(path, &method, &item, &operation, &inherited, &bases)?;
        }
        Ok(())
    }

    fn add_operation(
        &mut self,
        path: &'d str,
        method: &Method,
        item: &Node<'d>,
        operation: &Node<'d>,
        inherited: &Inherited,
        bases: &[String],
    ) -> Result<(), Fault> {
        if let Some(id) = operation.text_of("operationId")?
            && !self.ids.insert(id)
        {
            return Err(operation.fault(Problem::DuplicateOperation(id.to_owned())));
        }
        let parse = |text: &str| Template::parse(text).map_err(|why| operation.fault(Problem::Template(why)));
        for base in servers::bases(operation, bases)? {
            let template = parse(&format!("{base}{path}"))?;
            let place = Place { method, path, template: &template, item, operation, inherited };
            let read = operation::read(&place, &mut self.schemas)?;
            if !self.router.insert(method.clone(), &template, self.operations.len()) {
                return Err(operation.fault(Problem::DuplicatePath));
            }
            self.operations.push(read);
        }
        Ok(())
    }
}

/// The event source if the document names none: by its first server's host, else by its title.
fn source(root: &Node<'_>) -> Result<String, Fault> {
    if let Some(source) = servers::first_host(root)?.as_deref().and_then(names::source_of_host) {
        return Ok(source);
    }
    let title = root.get("info").and_then(|info| info.get("title"));
    let source = title.as_ref().and_then(|title| names::source_of_title(title.value.as_str()?));
    source.ok_or_else(|| root.expected("x-cairn-source, or a title to make an event source of"))
}

fn category(node: &Node<'_>) -> Result<Category, Fault> {
    match node.text()?.to_lowercase().as_str() {
        "management" => Ok(Category::Management),
        "data" => Ok(Category::Data),
        _ => Err(node.expected("management or data")),
    }
}

fn callers(root: &Node<'_>) -> Result<Vec<CallerRule>, Fault> {
    let Some(node) = root.get("x-cairn-caller") else { return Ok(vec![CallerRule::bearer_subject()]) };
    let rule = |node: Node<'_>| {
        let what = "{header, name} or {claim, name, token, issuer, audience}";
        serde_json::from_value(node.value.clone()).map_err(|_| node.expected(what))
    };
    node.one_or_more().into_iter().map(rule).collect()
}

/// API keys that are sent in the query.
fn secret_query(root: &Node<'_>) -> Result<HashSet<String>, Fault> {
    let schemes = root.get("components").and_then(|components| components.get("securitySchemes"));
    let mut names = HashSet::new();
    for (_, scheme) in schemes.iter().flat_map(Node::members) {
        let scheme = scheme.resolved()?;
        if scheme.value.get("in").is_some_and(|place| place == "query") {
            names.extend(scheme.text_of("name")?.map(str::to_lowercase));
        }
    }
    Ok(names)
}

//! One operation of a document.

use super::names;
use super::read::Inherited;
use crate::document::{Fault, Node, Problem};
use crate::matched::Category;
use crate::parameters::Secrets;
use crate::resource::ResourceTemplate;
use crate::router::Template;
use crate::schema::{self, Reader};
use http::Method;
use std::sync::Arc;

/// What is known of an operation before it is called.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) event_source: Arc<str>,
    pub(crate) event_name: Arc<str>,
    pub(crate) read_only: bool,
    pub(crate) category: Category,
    /// The template of its path, server's part included.
    pub(crate) path: Box<str>,
    /// The labels of its path, in their order.
    pub(crate) labels: Vec<Arc<str>>,
    pub(crate) secrets: Secrets,
    pub(crate) resources: Vec<ResourceTemplate>,
    /// What of its answers is recorded, if they are.
    pub(crate) responses: Option<Responses>,
}

/// What an operation's answers keep to themselves.
#[derive(Debug)]
pub(crate) struct Responses(pub(crate) Secrets);

/// An operation and all that stands around it.
pub(super) struct Place<'p, 'd> {
    pub(super) method: &'p Method,
    pub(super) path: &'d str,
    pub(super) template: &'p Template,
    pub(super) item: &'p Node<'d>,
    pub(super) operation: &'p Node<'d>,
    pub(super) inherited: &'p Inherited,
}

/// Reads an operation.
pub(super) fn read<'d>(place: &Place<'_, 'd>, schemas: &mut Reader<'d>) -> Result<Operation, Fault> {
    let Place { method, path, template, item, operation, inherited } = place;
    let inherited = inherited.refined(operation)?;
    let id = operation.text_of("operationId")?;
    let read_only = operation.get("x-cairn-read-only").or_else(|| item.get("x-cairn-read-only"));
    Ok(Operation {
        event_source: inherited.event_source,
        event_name: id.map_or_else(|| names::of_operation(method, path), str::to_owned).into(),
        read_only: read_only.map_or(Ok(method.is_safe()), |node| node.flag())?,
        category: inherited.category,
        path: template.text().into(),
        labels: template.labels().iter().map(|label| label.as_str().into()).collect(),
        secrets: secrets(place, schemas)?,
        resources: resources(place)?,
        responses: inherited.records_response.then(|| responses(place, schemas)).transpose()?,
    })
}

fn resources(place: &Place<'_, '_>) -> Result<Vec<ResourceTemplate>, Fault> {
    let key = "x-cairn-resource";
    let Some(node) = place.operation.get(key).or_else(|| place.item.get(key)) else { return Ok(Vec::new()) };
    let resources = node.one_or_more().into_iter();
    resources.map(|resource| ResourceTemplate::read(&resource, place.template.labels())).collect()
}

fn secrets<'d>(place: &Place<'_, 'd>, schemas: &mut Reader<'d>) -> Result<Secrets, Fault> {
    let hides_all = |node: &Node<'_>| node.flag_of("x-cairn-hide");
    let mut secrets =
        Secrets { all: hides_all(place.item)? || hides_all(place.operation)?, ..Secrets::default() };
    for node in [place.item, place.operation] {
        for parameter in node.get("parameters").iter().flat_map(Node::elements) {
            add_parameter(&parameter.resolved()?, &mut secrets, schemas)?;
        }
    }
    if let Some(body) = place.operation.get("requestBody") {
        add_body(&body.resolved()?, &mut secrets, schemas)?;
    }
    Ok(secrets)
}

/// All responses count for each answer: which of them it is, its status does not always tell.
fn responses<'d>(place: &Place<'_, 'd>, schemas: &mut Reader<'d>) -> Result<Responses, Fault> {
    let hides_all = |node: &Node<'_>| node.flag_of("x-cairn-hide");
    let mut secrets =
        Secrets { all: hides_all(place.item)? || hides_all(place.operation)?, ..Secrets::default() };
    for (_, response) in place.operation.get("responses").iter().flat_map(Node::members) {
        add_body(&response.resolved()?, &mut secrets, schemas)?;
    }
    Ok(Responses(secrets))
}

/// What stands in the body of a request or of a response.
fn add_body<'d>(body: &Node<'d>, secrets: &mut Secrets, schemas: &mut Reader<'d>) -> Result<(), Fault> {
    secrets.body |= schema::is_hidden(body)?;
    for (_, media) in body.get("content").iter().flat_map(Node::members) {
        secrets.body |= media.flag_of("x-cairn-hide")?;
        if let Some(schema) = media.get("schema") {
            secrets.schemas.push(schemas.read(&schema)?);
        }
    }
    Ok(())
}

/// A parameter of which some part is secret is hidden as a whole, because there are many ways to write its parts.
fn add_parameter<'d>(
    parameter: &Node<'d>,
    secrets: &mut Secrets,
    schemas: &mut Reader<'d>,
) -> Result<(), Fault> {
    let expected = || parameter.fault(Problem::Expected("a parameter with name and in"));
    let name = parameter.text_of("name")?.ok_or_else(expected)?;
    let place = parameter.text_of("in")?.ok_or_else(expected)?;
    let mut is_secret = schema::is_hidden(parameter)?;
    let contents = parameter.get("content");
    let contents = contents.iter().flat_map(Node::members).filter_map(|(_, media)| media.get("schema"));
    let mut members = Vec::new();
    for schema in parameter.get("schema").into_iter().chain(contents) {
        let schema = schemas.read(&schema)?;
        is_secret |= schemas.schemas().hides(schema);
        members.extend(schemas.schemas().hidden_members(schema));
    }
    match place {
        "path" if is_secret => drop(secrets.labels.insert(name.trim_end_matches('+').to_owned())),
        // The members of an object may stand beside each other, under their own names.
        "query" if is_secret => secrets.query.extend(members.into_iter().chain([name.to_lowercase()])),
        "path" | "query" | "querystring" | "header" | "cookie" => {}
        _ => return Err(expected()),
    }
    secrets.all |= place == "querystring" && is_secret;
    Ok(())
}

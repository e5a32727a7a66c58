//! Bodies in XML: answers of the query protocol and of EC2, bodies of rest-xml.

use super::scalar::scalar;
use super::{DEPTH_MAX, Members};
use cairn_operations::{Kind, Location, Member, Shape};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// An element, its names without their namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Namespace declarations too: CloudTrail shows S3's.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Bytes are not XML, or nested as no body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotXml;

impl Element {
    /// Reads the one element of a document.
    pub(crate) fn read(document: &[u8]) -> Result<Element, NotXml> {
        let text = std::str::from_utf8(document).map_err(|_| NotXml)?;
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::default()];
        loop {
            let is_deep = open.len() > DEPTH_MAX;
            let top = open.last_mut().ok_or(NotXml)?;
            match reader.read_event().map_err(|_| NotXml)? {
                Event::Start(start) if !is_deep => open.push(Element::opened(&start)?),
                Event::Start(_) => return Err(NotXml),
                Event::Empty(start) => top.children.push(Element::opened(&start)?),
                Event::Text(text) => top.text.push_str(&text.decode().map_err(|_| NotXml)?),
                Event::CData(text) => top.text.push_str(&text.decode().map_err(|_| NotXml)?),
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(|_| NotXml)? {
                        Some(character) => character,
                        None => named_character(&reference.decode().map_err(|_| NotXml)?)?,
                    };
                    top.text.push(resolved);
                }
                Event::End(_) => {
                    let closed = open.pop().ok_or(NotXml)?;
                    open.last_mut().ok_or(NotXml)?.children.push(closed);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        let [mut document] = <[Element; 1]>::try_from(open).map_err(|_| NotXml)?;
        document.children.pop().ok_or(NotXml)
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    fn opened(start: &BytesStart<'_>) -> Result<Element, NotXml> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| NotXml)?;
            let value = std::str::from_utf8(&attribute.value).map_err(|_| NotXml)?;
            let value = quick_xml::escape::unescape(value).map_err(|_| NotXml)?.into_owned();
            attributes.push((text(attribute.key.as_ref())?, value));
        }
        let name = text(start.local_name().as_ref())?;
        Ok(Element { name, attributes, ..Element::default() })
    }
}

fn text(bytes: &[u8]) -> Result<String, NotXml> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| NotXml)
}

fn named_character(name: &str) -> Result<char, NotXml> {
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(NotXml),
    }
}

/// The members that an element gives to a structure; those that lie in the body, that is.
pub(super) fn members(shape: Shape, element: &Element) -> Members {
    let in_body = shape.members().filter(|member| member.location() == Location::Body);
    in_body.filter_map(|member| Some((member, value(member, element)?))).collect()
}

/// What an element says of a structure, by the wire names of its members.
pub(super) fn structure(shape: Shape, element: &Element) -> Value {
    let named = |(member, value): (Member, Value)| (member.wire_name().to_owned(), value);
    Value::Object(members(shape, element).into_iter().map(named).collect())
}

/// What a parent says of its member, if anything.
fn value(member: Member, parent: &Element) -> Option<Value> {
    let name = member.wire_name();
    if member.is_attribute() {
        // `xsi:type` is told by its local part.
        let local = |key: &str| key.rsplit(':').next() == name.rsplit(':').next();
        let (_, value) = parent.attributes.iter().find(|(key, _)| local(key))?;
        return Some(Value::from(value.as_str()));
    }
    match member.shape().kind() {
        Kind::List if member.is_flattened() => flat_list(member, parent),
        Kind::Map if member.is_flattened() => {
            let entries: Vec<&Element> = parent.children.iter().filter(|child| child.name == name).collect();
            (!entries.is_empty()).then(|| map(member.shape(), &entries))
        }
        _ => Some(element_value(member.shape(), parent.child(name)?)),
    }
}

fn element_value(shape: Shape, element: &Element) -> Value {
    match shape.kind() {
        Kind::Structure | Kind::Union => structure(shape, element),
        Kind::List => {
            let Some(inner) = shape.element() else { return Value::Null };
            element.children.iter().map(|child| element_value(inner.shape(), child)).collect()
        }
        Kind::Map => map(shape, &element.children.iter().collect::<Vec<_>>()),
        Kind::Blob => Value::Null,
        _ => scalar(shape, &element.text),
    }
}

/// A flattened list's elements have its element's name if that has one, else the list's own.
fn flat_list(member: Member, parent: &Element) -> Option<Value> {
    let element = member.shape().element()?;
    let is_named = element.wire_name() != "member";
    let name = if is_named { element.wire_name() } else { member.wire_name() };
    let has_name = |child: &&Element| child.name == name || child.name == member.wire_name();
    let elements: Vec<Value> =
        parent.children.iter().filter(has_name).map(|child| element_value(element.shape(), child)).collect();
    (!elements.is_empty()).then_some(Value::Array(elements))
}

fn map(shape: Shape, entries: &[&Element]) -> Value {
    let (Some(key), Some(value)) = (shape.key(), shape.value()) else { return Value::Null };
    let entry = |entry: &&Element| {
        let name = entry.child(key.wire_name())?.text.clone();
        Some((name, element_value(value.shape(), entry.child(value.wire_name())?)))
    };
    Value::Object(entries.iter().filter_map(entry).collect::<Map<String, Value>>())
}

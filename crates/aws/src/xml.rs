//! The XML of answers, as a tree. Answers are small: a list of a thousand keys at most.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements within elements that any answer has.
const DEPTH_MAX: usize = 16;

/// An element. Attributes and namespaces mean nothing in these answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

/// Bytes are not well-formed XML, or nested as no answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotXml;

impl Element {
    /// Reads the one element of a document.
    pub(crate) fn read(document: &[u8]) -> Result<Element, NotXml> {
        let text = std::str::from_utf8(document).map_err(|_| NotXml)?;
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::default()];
        loop {
            let is_deep = open.len() >= DEPTH_MAX;
            let top = open.last_mut().ok_or(NotXml)?;
            match reader.read_event().map_err(|_| NotXml)? {
                Event::Start(start) if !is_deep => open.push(named(start.local_name().as_ref())?),
                Event::Start(_) => return Err(NotXml),
                Event::Empty(start) => top.children.push(named(start.local_name().as_ref())?),
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

    /// Its name without a namespace.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its own text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text of the first child of this name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text)
    }
}

fn named(name: &[u8]) -> Result<Element, NotXml> {
    let name = std::str::from_utf8(name).map_err(|_| NotXml)?.to_owned();
    Ok(Element { name, ..Element::default() })
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

#[cfg(test)]
mod tests;

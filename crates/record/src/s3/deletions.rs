//! Which objects a call of DeleteObjects is to delete.

use crate::decode::xml::Element;

/// An object that DeleteObjects names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The object's.
    pub key: String,
    /// If one version alone is to go.
    pub version_id: Option<String>,
}

/// What is said of an object. Source: Amazon S3 API Reference, "ObjectIdentifier".
const MEMBERS: [&str; 5] = ["ETag", "Key", "LastModifiedTime", "Size", "VersionId"];

/// The most objects that one call names, as in S3, and the longest body that could name them, in bytes.
const OBJECTS_MAX: usize = 1000;
const BODY_BYTES_MAX: usize = 8 << 20;

/// The objects that a body of DeleteObjects names. `None` if not everybody would read the same in it: whoever acts on it
/// might delete another object than the one that was judged.
pub fn deletions(body: &[u8]) -> Option<Vec<Deletion>> {
    if body.len() > BODY_BYTES_MAX {
        return None;
    }
    let root = Element::read(body).ok().filter(|root| root.name == "Delete")?;
    let (objects, others): (Vec<_>, Vec<_>) = root.children.iter().partition(|child| child.name == "Object");
    if !(1..=OBJECTS_MAX).contains(&objects.len()) || others.iter().any(|other| other.name != "Quiet") {
        return None;
    }
    objects.into_iter().map(deletion).collect()
}

fn deletion(object: &Element) -> Option<Deletion> {
    if object.children.iter().any(|child| !MEMBERS.contains(&child.name.as_str())) {
        return None;
    }
    let (key, version_id) = (text(object, "Key")?, text(object, "VersionId")?);
    let version_id = Some(version_id.to_owned()).filter(|id| !id.is_empty());
    (!key.is_empty()).then(|| Deletion { key: key.to_owned(), version_id })
}

/// The text of the one child of this name, empty if there is none. White space at its ends is stripped by some who read
/// XML, and a line's end becomes another.
fn text<'a>(object: &'a Element, name: &str) -> Option<&'a str> {
    let mut named = object.children.iter().filter(|child| child.name == name);
    let is_plain = |child: &Element| {
        child.children.is_empty() && child.text.trim() == child.text && !child.text.contains('\r')
    };
    match (named.next(), named.next()) {
        (None, _) => Some(""),
        (Some(child), None) if is_plain(child) => Some(&child.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

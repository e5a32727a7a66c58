//! Extensions that nothing would read are refused: a misspelt `x-cairn-hide` would put a secret on the record.

use super::{Fault, Node, Problem};

const PREFIX: &str = "x-cairn-";
const KNOWN: &str =
    "x-cairn-source, -category, -read-only, -resource, -record-response, -caller and -hide are known";
const AT_ROOT: &str = "it belongs to the root of the document";
const AT_OPERATIONS: &str = "it belongs to an operation or a path";
const ABOVE_SCHEMAS: &str = "it belongs to an operation, a path or the root of the document";
const BELOW_ROOT: &str = "it belongs to an operation, a parameter, a request body, a response or a schema";

/// Looks at every key of the document.
pub(crate) fn check(node: &Node<'_>) -> Result<(), Fault> {
    let depth = node.pointer.split('/').count() - 1;
    let within_paths = node.pointer.starts_with("/paths/");
    let within_items = node.pointer.starts_with("/components/pathItems/");
    let place = match depth {
        0 => Place::Root,
        2 | 3 if within_paths => Place::Operation,
        3 | 4 if within_items => Place::Operation,
        _ => Place::Below,
    };
    for (key, member) in node.members() {
        if key.starts_with(PREFIX)
            && let Some(hint) = misplaced(key, place)
        {
            return Err(member.fault(Problem::UnknownExtension { key: key.to_owned(), hint }));
        }
        check(&member)?;
    }
    node.elements().try_for_each(|element| check(&element))
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// A path item or an operation.
    Operation,
    Below,
}

/// Why a key is not read at that place, if it is not.
fn misplaced(key: &str, place: Place) -> Option<&'static str> {
    match key {
        "x-cairn-caller" => (place != Place::Root).then_some(AT_ROOT),
        "x-cairn-source" | "x-cairn-category" | "x-cairn-record-response" => {
            (place == Place::Below).then_some(ABOVE_SCHEMAS)
        }
        "x-cairn-read-only" | "x-cairn-resource" => (place != Place::Operation).then_some(AT_OPERATIONS),
        "x-cairn-hide" => (place == Place::Root).then_some(BELOW_ROOT),
        _ => Some(KNOWN),
    }
}

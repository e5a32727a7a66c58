//! From method and path to an operation.
//!
//! A trie of path segments. Where a literal and a label both fit, the literal is tried first and the label
//! if nothing follows from it: "concrete definitions are matched before their templated counterparts"
//! (OpenAPI 3.1.1, section 4.8.8.2). A node has one depth, so a look-up sees each node at most once.

mod template;

pub(crate) use template::{Piece, Segment, Template};

use http::Method;
use std::collections::HashMap;

/// The trie; ids of operations are the caller's.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Branch,
}

#[derive(Debug, Default)]
struct Branch {
    literals: HashMap<String, Branch>,
    /// Segments that hold labels beside letters, such as `{name}.json`; most letters first.
    mixed: Vec<(Vec<Piece>, Branch)>,
    label: Option<Box<Branch>>,
    /// Operations that end here.
    operations: Operations,
    /// Operations whose last label takes the rest of the path.
    rest: Operations,
}

type Operations = Vec<(Method, usize)>;

/// Which of the operations of a path is wanted.
type Pick<'p> = &'p dyn Fn(&Operations) -> Option<usize>;

/// An operation, and what its labels stand for, decoded, in the template's order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) operation: usize,
    pub(crate) labels: Vec<String>,
}

impl Router {
    /// Adds an operation; false if there is one with this method and path.
    pub(crate) fn insert(&mut self, method: Method, template: &Template, operation: usize) -> bool {
        let mut branch = &mut self.root;
        for segment in template.segments() {
            branch = match segment {
                Segment::Literal(literal) => branch.literals.entry(literal.clone()).or_default(),
                Segment::Label => branch.label.get_or_insert_default(),
                Segment::Mixed(pieces) => branch.mixed(pieces),
                Segment::Rest => return add(&mut branch.rest, method, operation),
            };
        }
        add(&mut branch.operations, method, operation)
    }

    /// Finds the operation of a path, as it was sent. A slash at the end counts only if a template has it.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<Found> {
        self.find_with(&|operations| operation_of(operations, method), path)
    }

    /// Finds some operation of a path, whatever its method is.
    pub(crate) fn find_any(&self, path: &str) -> Option<Found> {
        self.find_with(&|operations| operations.first().map(|(_, id)| *id), path)
    }

    fn find_with(&self, pick: Pick<'_>, path: &str) -> Option<Found> {
        let segments: Vec<String> = path.strip_prefix('/')?.split('/').map(decoded).collect();
        let without_slash = || match segments.split_last() {
            Some((last, others)) if last.is_empty() && !others.is_empty() => self.search(pick, others),
            _ => None,
        };
        self.search(pick, &segments).or_else(without_slash)
    }

    fn search(&self, pick: Pick<'_>, segments: &[String]) -> Option<Found> {
        let mut labels = Vec::new();
        let operation = self.root.find(pick, segments, &mut labels)?;
        Some(Found { operation, labels })
    }
}

impl Branch {
    fn mixed(&mut self, pieces: &[Piece]) -> &mut Branch {
        let at = self.mixed.iter().position(|(known, _)| *known == pieces).unwrap_or_else(|| {
            let letters = template::letters(pieces);
            let at = self.mixed.partition_point(|(known, _)| template::letters(known) >= letters);
            self.mixed.insert(at, (pieces.to_vec(), Branch::default()));
            at
        });
        &mut self.mixed[at].1
    }

    fn find(&self, pick: Pick<'_>, segments: &[String], labels: &mut Vec<String>) -> Option<usize> {
        let before = labels.len();
        let Some((segment, others)) = segments.split_first() else {
            return pick(&self.operations);
        };
        if let Some(branch) = self.literals.get(segment)
            && let Some(found) = branch.find(pick, others, labels)
        {
            return Some(found);
        }
        for (pieces, branch) in &self.mixed {
            if template::fits(pieces, segment, labels)
                && let Some(found) = branch.find(pick, others, labels)
            {
                return Some(found);
            }
            labels.truncate(before);
        }
        if let Some(branch) = &self.label
            && !segment.is_empty()
        {
            labels.push(segment.clone());
            if let Some(found) = branch.find(pick, others, labels) {
                return Some(found);
            }
            labels.truncate(before);
        }
        let found = pick(&self.rest)?;
        labels.push(segments.join("/"));
        Some(found)
    }
}

fn add(operations: &mut Operations, method: Method, operation: usize) -> bool {
    let is_new = operations.iter().all(|(known, _)| *known != method);
    if is_new {
        operations.push((method, operation));
    }
    is_new
}

/// What answers HEAD is what answers GET, unless the document says more (RFC 9110, section 9.3.2).
fn operation_of(operations: &Operations, method: &Method) -> Option<usize> {
    let of = |method: &Method| operations.iter().find(|(known, _)| known == method).map(|(_, id)| *id);
    of(method).or_else(|| if method == Method::HEAD { of(&Method::GET) } else { None })
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;

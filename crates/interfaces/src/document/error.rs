//! What is wrong with a document, and where.

use std::fmt;

/// Why a document is not taken: `billing.yaml:12: /paths/~1orders/get: ...`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}{}{}: {problem}", Line(*line), Pointer(pointer))]
pub struct DocumentError {
    /// What the caller of [`Api::parse`](crate::Api::parse) named the document.
    pub name: String,
    /// The line, from 1, if it was found.
    pub line: Option<usize>,
    /// JSON pointer to the faulty member (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than [`DOCUMENT_BYTES_MAX`](crate::DOCUMENT_BYTES_MAX).
    #[error("the document is longer than 10 MiB")]
    TooLong,
    /// Not well-formed YAML.
    #[error("not YAML: {0}")]
    NotYaml(String),
    /// Begins with a brace and is not well-formed JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Lists and maps nest too deep.
    #[error("nested deeper than 100")]
    TooDeep,
    /// Aliases make much of little.
    #[error("aliases blow the document up beyond 1,000,000 values or 64 MiB")]
    TooManyAliases,
    /// More servers, variables and paths than can be told apart.
    #[error("more than {max} {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// A map has a key twice.
    #[error("duplicate key {0:?}")]
    DuplicateKey(String),
    /// Another version, or no OpenAPI document at all.
    #[error("not an OpenAPI 3 document: `openapi: 3.0.x`, `3.1.x` or `3.2.x` is expected")]
    NotOpenApi,
    /// A member is missing, or is of another kind.
    #[error("{0} is expected")]
    Expected(&'static str),
    /// A reference to another file or to an anchor.
    #[error("the reference {0:?} leads out of the document: bundle it into one file first")]
    ExternalReference(String),
    /// A reference to nothing.
    #[error("the reference {0:?} leads nowhere")]
    UnknownReference(String),
    /// References that lead in a circle.
    #[error("the reference {0:?} leads in a circle")]
    CircularReference(String),
    /// Two operations have one id.
    #[error("another operation has the id {0:?} already")]
    DuplicateOperation(String),
    /// Two operations have one method and path.
    #[error("another operation has this method and path already")]
    DuplicatePath,
    /// A path template that is none.
    #[error("not a path template: {0}")]
    Template(&'static str),
    /// An ARN template names something that the operation does not have.
    #[error(
        "the template names {0:?}; a path parameter, `query.<name>` or `request.body.<member>` is expected"
    )]
    UnknownLabel(String),
    /// An extension that nothing reads: more likely a slip of the pen than a wish.
    #[error("{key:?} is not known here{}", Hint(hint))]
    UnknownExtension {
        /// The key.
        key: String,
        /// Where it would be known, or what is known here.
        hint: &'static str,
    },
}

/// What is wrong and where, before the document's name is known.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: Option<usize>,
    pub(crate) pointer: String,
    pub(crate) problem: Problem,
}

impl Fault {
    pub(crate) fn at_root(problem: Problem) -> Fault {
        Fault { line: None, pointer: String::new(), problem }
    }

    /// Names the document, and finds the line if it is not known yet.
    pub(crate) fn named(self, name: &str, text: &str) -> DocumentError {
        let Fault { line, pointer, problem } = self;
        let line = line.or_else(|| super::lines::line_of(text, &pointer));
        DocumentError { name: name.to_owned(), line, pointer, problem }
    }
}

struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(out, ":{line}"))
    }
}

struct Pointer<'p>(&'p str);

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(out, ": {}", self.0) }
    }
}

struct Hint(&'static str);

impl fmt::Display for Hint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(out, ": {}", self.0) }
    }
}

//! What is wrong with a template, and where.

use std::fmt;

/// A place in a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Mark {
    /// The beginning of a text.
    pub const START: Mark = Mark { line: 1, column: 1 };

    pub(crate) fn fault(self, problem: Problem) -> Fault {
        Fault { mark: self, problem }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.line, self.column)
    }
}

/// Why a template is not taken, behind the name of its file: `12:5: ...`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{mark}: {problem}")]
pub struct Fault {
    /// Where.
    pub mark: Mark,
    /// What.
    pub problem: Problem,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than a template may be.
    #[error("the template is longer than 1 MiB")]
    TooLong,
    /// Lists and maps nest too deep.
    #[error("nested deeper than {}", crate::document::DEPTH_MAX)]
    TooDeep,
    /// Neither well-formed YAML nor JSON.
    #[error("{0}")]
    Syntax(String),
    /// CloudFormation knows neither aliases nor merge keys.
    #[error("aliases and merge keys are not for templates")]
    Alias,
    /// A map has a key twice.
    #[error("duplicate key {0:?}")]
    DuplicateKey(String),
    /// A key that nothing reads.
    #[error("{key:?} is not known here; {known} would be")]
    UnknownKey {
        /// The key.
        key: String,
        /// Those that are.
        known: String,
    },
    /// A part of CloudFormation that Cairn has not.
    #[error("Cairn does not know {0}")]
    Unsupported(String),
    /// A value of another kind.
    #[error("{0} is expected")]
    Expected(&'static str),
    /// A member that has to be there.
    #[error("{0} is missing")]
    Missing(String),
    /// Names of parameters, conditions and resources are letters and digits.
    #[error("{0:?} is not a name: letters and digits are, 255 at most")]
    Name(String),
    /// A type of resource that Cairn has not.
    #[error("Cairn does not make {0:?}; it makes {types}", types = crate::kind::type_names())]
    UnknownType(String),
    /// A property that the type has not.
    #[error("{type_name} has no property {property:?}; it has {known}")]
    UnknownProperty {
        /// The type.
        type_name: &'static str,
        /// The property.
        property: String,
        /// Those that it has.
        known: String,
    },
    /// A reference to nothing.
    #[error("there is no parameter or resource {0:?}")]
    UnknownReference(String),
    /// An attribute that the type has not.
    #[error("{type_name} has no attribute {attribute:?}; it has {known}")]
    UnknownAttribute {
        /// The type.
        type_name: &'static str,
        /// The attribute.
        attribute: String,
        /// Those that it has.
        known: String,
    },
    /// A resource that is not made is referred to.
    #[error("{0} is not made, because its condition does not hold")]
    NotMade(String),
    /// A condition that is not declared.
    #[error("there is no condition {0:?}")]
    UnknownCondition(String),
    /// A mapping that has not got it.
    #[error("the mappings have no {0}")]
    UnknownMapping(String),
    /// An element beyond the end of its list.
    #[error("there is no element {index} in a list of {length}")]
    NoElement {
        /// From 0.
        index: usize,
        /// How many there are.
        length: usize,
    },
    /// Conditions, parameters and mappings come before any resource.
    #[error("conditions cannot refer to resources")]
    ResourceInCondition,
    /// Resources or conditions that wait for one another.
    #[error("{0} depend on one another")]
    Cycle(String),
    /// A parameter of which nobody said the value.
    #[error("the parameter {0} has no default: give it with --parameter {0}=VALUE")]
    NoValue(String),
    /// A parameter whose value is not allowed.
    #[error("the parameter {name}: {why}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What is wrong with its value, without the value.
        why: String,
    },
    /// A parameter that the template has not, was given.
    #[error("the template has no parameter {0:?}")]
    UnknownParameter(String),
    /// Two resources of a template are one.
    #[error("{0} and {1} are the same resource")]
    Twice(String, String),
    /// Another stack's resource.
    #[error("{id} belongs to the stack {stack}")]
    OtherStack {
        /// The resource.
        id: String,
        /// Whose it is.
        stack: String,
    },
    /// What can only be replaced, but has a name of its own that the new one would have too.
    #[error(
        "a new {property} takes a new {id}, which would have the same name: give it another name as well"
    )]
    NamedReplacement {
        /// What cannot be changed.
        property: String,
        /// Which resource.
        id: String,
    },
    /// A property that stays once it is set.
    #[error("{0} cannot be taken away any more")]
    Stays(&'static str),
    /// A resource that is protected from being deleted.
    #[error(
        "{0} is protected from termination: set TerminationProtectionEnabled to false and apply that first"
    )]
    Protected(String),
}

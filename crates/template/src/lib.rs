//! CloudFormation's templates for CloudTrail's resources: what they ask for, what of it is there, what has to be called.
//!
//! [`Template::parse`] reads a template, [`Template::settle`] its parameters and conditions, [`Settled::wanted`] one
//! resource after the other. [`questions`] asks what is there, [`Present::of`] reads the answers, [`decide`] and
//! [`leftovers`] plan, [`act`] names the calls. [`export()`] goes the other way.
//!
//! Pure: no IO, no clock, no randomness. Every fault names line and column.

pub mod act;
mod conditions;
mod document;
mod evaluate;
mod export;
mod fault;
mod kind;
mod kinds;
mod name;
mod order;
mod plan;
mod present;
mod properties;
mod property;
mod scope;
mod settled;
mod stack;
mod template;

pub use export::{export, yaml};
pub use fault::{Fault, Mark, Problem};
pub use kind::Kind;
pub use kinds::{Call, Question};
pub use plan::{Action, Leftovers, decide, leftovers, refuse_protected, shown};
pub use present::{Directory, Present, made, questions};
pub use properties::{Change, Properties};
pub use scope::{Attributes, Environment, Known};
pub use settled::{Settled, Wanted};
pub use stack::{Owned, Stacks};
pub use template::Template;

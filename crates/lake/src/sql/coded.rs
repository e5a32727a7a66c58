//! Columns of few different texts, read as what they are in files: a dictionary, and a number for each row.
//!
//! What a statement computes of such a column alone, a comparison, a LIKE, a JSON value, is computed once for each text of a
//! dictionary and not for each row, and rows are grouped by numbers. The engine's own scan would make a text for each row first.
//! `place` finds where in a plan that can be done; what is computed stays the same.

mod aggregate;
mod expression;
mod groups;
mod place;
mod reading;
mod scan;

pub(super) use aggregate::CodedAggregate;
pub(super) use place::Coded;

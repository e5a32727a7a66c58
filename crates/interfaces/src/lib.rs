//! APIs of one's own, by their OpenAPI document or as gRPC: what was called, on what, with what, by whom.
//!
//! [`Api::parse`] reads a document once; [`Api::recognize`] finds the operation of a request by method and
//! path, [`Api::parameters`] what of it is recorded, [`Api::resources`] what it touched, [`Api::response`] what of its
//! answer is recorded, [`Api::caller`] who sent it, and [`failure`] or [`grpc::failure`] how it failed. gRPC needs no
//! document: [`grpc::recognize`].
//!
//! Pure: no IO, no clock. Whatever clients send is recognized somehow, never refused, in linear time.

mod api;
mod caller;
mod document;
mod failed;
pub mod grpc;
mod jwt;
mod matched;
mod parameters;
mod resource;
mod router;
mod schema;

pub use api::Api;
pub use caller::{ApiCaller, CallerRule, Verification};
pub use document::{DOCUMENT_BYTES_MAX, DocumentError, Problem};
pub use failed::{Failure, failure};
pub use jwt::{Jwks, JwksError, TokenFault};
pub use matched::{Category, Matched};
pub use parameters::{Body, HIDDEN};
pub use resource::Resource;

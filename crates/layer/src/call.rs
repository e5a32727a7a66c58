//! What a request asks for, and what came of it.

use http::request::Parts;
use serde::Serialize;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};

/// What a request asks for: the part of an event that only the service knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `eventSource`, if it is another than the recorder's.
    pub event_source: Option<String>,
    /// `eventName`.
    pub event_name: String,
    /// `readOnly`.
    pub read_only: bool,
    /// `eventCategory`.
    pub category: Category,
    /// Who calls.
    pub caller: Caller,
    /// `sourceIPAddress`.
    pub source_ip: Option<IpAddr>,
    /// `requestParameters`; secrets must not be in it. What is longer than 100 KiB is left out.
    pub parameters: Option<Value>,
    /// `resources`.
    pub resources: Vec<Resource>,
}

impl Call {
    /// A call of which nothing is known but the request's head: named by method and path, read-only if the method
    /// is, from the address that an extension of the type [`SocketAddr`] or [`IpAddr`] tells.
    pub fn of(request: &Parts) -> Call {
        let peer = request.extensions.get::<SocketAddr>().map(SocketAddr::ip);
        Call {
            event_source: None,
            event_name: format!("{} {}", request.method, request.uri.path()),
            read_only: request.method.is_safe(),
            category: Category::Management,
            caller: Caller::Anonymous,
            source_ip: peer.or_else(|| request.extensions.get::<IpAddr>().copied()),
            parameters: None,
            resources: Vec::new(),
        }
    }

    /// The same call under another event name.
    #[must_use]
    pub fn named(mut self, event_name: impl Into<String>) -> Call {
        self.event_name = event_name.into();
        self
    }

    /// The same call by another caller.
    #[must_use]
    pub fn by(mut self, caller: Caller) -> Call {
        self.caller = caller;
        self
    }

    /// The same call with parameters.
    #[must_use]
    pub fn with(mut self, parameters: Value) -> Call {
        self.parameters = Some(parameters);
        self
    }

    /// The same call, touching one resource more.
    #[must_use]
    pub fn on(mut self, resource_type: impl Into<String>, arn: impl Into<String>) -> Call {
        self.resources.push(Resource { resource_type: resource_type.into(), arn: arn.into() });
        self
    }
}

/// What a handler knows beyond the request, put into the extensions of its response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// Who called, if the handler found out.
    pub caller: Option<Caller>,
    /// `requestParameters`, instead of what the call said.
    pub parameters: Option<Value>,
    /// `responseElements`; not recorded of a call that failed.
    pub response: Option<Value>,
    /// Further resources.
    pub resources: Vec<Resource>,
    /// How the call failed, if the status does not say it well enough.
    pub failure: Option<Failure>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody that is known.
    Anonymous,
    /// Somebody who was authenticated: `WebIdentityUser`.
    User {
        /// `principalId`: what never changes, such as a token's subject.
        principal_id: String,
        /// `userName`.
        user_name: Option<String>,
        /// `identityProvider`: who vouches for the caller, such as a token's issuer.
        identity_provider: Option<String>,
    },
    /// Another service: `AWSService`.
    Service {
        /// `invokedBy`.
        name: String,
    },
}

impl Caller {
    /// A user of that id, and nothing else known.
    pub fn user(principal_id: impl Into<String>) -> Caller {
        Caller::User { principal_id: principal_id.into(), user_name: None, identity_provider: None }
    }
}

/// `eventCategory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Category {
    /// The control plane.
    #[default]
    Management,
    /// What users' data is read and written with.
    Data,
}

/// A resource that a call touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Such as `Example::Billing::Order`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
}

/// How a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `errorCode`.
    pub code: String,
    /// `errorMessage`.
    pub message: Option<String>,
}

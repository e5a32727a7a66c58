//! What a request was recognized as.

use std::sync::Arc;

/// The operation of a request. Owns what it says, so that it can outlive request and document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// `eventSource`, such as `billing.example.com`, or `billing.v1.Invoices` for gRPC.
    pub event_source: Arc<str>,
    /// `eventName`: the operation's id; of what no document names, method and path such as `GET /orders/17`,
    /// printable and at most 256 bytes long.
    pub event_name: Arc<str>,
    /// `readOnly`.
    pub read_only: bool,
    /// `eventCategory`.
    pub category: Category,
    /// Whether its answers are recorded.
    pub records_response: bool,
    /// The path's labels in their order, decoded: `{orderId}` of `/orders/{orderId}`.
    pub labels: Vec<(Arc<str>, String)>,
    pub(crate) kind: Kind,
}

/// How the operation was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By the document: its number there.
    Documented(usize),
    /// By the path of a gRPC call.
    Grpc,
    /// The document does not know it.
    Undocumented { method: String, path: String },
}

impl Matched {
    /// Whether a document names the operation, or its path is that of a gRPC call.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Undocumented { .. })
    }
}

/// `eventCategory` of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Category {
    /// The control plane; also `managementEvent: true`.
    #[default]
    Management,
    /// What users' data is read and written with.
    Data,
}

impl Category {
    /// As `eventCategory` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Category::Management => "Management",
            Category::Data => "Data",
        }
    }
}

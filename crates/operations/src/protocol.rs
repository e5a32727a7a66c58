//! How services speak.

use crate::Location;

/// How an operation's name, input and output lie in an HTTP exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// AWS JSON 1.0: `X-Amz-Target` and a JSON body.
    Json10,
    /// AWS JSON 1.1, which differs in its content type only.
    Json11,
    /// A form with `Action` and `Version`, answered in XML.
    Query,
    /// EC2's dialect of [`Protocol::Query`].
    Ec2,
    /// Method, path, query and headers, with JSON bodies.
    RestJson,
    /// Method, path, query and headers, with XML bodies.
    RestXml,
    /// `/service/<S>/operation/<O>` and a CBOR body.
    RpcV2Cbor,
}

impl Protocol {
    /// The protocols by the number that stands for them in the table.
    pub(crate) const BY_NUMBER: [Protocol; 7] = [
        Protocol::Json10,
        Protocol::Json11,
        Protocol::Query,
        Protocol::Ec2,
        Protocol::RestJson,
        Protocol::RestXml,
        Protocol::RpcV2Cbor,
    ];

    /// Whether `X-Amz-Target` names the operation.
    pub fn is_json(self) -> bool {
        matches!(self, Protocol::Json10 | Protocol::Json11)
    }

    /// Whether `Action` names the operation.
    pub fn is_query(self) -> bool {
        matches!(self, Protocol::Query | Protocol::Ec2)
    }

    /// Whether method and path name the operation.
    pub fn is_rest(self) -> bool {
        matches!(self, Protocol::RestJson | Protocol::RestXml)
    }
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampFormat {
    /// `2023-07-10T12:23:05Z`.
    Iso8601,
    /// Seconds since 1970, with or without a fraction.
    UnixSeconds,
    /// `Mon, 10 Jul 2023 12:23:05 GMT`.
    HttpDate,
}

impl TimestampFormat {
    /// How timestamps are written whose [`Kind::Timestamp`](crate::Kind::Timestamp) names no format.
    pub fn usual(protocol: Protocol, location: Location) -> TimestampFormat {
        match (location, protocol) {
            (Location::Header | Location::Headers, _) => TimestampFormat::HttpDate,
            (Location::Query | Location::QueryMap | Location::Path, _) => TimestampFormat::Iso8601,
            (_, Protocol::Query | Protocol::Ec2 | Protocol::RestXml) => TimestampFormat::Iso8601,
            (_, Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::RpcV2Cbor) => {
                TimestampFormat::UnixSeconds
            }
        }
    }
}

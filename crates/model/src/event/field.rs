//! The members of an event that are found without parsing again.

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    UserIdentity,
    SessionContext,
    SessionIssuer,
}

/// Span kinds beside [`Field`]: a top-level member that is not known takes two spans.
pub(super) const UNKNOWN_KEY: u8 = 254;
pub(super) const UNKNOWN_VALUE: u8 = 255;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $place:ident, $key:literal;)*) => {
        /// A member of an event that is found without parsing again. Numbers are part of the log's format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $name = $number,)* }

        impl Field {
            /// Every field.
            pub const ALL: &[Field] = &[$(Field::$name,)*];

            #[inline]
            pub(super) fn from_byte(byte: u8) -> Option<Field> {
                match byte { $($number => Some(Field::$name),)* _ => None }
            }

            const KEYS: [(Place, &str); Field::ALL.len()] = [$((Place::$place, $key),)*];

            /// The member's key.
            pub fn key(self) -> &'static str {
                match self { $(Field::$name => $key,)* }
            }

            /// Whether it is a member of the event itself, not of one of its objects.
            pub fn is_top_level(self) -> bool {
                match self { $(Field::$name => matches!(Place::$place, Place::Root),)* }
            }
        }
    };
}

/// Slots of the table below: a power of two, several times the number of fields.
const SLOTS: usize = 256;
/// In a slot: no field.
const NONE: u8 = u8::MAX;

/// For each slot the index in [`Field::ALL`] of a field whose key belongs there, or beyond it if slots before
/// were taken.
const TABLE: [u8; SLOTS] = {
    let mut table = [NONE; SLOTS];
    let mut index = 0;
    while index < Field::KEYS.len() {
        let (place, key) = Field::KEYS[index];
        let mut slot = slot_of(place, key.as_bytes());
        while table[slot] != NONE {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = index as u8;
        index += 1;
    }
    table
};

/// Where a key belongs, by some of its bytes.
const fn slot_of(place: Place, key: &[u8]) -> usize {
    if key.is_empty() {
        return 0;
    }
    let (first, middle, last) = (key[0], key[key.len() / 2], key[key.len() - 1]);
    let mixed = (key.len() * 37) ^ (first as usize * 5) ^ (middle as usize * 11) ^ (last as usize * 3);
    (mixed + place as usize * 71) % SLOTS
}

impl Field {
    /// The field that a member of `place` with this key is.
    pub(super) fn find(place: Place, key: &str) -> Option<Field> {
        let mut slot = slot_of(place, key.as_bytes());
        loop {
            let index = usize::from(TABLE[slot]);
            let (known_place, known_key) = Field::KEYS.get(index)?;
            if *known_place == place && *known_key == key {
                return Some(Field::ALL[index]);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

fields! {
    /// eventVersion
    EventVersion = 1, Root, "eventVersion";
    /// userIdentity, the whole object
    UserIdentity = 2, Root, "userIdentity";
    /// eventTime
    EventTime = 3, Root, "eventTime";
    /// eventSource
    EventSource = 4, Root, "eventSource";
    /// eventName
    EventName = 5, Root, "eventName";
    /// awsRegion
    AwsRegion = 6, Root, "awsRegion";
    /// sourceIPAddress
    SourceIpAddress = 7, Root, "sourceIPAddress";
    /// userAgent
    UserAgent = 8, Root, "userAgent";
    /// errorCode
    ErrorCode = 9, Root, "errorCode";
    /// errorMessage
    ErrorMessage = 10, Root, "errorMessage";
    /// requestParameters
    RequestParameters = 11, Root, "requestParameters";
    /// responseElements
    ResponseElements = 12, Root, "responseElements";
    /// additionalEventData
    AdditionalEventData = 13, Root, "additionalEventData";
    /// requestID
    RequestId = 14, Root, "requestID";
    /// eventID
    EventId = 15, Root, "eventID";
    /// readOnly
    ReadOnly = 16, Root, "readOnly";
    /// resources
    Resources = 17, Root, "resources";
    /// eventType
    EventType = 18, Root, "eventType";
    /// apiVersion
    ApiVersion = 19, Root, "apiVersion";
    /// managementEvent
    ManagementEvent = 20, Root, "managementEvent";
    /// recipientAccountId
    RecipientAccountId = 21, Root, "recipientAccountId";
    /// sharedEventID
    SharedEventId = 22, Root, "sharedEventID";
    /// vpcEndpointId
    VpcEndpointId = 23, Root, "vpcEndpointId";
    /// vpcEndpointAccountId
    VpcEndpointAccountId = 24, Root, "vpcEndpointAccountId";
    /// eventCategory
    EventCategory = 25, Root, "eventCategory";
    /// tlsDetails
    TlsDetails = 26, Root, "tlsDetails";
    /// sessionCredentialFromConsole
    SessionCredentialFromConsole = 27, Root, "sessionCredentialFromConsole";
    /// eventContext
    EventContext = 28, Root, "eventContext";
    /// serviceEventDetails
    ServiceEventDetails = 29, Root, "serviceEventDetails";
    /// insightDetails
    InsightDetails = 30, Root, "insightDetails";
    /// addendum
    Addendum = 31, Root, "addendum";
    /// edgeDeviceDetails
    EdgeDeviceDetails = 32, Root, "edgeDeviceDetails";
    /// annotation
    Annotation = 33, Root, "annotation";
    /// userIdentity.type
    UserType = 64, UserIdentity, "type";
    /// userIdentity.userName
    UserName = 65, UserIdentity, "userName";
    /// userIdentity.arn
    UserArn = 66, UserIdentity, "arn";
    /// userIdentity.principalId
    UserPrincipalId = 67, UserIdentity, "principalId";
    /// userIdentity.accountId
    UserAccountId = 68, UserIdentity, "accountId";
    /// userIdentity.accessKeyId
    UserAccessKeyId = 69, UserIdentity, "accessKeyId";
    /// userIdentity.invokedBy
    UserInvokedBy = 70, UserIdentity, "invokedBy";
    /// userIdentity.sessionContext, the whole object
    SessionContext = 71, UserIdentity, "sessionContext";
    /// userIdentity.sessionContext.sessionIssuer, the whole object
    SessionIssuer = 72, SessionContext, "sessionIssuer";
    /// userIdentity.sessionContext.sessionIssuer.arn
    SessionIssuerArn = 73, SessionIssuer, "arn";
    /// userIdentity.sessionContext.sessionIssuer.userName
    SessionIssuerUserName = 74, SessionIssuer, "userName";
    /// userIdentity.sessionContext.sessionIssuer.principalId
    SessionIssuerPrincipalId = 75, SessionIssuer, "principalId";
}

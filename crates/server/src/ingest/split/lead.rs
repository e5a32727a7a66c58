//! Whether an object is a record, or only the wrapping of a list of records.

use super::extent::{space, value_end};
use memchr::memchr2;

/// The members whose array holds the records: of CloudTrail's log files; of `aws cloudtrail lookup-events`;
/// of what CloudWatch Logs sends to subscribers; of `aws logs filter-log-events`.
const LISTS: [&[u8]; 4] = [b"Records", b"Events", b"logEvents", b"events"];

/// Members that only records and their envelopes have. Most begin with one, so that few objects are looked
/// at any further.
const OF_RECORDS: [&[u8]; 24] = [
    b"eventVersion",
    b"userIdentity",
    b"eventTime",
    b"eventSource",
    b"eventName",
    b"eventID",
    b"eventType",
    b"eventCategory",
    b"awsRegion",
    b"sourceIPAddress",
    b"userAgent",
    b"errorCode",
    b"errorMessage",
    b"requestParameters",
    b"responseElements",
    b"requestID",
    b"readOnly",
    b"resources",
    b"recipientAccountId",
    b"managementEvent",
    b"insightDetails",
    b"detail-type",
    b"detail",
    b"CloudTrailEvent",
];

/// What an object turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// It wraps a list, whose first element may stand at this place of the object.
    List(usize),
    /// It is a record, or nothing that is known.
    Record,
    /// More of it has to be seen.
    Unknown,
}

/// A member's key, and where its value begins.
pub(super) struct Member<'a> {
    pub(super) key: &'a [u8],
    pub(super) value: usize,
}

/// The member that begins at `bytes[at..]`, which is not white space. `Ok(None)` if more has to be seen.
pub(super) fn member(bytes: &[u8], at: usize) -> Result<Option<Member<'_>>, NoMember> {
    if bytes.get(at).is_some_and(|byte| *byte != b'"') {
        return Err(NoMember);
    }
    let Some(key_end) = bytes.get(at..).and_then(string_end).map(|length| at + length) else {
        return Ok(None);
    };
    let colon = key_end + space(&bytes[key_end..]);
    match bytes.get(colon) {
        None => return Ok(None),
        Some(b':') => {}
        Some(_) => return Err(NoMember),
    }
    let value = colon + 1 + space(&bytes[colon + 1..]);
    let key = &bytes[at + 1..key_end - 1];
    Ok((value < bytes.len()).then_some(Member { key, value }))
}

/// No member begins here.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoMember;

impl Member<'_> {
    /// Whether its array would hold records.
    pub(super) fn names_list(&self) -> bool {
        LISTS.contains(&self.key)
    }
}

/// Looks at an object from its `{` on.
pub(super) fn lead(bytes: &[u8]) -> Lead {
    let mut at = 1;
    loop {
        at += space(&bytes[at..]);
        let member = match member(bytes, at) {
            Ok(Some(member)) => member,
            Ok(None) => return Lead::Unknown,
            Err(NoMember) => return Lead::Record,
        };
        if member.names_list() && bytes[member.value] == b'[' {
            return Lead::List(member.value + 1);
        }
        if OF_RECORDS.contains(&member.key) {
            return Lead::Record;
        }
        let Some(end) = value_end(&bytes[member.value..]).map(|length| member.value + length) else {
            return Lead::Unknown;
        };
        at = end + space(&bytes[end..]);
        match bytes.get(at) {
            None => return Lead::Unknown,
            Some(b',') => at += 1,
            Some(_) => return Lead::Record,
        }
    }
}

/// The length of the string that `bytes` begin with, its quotes included.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

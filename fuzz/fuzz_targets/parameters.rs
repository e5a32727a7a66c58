//! Parameters of calls of Cairn's own API: JSON bodies, forms and query strings.
//!
//! The first byte is the operation's letter, the first line behind it the query string, what follows the body.
#![no_main]

use cairn_wire::generated::{
    CreateEventDataStoreRequest, CreateTrailRequest, LookupEventsRequest, PutAuditEventsRequest,
    PutEventSelectorsRequest,
};
use cairn_wire::query::Form;
use cairn_wire::{ApiError, Operation, input, input_with_query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((letter, text)) = data.split_first() else { return };
    let line = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let (query, body) = (&text[..line], text.get(line + 1..).unwrap_or_default());
    if let Ok(form) = Form::parse(query) {
        assert!(form.action() != Ok(""), "an action has a name");
    }
    let read = read(*letter, std::str::from_utf8(query).unwrap_or_default(), body);
    if let Err(error) = read {
        assert!(
            !error.code.status().is_server_error(),
            "whatever a client sends, it is not our fault: {error:?}"
        );
    }
});

fn read(letter: u8, query: &str, body: &[u8]) -> Result<(), ApiError> {
    match letter {
        b'a' => input::<LookupEventsRequest>(Operation::LookupEvents, body).map(drop),
        b'b' => input::<CreateTrailRequest>(Operation::CreateTrail, body).map(drop),
        b'c' => input::<PutEventSelectorsRequest>(Operation::PutEventSelectors, body).map(drop),
        b'd' => input::<CreateEventDataStoreRequest>(Operation::CreateEventDataStore, body).map(drop),
        _ => input_with_query::<PutAuditEventsRequest>(Operation::PutAuditEvents, query, body).map(drop),
    }
}

//! Events of other systems become records that the door lets in, or are refused one by one.
//!
//! The first byte is the format's number in `Format::ALL`, or anything else for OpenTelemetry's protobuf.
#![no_main]

use cairn_foreign::{Defaults, Encoding, Format, Outcome, otlp_records, records};
use cairn_fuzz::{admission, assert_admitted};
use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;

fuzz_target!(|data: &[u8]| {
    let Some((number, body)) = data.split_first() else { return };
    let defaults = Defaults { account: admission().account, region: "eu-central-1" };
    let mut expected = 1;
    let mut take = |number: u64, outcome: Outcome| {
        assert_eq!(number, expected, "events are counted");
        expected += 1;
        if let Outcome::Record(record) = outcome {
            assert_admitted(&record);
        }
        ControlFlow::Continue(())
    };
    let read = match Format::ALL.get(usize::from(number.wrapping_sub(b'0'))) {
        Some(format) => records(*format, body, &defaults, &mut take),
        None => otlp_records(Encoding::Protobuf, body, &defaults, &mut take),
    };
    assert!(read.is_ok() || std::str::from_utf8(body).is_err(), "all that is text can be read");
});

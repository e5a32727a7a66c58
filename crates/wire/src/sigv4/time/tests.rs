use super::*;
use proptest::prelude::*;

#[test]
fn what_is_no_time_in_the_basic_format_is_not_read() {
    for text in [
        "",
        "20261120T230000",
        "20261120T230000z",
        "20261120 230000Z",
        "2026112T0230000Z",
        "20261120T2300 0Z",
        "20261120T23000+Z",
        "20261320T230000Z",
        "20260229T230000Z",
        "20261120T240000Z",
        "20261120T236000Z",
        "20261120T230060Z",
        "20261120T230000Z ",
        "\u{664}261120T23000Z",
    ] {
        assert_eq!(parse_basic(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_time_is_written_as_jiff_writes_it_and_read_back(seconds in 0_i64..253_402_300_799) {
        let timestamp = Timestamp::from_second(seconds).unwrap();
        let text = basic(timestamp);
        prop_assert_eq!(&text, &timestamp.strftime("%Y%m%dT%H%M%SZ").to_string());
        prop_assert_eq!(date(timestamp), &text[..8]);
        prop_assert_eq!(parse_basic(&text), Some(timestamp));
    }
}

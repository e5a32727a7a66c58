use super::counted;

#[test]
fn one_of_a_thing_is_no_plural() {
    for (count, expected) in [(0, "0 log files"), (1, "1 log file"), (2, "2 log files")] {
        assert_eq!(counted(count, "log file"), expected);
    }
}

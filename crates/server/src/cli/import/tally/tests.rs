use super::{Files, Kind, Ranges, Tally, Totals};

fn ranges(all: &[[u64; 2]]) -> Ranges {
    let mut ranges = Ranges::default();
    all.iter().for_each(|range| ranges.add(*range));
    ranges
}

#[test]
fn ranges_are_joined_where_they_touch_or_overlap() {
    assert_eq!(ranges(&[[0, 8], [8, 16], [24, 32]]), Ranges(vec![[0, 16], [24, 32]]));
    let all = ranges(&[[40, 48], [0, 8], [16, 24], [4, 18], [16, 20]]);
    assert_eq!(all.joined(), [[0, 24], [40, 48]]);
    assert_eq!((all.end(), Ranges::default().end()), (48, 0));
}

#[test]
fn counts_add_up() {
    let files = Files { imported: [(Kind::CloudTrail, 2)].into(), digests: 3, ..Files::default() };
    let events = Tally { accepted: 10, refused: 4, future: 1, ranges: Ranges::default() };
    let totals = Totals { files: &files, events: &events, in_history: 7, seconds: 1.0 };
    let json = totals.json();
    let count = |name: &str| json["events"][name].as_u64().expect("a number");
    assert_eq!(count("read"), 14);
    assert_eq!(count("new") + count("duplicates") + count("refused") + count("future"), 14);
    assert_eq!(count("duplicates"), 2);
    assert_eq!(
        totals.line(),
        "2 files: 7 events imported, 4 refused, 2 duplicates, 1 of the future kept out of history; \
         0 files failed; 3 files passed: digests"
    );
}

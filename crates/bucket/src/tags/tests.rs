use super::{TagFault, checked};

fn check(pairs: &[(&str, &str)]) -> Result<usize, TagFault> {
    let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    checked(pairs, 3).map(|tags| tags.len())
}

#[test]
fn tags_are_taken_as_s3_takes_them() {
    assert_eq!(check(&[]), Ok(0));
    assert_eq!(check(&[("Größe x", "a+b@c=1"), ("k", "")]), Ok(2));
    assert_eq!(check(&[("", "v")]), Err(TagFault::Key));
    assert_eq!(check(&[("AWS:x", "v")]), Err(TagFault::Key));
    assert_eq!(check(&[("k<", "v")]), Err(TagFault::Key));
    assert_eq!(check(&[("é".repeat(128).as_str(), "v")]), Ok(1));
    assert_eq!(check(&[("k".repeat(129).as_str(), "v")]), Err(TagFault::Key));
    assert_eq!(check(&[("k", "v;")]), Err(TagFault::Value));
    assert_eq!(check(&[("k", "v".repeat(257).as_str())]), Err(TagFault::Value));
    assert_eq!(check(&[("k", "1"), ("k", "2")]), Err(TagFault::Twice));
    assert_eq!(check(&[("1", ""), ("2", ""), ("3", ""), ("4", "")]), Err(TagFault::TooMany(3)));
}

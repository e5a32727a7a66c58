use super::*;

#[test]
fn texts_come_back_as_they_went_in_whatever_their_size() {
    let mut texts = Texts::default();
    let wide = "w".repeat(SEGMENT_BYTES + 1);
    let half = "h".repeat(SEGMENT_BYTES / 2 + 1);
    let kept = ["", "a", wide.as_str(), half.as_str(), half.as_str(), "z"];
    let ids: Vec<TextId> = kept.iter().map(|text| texts.keep(text.as_bytes())).collect();
    for (text, id) in kept.iter().zip(ids) {
        assert_eq!(texts.get(id), text.as_bytes());
    }
    assert!(texts.bytes() > 2 * SEGMENT_BYTES);
}

use super::*;

fn kinds(text: &str) -> Vec<(Kind, &str)> {
    words(text).into_iter().map(|piece| (piece.kind, piece.text)).collect()
}

#[test]
fn pieces_put_together_are_the_text() {
    for text in [
        "",
        "SELECT 'it''s' AS \"a \"\"b\", $1 -- $2\nFROM x /* $3 */ WHERE y = 1.5e3;",
        "'open",
        "\"open",
        "/* open",
        "-- open",
        "$ $$ $9999999999999999999999 ü=ñ",
    ] {
        let joined: String = pieces(text).iter().map(|piece| piece.text).collect();
        assert_eq!(joined, text);
    }
}

#[test]
fn parameters_in_texts_and_comments_are_none() {
    let found = kinds("$1 '$2' \"$3\" -- $4\n$12");
    assert_eq!(
        found,
        [
            (Kind::Parameter(1), "$1"),
            (Kind::Text, "'$2'"),
            (Kind::Quoted, "\"$3\""),
            (Kind::Parameter(12), "$12")
        ]
    );
}

#[test]
fn values_lose_their_quotes() {
    let values: Vec<String> = words("'it''s' \"A\"\"b\" Word").iter().map(Piece::value).collect();
    assert_eq!(values, ["it's", "A\"b", "word"]);
}

#[test]
fn statements_are_parted_by_semicolons_outside_of_texts() {
    assert_eq!(statements("SELECT ';' ; ; SELECT 2 -- ;\n;"), ["SELECT ';' ", " SELECT 2 -- ;\n"]);
    assert_eq!(statements(" ; -- nothing"), Vec::<&str>::new());
}

//! The list of a SELECT.

use super::super::lexer::{Kind, Piece};

/// One thing that is selected.
#[derive(Clone, Debug)]
pub(super) struct Item<'t> {
    /// What its column is called.
    pub(super) name: String,
    /// Its words, without the name given to it.
    pub(super) words: Vec<Piece<'t>>,
}

/// The list of the first SELECT of a statement.
pub(super) fn of<'t>(words: &[Piece<'t>]) -> Vec<Item<'t>> {
    let (start, end) = list(words);
    let mut items = Vec::new();
    let (mut depth, mut begun) = (0, start);
    for at in start..end {
        depth += change(&words[at]);
        if depth == 0 && words[at].text == "," {
            items.push(item(&words[begun..at]));
            begun = at + 1;
        }
    }
    if begun < end {
        items.push(item(&words[begun..end]));
    }
    items
}

/// What stands behind the list, from FROM on.
pub(super) fn behind_list<'w, 't>(words: &'w [Piece<'t>]) -> &'w [Piece<'t>] {
    &words[list(words).1..]
}

fn list(words: &[Piece<'_>]) -> (usize, usize) {
    let start = words.iter().position(|piece| piece.is_word("select")).map_or(words.len(), |at| at + 1);
    let is_distinct = words.get(start).is_some_and(|piece| piece.is_word("distinct"));
    let start = start + usize::from(is_distinct);
    let mut depth = 0;
    let ends = ["from", "where", "union", "order", "limit"];
    let is_end = |piece: &Piece<'_>| ends.iter().any(|word| piece.is_word(word)) || piece.text == ";";
    for (at, piece) in words.iter().enumerate().skip(start) {
        depth += change(piece);
        if depth < 0 || (depth == 0 && is_end(piece)) {
            return (start, at);
        }
    }
    (start.min(words.len()), words.len())
}

fn change(piece: &Piece<'_>) -> i32 {
    match piece.text {
        "(" | "[" => 1,
        ")" | "]" => -1,
        _ => 0,
    }
}

fn item<'t>(words: &[Piece<'t>]) -> Item<'t> {
    if let [words @ .., r#as, name] = words
        && r#as.is_word("as")
    {
        return Item { name: name.value(), words: words.to_vec() };
    }
    // A name in quotes behind something else is its new name; behind a period it is its own.
    if let [words @ .., last, name] = words
        && name.kind == Kind::Quoted
        && last.text != "."
    {
        let words = words.iter().chain([last]).copied().collect();
        return Item { name: name.value(), words };
    }
    Item { name: name(words), words: words.to_vec() }
}

/// What PostgreSQL calls a column without a name of its own: the column or the function that it comes from.
fn name(words: &[Piece<'_>]) -> String {
    let cast = words.windows(2).position(|pair| pair[0].text == ":" && pair[1].text == ":");
    let words = &words[..cast.unwrap_or(words.len())];
    let open = words.iter().position(|piece| piece.text == "(").unwrap_or(words.len());
    let is_name = |piece: &&Piece<'_>| matches!(piece.kind, Kind::Word | Kind::Quoted);
    let name = words[..open].iter().rev().find(is_name);
    name.filter(|piece| !piece.is_word("end")).map_or_else(|| "?column?".to_owned(), Piece::value)
}

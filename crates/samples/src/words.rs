//! Words of texts, in the form in which they are compared.

/// Words that stand everywhere and tell nothing apart.
const EMPTY: [&str; 34] = [
    "a", "an", "and", "any", "are", "as", "at", "be", "by", "did", "do", "find", "for", "from", "get", "has",
    "have", "how", "i", "in", "is", "it", "me", "of", "on", "or", "show", "that", "the", "to", "was", "were",
    "which", "with",
];

/// The words of a text: letters and digits, in small letters, without their endings. Of a name such as `ConsoleLogin` both
/// the whole and its parts.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let runs = text.split(|character: char| !character.is_alphanumeric()).filter(|run| !run.is_empty());
    runs.flat_map(with_parts).map(|word| stem(&word.to_lowercase()).to_owned())
}

/// A run of letters and, if it has humps, what stands between them.
fn with_parts(run: &str) -> Vec<&str> {
    let mut parts = vec![run];
    let mut start = 0;
    let mut was_small = false;
    for (at, character) in run.char_indices() {
        if was_small && character.is_uppercase() {
            parts.push(&run[start..at]);
            start = at;
        }
        was_small = character.is_lowercase();
    }
    if start > 0 {
        parts.push(&run[start..]);
    }
    parts
}

/// Whether a word tells nothing.
pub(crate) fn is_empty(word: &str) -> bool {
    EMPTY.contains(&word)
}

/// A word without the endings that forms of it differ in: good enough for English, and never shorter than three letters.
fn stem(word: &str) -> &str {
    let word = if word.ends_with("ss") { word } else { cut(word, &["s"]) };
    let word = cut(word, &["ing", "ed", "ion"]);
    let word = cut(word, &["ie", "e", "y"]);
    without_double(word)
}

fn cut<'a>(word: &'a str, endings: &[&str]) -> &'a str {
    let cut = endings.iter().find_map(|ending| word.strip_suffix(ending));
    cut.filter(|stem| stem.chars().count() >= 3).unwrap_or(word)
}

/// `stopped` has one `p` more than `stop`.
fn without_double(word: &str) -> &str {
    let mut letters = word.char_indices().rev();
    match (letters.next(), letters.next()) {
        (Some((at, last)), Some((_, before))) if last == before && last.is_alphabetic() && at >= 3 => {
            &word[..at]
        }
        _ => word,
    }
}

#[cfg(test)]
mod tests;

//! From the model's names to Rust's.

/// `S3BucketName` -> `s3_bucket_name`, `TrailARN` -> `trail_arn`; a Rust keyword gets its `r#`.
pub(super) fn field(name: &str) -> String {
    let snake = words(name).join("_");
    match snake.as_str() {
        "type" => format!("r#{snake}"),
        _ => snake,
    }
}

/// `TrailNameList` -> `TRAIL_NAME_LIST`.
pub(super) fn constant(name: &str) -> String {
    words(name).join("_").to_uppercase()
}

/// The lower-case words of a camelCase name. A run of capitals is one word, up to the capital
/// that starts the next word.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        let previous = index.checked_sub(1).map(|before| characters[before]);
        let next = characters.get(index + 1);
        let starts = character.is_uppercase()
            && previous.is_none_or(|previous| {
                !previous.is_uppercase() || next.is_some_and(|next| next.is_lowercase())
            });
        match words.last_mut() {
            Some(word) if !starts => word.extend(character.to_lowercase()),
            _ => words.push(character.to_lowercase().collect()),
        }
    }
    words
}

#[cfg(test)]
mod tests;

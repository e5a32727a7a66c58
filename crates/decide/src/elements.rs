//! Walking the elements of JSON arrays in texts that the door has passed.

use cairn_model::json::value_end;

/// The elements of an array, each as its raw JSON, in their order; nothing if `raw` is not an array.
pub(crate) fn elements(raw: &str) -> impl Iterator<Item = &str> {
    let inner = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']')).unwrap_or("");
    let mut rest = inner;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']);
        let end = value_end(rest.as_bytes(), 0)?;
        let (element, after) = rest.split_at(end);
        rest = after;
        Some(element)
    })
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn elements_come_in_order_with_their_raw_text() {
        let all = |raw| elements(raw).collect::<Vec<_>>();
        assert_eq!(all("[]"), Vec::<&str>::new());
        assert_eq!(all("{}"), Vec::<&str>::new());
        assert_eq!(all("[ ]"), Vec::<&str>::new());
        assert_eq!(
            all(r#"[1 , "a,]", {"b":[2]} ,[3,4],null]"#),
            ["1", r#""a,]""#, r#"{"b":[2]}"#, "[3,4]", "null"]
        );
    }
}

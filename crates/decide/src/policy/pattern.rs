//! Patterns with `*` (any run of characters) and `?` (any one character).

/// Whether `text` has the form of `pattern`.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    matches(pattern.as_bytes(), text.as_bytes(), |a, b| a == b)
}

/// The same whatever the case of letters, as action names are compared.
pub(super) fn is_like_ignoring_case(pattern: &str, text: &str) -> bool {
    matches(pattern.as_bytes(), text.as_bytes(), |a, b| a.eq_ignore_ascii_case(&b))
}

/// Goes back to the latest star only, which is enough: what an earlier one would take more, the latest can take
/// as well. So the time is bounded by the product of the lengths.
fn matches(pattern: &[u8], text: &[u8], is_same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == b'?' || is_same(wanted, text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

//! Whether a call changes something, judged by its name where its source does not say.

/// Whether the last word group of a method's name starts with a verb that only reads: `storage.objects.get`,
/// `google.iam.admin.v1.ListRoles`, `GET`.
pub(crate) fn only_reads(method: &str) -> bool {
    const VERBS: [&str; 20] = [
        "get",
        "list",
        "describe",
        "head",
        "search",
        "lookup",
        "batchget",
        "query",
        "scan",
        "select",
        "read",
        "watch",
        "options",
        "aggregatedlist",
        "test",
        "check",
        "count",
        "view",
        "fetch",
        "download",
    ];
    let last = method.rsplit(['.', '/', ':', ' ']).next().unwrap_or(method);
    VERBS.iter().any(|verb| starts_with_word(last, verb))
}

/// `getIamPolicy` starts with the word `get`, `getaway` does not.
fn starts_with_word(name: &str, word: &str) -> bool {
    let Some((start, rest)) = name.split_at_checked(word.len()) else { return false };
    let is_all_capitals = start.bytes().all(|byte| byte.is_ascii_uppercase());
    let ends_word = match rest.chars().next() {
        None => true,
        Some(next) if is_all_capitals => !next.is_ascii_alphabetic(),
        Some(next) => !next.is_ascii_lowercase(),
    };
    start.eq_ignore_ascii_case(word) && ends_word
}

#[cfg(test)]
mod tests {
    use super::only_reads;

    #[test]
    fn verbs_are_told_by_whole_words() {
        for name in [
            "get",
            "GET",
            "storage.objects.list",
            "v1.ListRoles",
            "a.Service/GetThing",
            "testIamPermissions",
            "list_users",
        ] {
            assert!(only_reads(name), "{name}");
        }
        for name in ["", "getaway", "create", "GETAWAY", "objects.listen", "POST", "SetIamPolicy", "é"] {
            assert!(!only_reads(name), "{name}");
        }
    }
}

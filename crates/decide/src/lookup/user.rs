//! The `Username` of an event.

use cairn_model::json::{members, string};
use cairn_model::{Event, Field};
use std::borrow::Cow;

/// The user name that LookupEvents shows and finds: `root` for an account's root, the session's name for role
/// sessions and federated users, else `userIdentity.userName`; of what came through a channel, which LookupEvents does
/// not show, the `principalId` of who acted. `None` if there is none.
pub fn username<'a>(event: &Event<'a>) -> Option<Cow<'a, str>> {
    let name = match event.raw(Field::UserType) {
        Some("\"Root\"") => Some(Cow::Borrowed("root")),
        Some("\"AssumedRole\"" | "\"FederatedUser\"") => session_name(event),
        _ => None,
    };
    let name = name.or_else(|| event.string(Field::UserName)).or_else(|| principal_inside(event));
    name.filter(|name| !name.is_empty())
}

fn principal_inside<'a>(event: &Event<'a>) -> Option<Cow<'a, str>> {
    let member = |object, name: &str| members(object).find(|(key, _)| *key == name).map(|(_, raw)| raw);
    let identity = member(event.event_data()?, "\"userIdentity\"")?;
    string(member(identity, "\"principalId\"")?)
}

/// `arn:aws:sts::<account>:assumed-role/<role>/<session>`, or else `<role id>:<session>`.
fn session_name<'a>(event: &Event<'a>) -> Option<Cow<'a, str>> {
    let behind = |field, separator| {
        let text = event.string(field)?;
        let start = text.rfind(separator)? + 1;
        Some(tail(text, start)).filter(|tail| !tail.is_empty())
    };
    behind(Field::UserArn, '/').or_else(|| behind(Field::UserPrincipalId, ':'))
}

fn tail(text: Cow<'_, str>, start: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..]),
        Cow::Owned(mut text) => Cow::Owned(text.split_off(start)),
    }
}

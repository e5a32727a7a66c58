use super::Sessions;
use cairn_model::{Session, SessionHolder, Timestamp};
use std::sync::Arc;

fn session(key: &str, created: i64, expires: i64) -> Session {
    Session {
        access_key_id: key.to_owned(),
        account: "111122223333".parse().expect("12 digits"),
        holder: SessionHolder::User { user: Some("ann".to_owned()) },
        created: Timestamp::from_seconds(created),
        expires: Timestamp::from_seconds(expires),
        mfa: false,
        source_identity: None,
    }
}

fn take(sessions: &mut Sessions, new: Session) -> Vec<String> {
    let outgoing = sessions.outgoing(&new);
    outgoing.iter().for_each(|key| sessions.remove(key));
    sessions.put(Arc::new(new));
    outgoing
}

#[test]
fn what_has_expired_goes_when_another_comes() {
    let mut sessions = Sessions::of(vec![session("A", 0, 10), session("B", 0, 30)], 10);
    assert_eq!(take(&mut sessions, session("C", 9, 20)), Vec::<String>::new());
    assert_eq!(take(&mut sessions, session("D", 20, 40)), ["A", "C"]);
    assert!(sessions.get("A").is_none());
    assert_eq!(sessions.get("B").map(|session| session.expires), Some(Timestamp::from_seconds(30)));
}

#[test]
fn of_too_many_those_go_that_expire_first() {
    let mut sessions = Sessions::of(vec![session("A", 0, 300), session("B", 0, 200)], 2);
    assert_eq!(take(&mut sessions, session("C", 1, 100)), ["B"]);
    assert_eq!(take(&mut sessions, session("C", 2, 400)), Vec::<String>::new());
    assert_eq!(take(&mut sessions, session("D", 3, 50)), ["A"]);
    assert!(sessions.get("C").is_some() && sessions.get("D").is_some());
}

#![allow(clippy::unwrap_used, reason = "tests")]

use super::{
    AssumedRole, CallerIdentity, Credentials, Form, QueryCode, QueryError, assumed_role, caller_identity,
    error_response, session_token,
};

#[test]
fn forms_are_decoded() {
    let form =
        Form::parse(b"Action=GetCallerIdentity&Version=2011-06-15&a+b=%C3%A9%2B+&empty=&bare&").unwrap();
    assert_eq!(form.action(), Ok("GetCallerIdentity"));
    assert_eq!(form.get("a b"), Some("é+ "));
    assert_eq!((form.get("empty"), form.get("bare"), form.get("absent")), (Some(""), Some(""), None));
}

#[test]
fn forms_that_can_be_read_in_two_ways_are_refused() {
    let many = (0..1_001).map(|index| format!("p{index}=x")).collect::<Vec<_>>().join("&");
    for text in [&b"a=1&a=2"[..], b"a=1&%61=2", b"a=%ff", b"\xff=1", many.as_bytes()] {
        assert_eq!(Form::parse(text).unwrap_err().code, QueryCode::MalformedQueryString);
    }
}

#[test]
fn an_action_needs_a_name_and_the_right_version() {
    let action = |text: &str| Form::parse(text.as_bytes()).unwrap().action().map(str::to_owned);
    assert_eq!(action("").unwrap_err().code, QueryCode::MissingAction);
    assert_eq!(action("Action=").unwrap_err().code, QueryCode::MissingAction);
    assert_eq!(action("Action=X"), Ok("X".to_owned()));
    let error = action("Action=X&Version=2010-01-01").unwrap_err();
    assert_eq!(error, QueryError::unknown_action("X", "2010-01-01"));
}

#[test]
fn the_caller_is_told_who_it_is() {
    let caller = CallerIdentity {
        arn: "arn:aws:iam::123456789012:user/a&b".to_owned(),
        user_id: "AIDAEXAMPLE".to_owned(),
        account: "123456789012".to_owned(),
    };
    let response = caller_identity("id-1", &caller);
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/xml".parse().unwrap())
    );
    assert_eq!(response.headers()["x-amzn-requestid"], "id-1");
    insta::assert_snapshot!(String::from_utf8_lossy(response.body()), @r#"
    <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <GetCallerIdentityResult>
        <Arn>arn:aws:iam::123456789012:user/a&amp;b</Arn>
        <UserId>AIDAEXAMPLE</UserId>
        <Account>123456789012</Account>
      </GetCallerIdentityResult>
      <ResponseMetadata>
        <RequestId>id-1</RequestId>
      </ResponseMetadata>
    </GetCallerIdentityResponse>
    "#);
}

#[test]
fn credentials_are_handed_out() {
    let credentials = Credentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: "a+b/c==".to_owned(),
        expiration: "2026-03-01T08:04:11Z".to_owned(),
    };
    let user = AssumedRole {
        id: "AROAEXAMPLE:ci".to_owned(),
        arn: "arn:aws:sts::111122223333:assumed-role/r/ci".to_owned(),
        source_identity: Some("ann&co".to_owned()),
    };
    let text =
        |response: http::Response<bytes::Bytes>| String::from_utf8(response.into_body().to_vec()).unwrap();
    let assumed = text(assumed_role("id-1", &credentials, &user));
    for part in [
        "<AssumeRoleResult>\n    <Credentials>\n      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>",
        "<SessionToken>a+b/c==</SessionToken>\n      <Expiration>2026-03-01T08:04:11Z</Expiration>",
        "<AssumedRoleId>AROAEXAMPLE:ci</AssumedRoleId>",
        "<SourceIdentity>ann&amp;co</SourceIdentity>",
        "<RequestId>id-1</RequestId>",
    ] {
        assert!(assumed.contains(part), "{part}: {assumed}");
    }
    assert!(text(session_token("id-1", &credentials)).contains("<GetSessionTokenResult>\n    <Credentials>"));
}

#[test]
fn errors_say_whose_fault_it_is_and_carry_any_text() {
    let error = QueryError::new(QueryCode::InvalidAction, "a < \"b\" \u{1}\u{7}");
    let response = error_response("id-2", &error);
    assert_eq!(response.status(), 400);
    insta::assert_snapshot!(String::from_utf8_lossy(response.body()), @r#"
    <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <Error>
        <Type>Sender</Type>
        <Code>InvalidAction</Code>
        <Message>a &lt; &quot;b&quot; ��</Message>
      </Error>
      <RequestId>id-2</RequestId>
    </ErrorResponse>
    "#);
    let response = error_response("id-3", &QueryError::new(QueryCode::InternalFailure, "x"));
    assert_eq!(response.status(), 500);
    assert!(String::from_utf8_lossy(response.body()).contains("<Type>Receiver</Type>"));
}

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

// The example of RFC 7677, section 3.
const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                            p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

fn begin(client_first: &str, password: Option<&str>) -> Result<(Scram, String), ScramError> {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    Scram::begin(client_first, password, &salt, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
}

#[test]
fn the_example_of_the_standard_holds() {
    let (scram, first) = begin(CLIENT_FIRST, Some("pencil")).unwrap();
    assert_eq!(
        first,
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    );
    assert_eq!(scram.finish(CLIENT_FINAL).unwrap(), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

#[test]
fn another_password_or_none_is_refused() {
    for password in [Some("pencils"), Some(""), None] {
        let (scram, _) = begin(CLIENT_FIRST, password).unwrap();
        assert_eq!(scram.finish(CLIENT_FINAL), Err(ScramError::Wrong), "{password:?}");
    }
}

#[test]
fn nobody_gets_in_with_the_proof_of_an_empty_password_for_a_key_that_is_unknown() {
    let (empty, _) = begin(CLIENT_FIRST, Some("")).unwrap();
    let without_proof = CLIENT_FINAL.rsplit_once(",p=").unwrap().0;
    let messages = format!("{},{without_proof}", empty.messages);
    let key = sign(&empty.salted, b"Client Key");
    let signature = sign(digest::digest(&digest::SHA256, &key).as_ref(), messages.as_bytes());
    let proof: Vec<u8> = key.iter().zip(&signature).map(|(key, sign)| key ^ sign).collect();
    let last = format!("{without_proof},p={}", STANDARD.encode(proof));
    assert!(empty.finish(&last).is_ok());
    let (unknown, _) = begin(CLIENT_FIRST, None).unwrap();
    assert_eq!(unknown.finish(&last), Err(ScramError::Wrong));
}

#[test]
fn what_is_not_scram_is_refused() {
    for first in ["", "n", "n,,", "n,,n=user", "n,,n=user,r=", "x,,n=user,r=abc", "n,a=other,n=user,r=abc"] {
        assert_eq!(begin(first, None).err(), Some(ScramError::Malformed), "{first}");
    }
    assert_eq!(begin("p=tls-unique,,n=,r=abc", None).err(), Some(ScramError::ChannelBinding));
    let (scram, _) = begin(CLIENT_FIRST, Some("pencil")).unwrap();
    let other_nonce = CLIENT_FINAL.replace("k0,p", "k1,p");
    let other_header = CLIENT_FINAL.replace("c=biws", "c=eSws");
    for last in ["", "c=biws", "p=", &other_nonce, &other_header, "c=biws,r=x,p=!"] {
        assert_eq!(scram.finish(last), Err(ScramError::Malformed), "{last}");
    }
}

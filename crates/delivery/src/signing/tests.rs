#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Signer, new_signing_key};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use md5::{Digest, Md5};

#[test]
fn a_new_key_signs_what_its_pkcs1_public_key_verifies() {
    let key = new_signing_key().unwrap();
    let signer = Signer::open(&key.pkcs8, &key.fingerprint).unwrap();
    let signature = hex::decode(signer.sign("a\nb").unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.public_der);
    assert!(public.verify(b"a\nb", &signature).is_ok());
    assert!(public.verify(b"a\nc", &signature).is_err());
}

#[test]
fn the_public_key_is_270_bytes_of_pkcs1_and_the_fingerprint_its_md5() {
    let key = new_signing_key().unwrap();
    assert_eq!(key.public_der.len(), 270);
    assert_eq!(key.public_der[..9], [0x30, 0x82, 1, 0x0a, 2, 0x82, 1, 1, 0]);
    assert_eq!(key.fingerprint, format!("{:x}", Md5::digest(&key.public_der)));
}

#[test]
fn debug_output_shows_nothing_of_the_private_key() {
    let key = new_signing_key().unwrap();
    let shown = format!("{key:?}");
    assert_eq!(shown, format!("NewSigningKey {{ fingerprint: {:?}, .. }}", key.fingerprint));
}

#[test]
fn bytes_that_are_no_key_are_refused() {
    assert!(Signer::open(b"nothing", "f").is_err());
}

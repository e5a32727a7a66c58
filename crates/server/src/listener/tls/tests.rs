#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Tls, TlsError, TlsFiles};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use std::sync::Arc;

struct Pair {
    folder: tempfile::TempDir,
    files: TlsFiles,
}

impl Pair {
    fn new() -> Pair {
        let folder = tempfile::tempdir().unwrap();
        let files =
            TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        let pair = Pair { folder, files };
        pair.write(&made());
        pair
    }

    fn write(&self, made: &CertifiedKey<KeyPair>) {
        std::fs::write(&self.files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&self.files.key, made.signing_key.serialize_pem()).unwrap();
    }

    fn load(&self) -> Result<Tls, TlsError> {
        // Another test may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Tls::load(self.files.clone())
    }

    fn refused(&self) -> String {
        self.load().err().unwrap().to_string()
    }
}

fn made() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

#[test]
fn what_cannot_be_used_is_refused_by_the_name_of_its_file() {
    let pair = Pair::new();
    pair.load().unwrap();
    std::fs::write(&pair.files.certificate, "no certificate").unwrap();
    assert!(pair.refused().contains("cert.pem holds no certificate"));
    std::fs::write(&pair.files.certificate, "-----BEGIN CERTIFICATE-----\n!\n").unwrap();
    assert!(pair.refused().contains("cert.pem is not a PEM file"));
    pair.write(&made());
    std::fs::write(&pair.files.key, "").unwrap();
    assert!(pair.refused().contains("key.pem holds no private key"));
    std::fs::write(&pair.files.key, made().signing_key.serialize_pem()).unwrap();
    assert!(pair.refused().contains("cannot be used"), "a key of another certificate");
    std::fs::remove_file(&pair.files.key).unwrap();
    assert!(pair.refused().contains("key.pem: "));
    drop(pair.folder);
}

#[test]
fn a_new_pair_is_taken_on_and_a_bad_one_is_not() {
    let pair = Pair::new();
    let tls = pair.load().unwrap();
    let current = || Arc::clone(&tls.current.read().unwrap());
    let at_start = current();
    let mut tried = tls.look(Some(tls.loaded));
    assert!(Arc::ptr_eq(&current(), &at_start), "nothing has changed");

    std::fs::write(&pair.files.certificate, made().cert.pem()).unwrap();
    tried = tls.look(tried);
    assert!(Arc::ptr_eq(&current(), &at_start), "half of a new pair");
    std::fs::remove_file(&pair.files.key).unwrap();
    tried = tls.look(tried);
    assert!(Arc::ptr_eq(&current(), &at_start), "no key");

    pair.write(&made());
    tried = tls.look(tried);
    let second = current();
    assert!(!Arc::ptr_eq(&second, &at_start));
    tls.look(tried);
    assert!(Arc::ptr_eq(&current(), &second));
}

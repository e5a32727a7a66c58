//! Whether one digest is what was delivered.

use super::{Chain, Standing, Successor};
use crate::digest::Digest;
use crate::keys::Head;
use crate::report::Fault;
use crate::source::{Metadata, Place, SourceError};
use std::time::Duration;

const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";
/// AWS signs a digest up to so long after its end, with a key that may have become valid meanwhile.
const SIGNED_AFTER: Duration = Duration::from_secs(2 * 3600);

impl Chain<'_> {
    /// Reads and judges the digest at a place; nothing if it cannot be read as one.
    pub(super) fn judge(
        &mut self,
        place: &Place,
        successor: Option<&Successor>,
    ) -> Option<(Digest, Standing)> {
        match self.open_and_judge(place, successor) {
            Ok((digest, fault)) => {
                let standing = match fault {
                    Judgement::Proven => Standing::Proven,
                    Judgement::Newer => Standing::Newer,
                    Judgement::Faulty(fault) => self.found(place, fault),
                };
                self.count(standing);
                Some((digest, standing))
            }
            Err(fault) => {
                let standing = self.found(place, fault);
                self.count(standing);
                None
            }
        }
    }

    fn found(&self, place: &Place, fault: Fault) -> Standing {
        let standing = match fault {
            Fault::KeyMissing { .. } | Fault::NoSignature | Fault::Unreadable(_) => Standing::Unproven,
            _ => Standing::Invalid,
        };
        self.context.report().find(Some(self.index), place.to_string(), fault);
        standing
    }

    fn count(&self, standing: Standing) {
        self.chain(|chain| {
            let counter = match standing {
                Standing::Proven => &mut chain.digests.proven,
                Standing::Invalid => &mut chain.digests.invalid,
                Standing::Unproven => &mut chain.digests.unproven,
                Standing::Newer => &mut chain.digests.newer,
            };
            *counter += 1;
        });
    }

    fn open_and_judge(
        &mut self,
        place: &Place,
        successor: Option<&Successor>,
    ) -> Result<(Digest, Judgement), Fault> {
        let unreadable = |error: SourceError| Fault::Unreadable(error.to_string());
        let mut opened = self.context.source.open(place).map_err(unreadable)?;
        let metadata = opened.metadata.take();
        let digest = self.read(opened)?;
        let judgement =
            self.check(&digest, place, metadata.as_ref(), successor).unwrap_or_else(Judgement::Faulty);
        if let Some(successor) = successor.filter(|successor| successor.start > digest.end) {
            let fault = Fault::WindowGap { from: digest.end, to: successor.start };
            self.context.report().find(Some(self.index), place.to_string(), fault);
        }
        Ok((digest, judgement))
    }

    fn check(
        &self,
        digest: &Digest,
        place: &Place,
        metadata: Option<&Metadata>,
        successor: Option<&Successor>,
    ) -> Result<Judgement, Fault> {
        let says = format!("s3://{}/{}", digest.bucket, digest.key);
        if !self.context.source.places(&digest.bucket, &digest.key).contains(place) {
            return Err(Fault::Moved { says });
        }
        if let Some(successor) = successor {
            let link = &successor.link;
            if link.sha256 != digest.sha256 || link.bucket != digest.bucket || link.key != digest.key {
                return Err(Fault::OtherPredecessor { successor: successor.name.to_string() });
            }
        }
        let heads = self.context.heads.find(&digest.bucket, &digest.key);
        if heads.iter().any(|head| head.sha256 != digest.sha256) {
            return Err(Fault::OtherHead);
        }
        let Some(signature) = signature(metadata, successor, heads)? else {
            // Where metadata is kept, a digest without any is not new: somebody put it there, or took it away.
            let is_newer = metadata.is_none() && self.newest_head.is_some_and(|newest| digest.end > newest);
            return if is_newer { Ok(Judgement::Newer) } else { Err(Fault::NoSignature) };
        };
        self.check_signature(digest, &signature).map(|()| Judgement::Proven)
    }

    fn check_signature(&self, digest: &Digest, signature: &[u8]) -> Result<(), Fault> {
        let fingerprint = digest.fingerprint.clone();
        let Some(key) = self.context.keys.key(&fingerprint) else {
            return Err(Fault::KeyMissing { fingerprint });
        };
        let organization = self.organization();
        let is_other =
            |signer: &&String| !self.context.keys.may_sign(signer, organization.as_deref(), &digest.account);
        if let Some(account) = key.account.as_ref().filter(is_other) {
            return Err(Fault::KeyOfOther { fingerprint, account: account.clone() });
        }
        let made = digest.end..=digest.end.plus(SIGNED_AFTER);
        let is_valid = key.valid_from <= *made.end() && *made.start() <= key.valid_to;
        // A backfill is signed whenever it is made up for.
        if !is_valid && !self.is_backfill() {
            return Err(Fault::KeyNotValid { fingerprint });
        }
        if digest.is_signed(signature, &key.der) { Ok(()) } else { Err(Fault::BadSignature) }
    }

    /// The organization whose trail the chain is of.
    fn organization(&self) -> Option<String> {
        self.context.report().chains[self.index].id.organization.clone()
    }

    fn is_backfill(&self) -> bool {
        self.context.report().chains[self.index].id.backfill
    }
}

/// What the checks of a readable digest came to.
enum Judgement {
    Proven,
    Newer,
    Faulty(Fault),
}

/// The digest's signature, from whoever says it; they must agree.
fn signature(
    metadata: Option<&Metadata>,
    successor: Option<&Successor>,
    heads: &[&Head],
) -> Result<Option<Vec<u8>>, Fault> {
    let algorithm = metadata.and_then(|metadata| metadata.algorithm.as_deref());
    if algorithm.is_some_and(|algorithm| algorithm != SIGNATURE_ALGORITHM) {
        return Err(Fault::BadSignature);
    }
    let own = metadata.and_then(|metadata| metadata.signature.as_ref());
    let own = own.map(hex::decode).transpose().map_err(|_| Fault::BadSignature)?;
    let linked = successor.map(|successor| &successor.link.signature);
    let mut said = own.iter().chain(linked).chain(heads.iter().map(|head| &head.signature));
    let Some(first) = said.next() else { return Ok(None) };
    if said.any(|other| other != first) {
        return Err(Fault::OtherSignature);
    }
    Ok(Some(first.clone()))
}

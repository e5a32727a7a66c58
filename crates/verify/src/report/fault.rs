//! What can be wrong.

use cairn_model::Timestamp;
use std::fmt;

/// Which question a fault answers with no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Is what is here what was delivered?
    Integrity,
    /// Is all here that was delivered, and nothing else?
    Completeness,
}

/// What is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It could not be read.
    Unreadable(String),
    /// It is not one whole gzip file, or more than one.
    NotGzip(String),
    /// It is not a digest.
    NotADigest(String),
    /// The digest says that it is another object, and signatures hold for one place only.
    Moved {
        /// What it says.
        says: String,
    },
    /// The signature does not hold.
    BadSignature,
    /// Two places say different signatures.
    OtherSignature,
    /// It is not the digest that the next one, which names it by its hash, was made after.
    OtherPredecessor {
        /// The next one.
        successor: String,
    },
    /// It is not the digest that the file of keys names by its hash.
    OtherHead,
    /// The key was not valid when the digest was made.
    KeyNotValid {
        /// The key.
        fingerprint: String,
    },
    /// The key signs another account's digests.
    KeyOfOther {
        /// The key.
        fingerprint: String,
        /// Whose it is.
        account: String,
    },
    /// The file of keys lacks the key.
    KeyMissing {
        /// The key.
        fingerprint: String,
    },
    /// Its signature is nowhere: it should stand in the object's metadata, which a copied folder lacks.
    NoSignature,
    /// The log file's hash is another one than its digest says.
    OtherHash {
        /// The digest.
        digest: String,
    },
    /// A log file is not there.
    LogFileMissing {
        /// The digest that names it.
        digest: String,
    },
    /// A digest is not there, and perhaps others before it.
    DigestMissing {
        /// The next one, which names it.
        successor: String,
        /// What is missing ends here.
        before: Timestamp,
        /// The newest digest before it that is there ends here.
        after: Option<Timestamp>,
    },
    /// Two digests follow one another, but a time between them is in neither.
    WindowGap {
        /// Where it begins.
        from: Timestamp,
        /// Where it ends.
        to: Timestamp,
    },
    /// The chain goes on to this digest, by the file of keys, and it is not there.
    EndMissing {
        /// The end of its window.
        end: Timestamp,
        /// What is there ends here.
        reached: Option<Timestamp>,
    },
    /// The chain ends before the time that was asked for.
    NotReached {
        /// What was asked for.
        to: Timestamp,
        /// Where it ends.
        reached: Timestamp,
    },
    /// A log file at a time that digests cover, and none names it.
    Unnamed,
    /// There is not one digest.
    NoDigests,
}

impl Fault {
    /// The question that it answers with no.
    pub fn aspect(&self) -> Aspect {
        match self {
            Fault::Unreadable(_)
            | Fault::NotGzip(_)
            | Fault::NotADigest(_)
            | Fault::Moved { .. }
            | Fault::BadSignature
            | Fault::OtherSignature
            | Fault::OtherPredecessor { .. }
            | Fault::OtherHead
            | Fault::KeyNotValid { .. }
            | Fault::KeyOfOther { .. }
            | Fault::KeyMissing { .. }
            | Fault::NoSignature
            | Fault::OtherHash { .. } => Aspect::Integrity,
            Fault::LogFileMissing { .. }
            | Fault::DigestMissing { .. }
            | Fault::WindowGap { .. }
            | Fault::EndMissing { .. }
            | Fault::NotReached { .. }
            | Fault::Unnamed
            | Fault::NoDigests => Aspect::Completeness,
        }
    }

    /// A name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::Unreadable(_) => "Unreadable",
            Fault::NotGzip(_) => "NotGzip",
            Fault::NotADigest(_) => "NotADigest",
            Fault::Moved { .. } => "Moved",
            Fault::BadSignature => "BadSignature",
            Fault::OtherSignature => "OtherSignature",
            Fault::OtherPredecessor { .. } => "OtherPredecessor",
            Fault::OtherHead => "OtherHead",
            Fault::KeyNotValid { .. } => "KeyNotValid",
            Fault::KeyOfOther { .. } => "KeyOfOther",
            Fault::KeyMissing { .. } => "KeyMissing",
            Fault::NoSignature => "NoSignature",
            Fault::OtherHash { .. } => "OtherHash",
            Fault::LogFileMissing { .. } => "LogFileMissing",
            Fault::DigestMissing { .. } => "DigestMissing",
            Fault::WindowGap { .. } => "WindowGap",
            Fault::EndMissing { .. } => "EndMissing",
            Fault::NotReached { .. } => "NotReached",
            Fault::Unnamed => "Unnamed",
            Fault::NoDigests => "NoDigests",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unreadable(why) | Fault::NotGzip(why) | Fault::NotADigest(why) => f.write_str(why),
            Fault::Moved { says } => write!(f, "it has been moved: it says that it is {says}"),
            Fault::BadSignature => f.write_str("the signature does not hold: it is not what was signed"),
            Fault::OtherSignature => {
                f.write_str("its signature is another one than the next digest or the file of keys says")
            }
            Fault::OtherPredecessor { successor } => {
                write!(f, "it is not the digest that {successor} follows: the hash differs")
            }
            Fault::OtherHead => f.write_str("it is not the digest that the file of keys names: the hash differs"),
            Fault::KeyNotValid { fingerprint } => {
                write!(f, "it is signed with the key {fingerprint}, which was not valid at that time")
            }
            Fault::KeyOfOther { fingerprint, account } => {
                write!(f, "it is signed with the key {fingerprint}, which is of the account {account}")
            }
            Fault::KeyMissing { fingerprint } => {
                write!(f, "the file of keys lacks the key {fingerprint}: it cannot be proven")
            }
            Fault::NoSignature => f.write_str(
                "its signature is missing, so it cannot be proven. A copied folder lacks the newest one: verify the \
                 bucket itself, or with what `cairn key export` writes, or end before it with --to",
            ),
            Fault::OtherHash { digest } => write!(f, "it was changed: its hash is not the one in {digest}"),
            Fault::LogFileMissing { digest } => write!(f, "the log file is missing; {digest} names it"),
            Fault::DigestMissing { successor, before, after } => {
                write!(f, "the digest is missing; {successor} follows it. ")?;
                match after {
                    Some(after) => write!(f, "Nothing is proven between {after} and {before}"),
                    None => write!(f, "Nothing is proven before {before}"),
                }
            }
            Fault::WindowGap { from, to } => write!(f, "no digest covers the time from {from} to {to}"),
            Fault::EndMissing { end, reached: Some(reached) } => {
                write!(f, "the chain was cut at its end: this digest is missing, and all between {reached} and {end}")
            }
            Fault::EndMissing { end, reached: None } => {
                write!(f, "the digest is missing: by the file of keys it was the last, of {end}")
            }
            Fault::NotReached { to, reached } => {
                write!(f, "the chain ends at {reached}, before {to}")
            }
            Fault::Unnamed => f.write_str(
                "no digest names this log file, though digests cover its time: somebody else put it there, or a \
                 trail without validation",
            ),
            Fault::NoDigests => f.write_str("there are no digests here"),
        }
    }
}

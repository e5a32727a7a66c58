//! What a call is about: a bucket, a key, a role, ... by the service's [`Shape`].

use super::sources::Shape;
use super::{ACCOUNT, uuid};
use crate::dice::{Dice, HEX};

/// How many different things of a kind there are.
const THINGS: usize = 4_000;

const AREAS: &[&str] =
    &["payments", "search", "ledger", "catalog", "shipping", "reports", "media", "platform"];
const PURPOSES: &[&str] = &["logs", "uploads", "archive", "exports", "config", "models", "events", "backups"];

/// A thing's name, id or key, without what its ARN adds.
pub(super) fn draw(shape: Shape, dice: &mut Dice) -> String {
    let number = dice.skewed_below(THINGS);
    let mut own = Dice::new(number as u64);
    let (area, purpose) = (own.pick(AREAS), own.pick(PURPOSES));
    match shape {
        Shape::Filter => own.digits(HEX, 17),
        Shape::Named | Shape::Secret => format!("{area}/{purpose}/{number}"),
        Shape::Policy | Shape::Role => format!("{area}-{purpose}-{number}"),
        Shape::Bucket => format!("acme-{area}-{purpose}-{number}"),
        Shape::Key => uuid(&mut own),
        Shape::SignIn => String::new(),
    }
}

/// The type and ARN that `resources` names; `None` for services whose events have no resources.
pub(super) fn resource(shape: Shape, region: &str, target: &str) -> Option<(&'static str, String)> {
    match shape {
        Shape::Bucket => Some(("AWS::S3::Bucket", format!("arn:aws:s3:::{target}"))),
        Shape::Key => Some(("AWS::KMS::Key", format!("arn:aws:kms:{region}:{ACCOUNT}:key/{target}"))),
        Shape::Role => Some(("AWS::IAM::Role", format!("arn:aws:iam::{ACCOUNT}:role/{target}"))),
        Shape::Secret => Some((
            "AWS::SecretsManager::Secret",
            format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{target}"),
        )),
        Shape::Filter | Shape::Named | Shape::Policy | Shape::SignIn => None,
    }
}

//! Calls that failed.

use super::call::Call;
use super::sources::Shape;
use crate::dice::Dice;

/// Of 1,000 calls that only read so many fail, and of 1,000 that write.
const READS_FAILED: usize = 89;
const WRITES_FAILED: usize = 164;

/// Shares of 1,000 failures; the others depend on the service.
const THROTTLED: usize = 340;
const DENIED: usize = 200;

/// Why a call failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// `errorCode`.
    pub(super) code: &'static str,
    /// `errorMessage`.
    pub(super) message: String,
}

/// Decides whether a call by the principal `arn` fails.
pub(super) fn draw(call: &Call, arn: &str, dice: &mut Dice) -> Option<Failure> {
    let share = if call.read_only { READS_FAILED } else { WRITES_FAILED };
    // A sign-in that fails has no code and another message; none here does.
    if call.source.shape == Shape::SignIn || !dice.per_mille(share) {
        return None;
    }
    let shape = call.source.shape;
    Some(match dice.below(1000) {
        0..THROTTLED => Failure { code: "ThrottlingException", message: "Rate exceeded".to_owned() },
        THROTTLED.. if dice.per_mille(DENIED * 1000 / (1000 - THROTTLED)) => denied(call, arn),
        _ => {
            let (code, message) = dice.pick(of(shape));
            Failure { code, message: (*message).to_owned() }
        }
    })
}

fn denied(call: &Call, arn: &str) -> Failure {
    let action = format!("{}:{}", call.source.service, call.name);
    let message = format!(
        "User: {arn} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    );
    let code =
        if call.source.shape == Shape::Filter { "Client.UnauthorizedOperation" } else { "AccessDenied" };
    Failure { code, message }
}

/// What else fails, by service.
fn of(shape: Shape) -> &'static [&'static (&'static str, &'static str)] {
    match shape {
        Shape::Filter => &[
            &("Client.InvalidRouteTableID.NotFound", "The routeTable ID does not exist"),
            &("Client.InvalidParameterValue", "Value is not valid for this parameter"),
            &("Client.VpcLimitExceeded", "The maximum number of VPCs has been reached."),
            &("Client.InvalidVolume.NotFound", "The volume does not exist."),
        ],
        Shape::Bucket => &[
            &("NoSuchBucketPolicy", "The bucket policy does not exist"),
            &("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
            &("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
            &("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
            &("NoSuchTagSet", "The TagSet does not exist"),
        ],
        Shape::Policy => &[
            &("NoSuchEntityException", "The entity cannot be found."),
            &("EntityAlreadyExistsException", "The entity already exists."),
        ],
        Shape::Named | Shape::Key | Shape::Secret | Shape::Role | Shape::SignIn => &[
            &("ResourceNotFoundException", "The requested resource was not found."),
            &("InvalidParameterValueException", "A value that was given is not valid."),
        ],
    }
}

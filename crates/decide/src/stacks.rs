//! The rules of stacks: what a template made belongs to one of them, and of two who write at once one is refused.

use cairn_model::{Change, Stack, StackId, StackResource, Timestamp};

/// Stacks that an account may have, in all regions together: the catalog is held in memory.
pub const STACKS_MAX: usize = 200;
/// Resources that a stack may have, as at AWS.
pub const RESOURCES_MAX: usize = 500;

/// How long a stack's name may be, as at AWS.
const NAME_LENGTH_MAX: usize = 128;
/// How long a resource's name in the template may be, in bytes, as at AWS.
const LOGICAL_ID_BYTES_MAX: usize = 255;
/// How long the name of a resource's type may be, in bytes: more than any of CloudTrail's.
const KIND_BYTES_MAX: usize = 128;
/// How long a resource's name or ARN may be, in bytes: more than any of CloudTrail's.
const ID_BYTES_MAX: usize = 1024;

/// Why a stack is not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// Not a name.
    #[error("{0:?} is not the name of a stack: a letter, then letters, digits and hyphens, 128 at most")]
    Name(String),
    /// More stacks than the account may have.
    #[error("an account has {STACKS_MAX} stacks at most")]
    Quota,
    /// More resources than it may have.
    #[error("a stack has {RESOURCES_MAX} resources at most")]
    TooMany,
    /// A resource with an empty or very long name.
    #[error(
        "a resource's logicalId is 1 to {LOGICAL_ID_BYTES_MAX} bytes long, its type 1 to {KIND_BYTES_MAX} and its id \
         1 to {ID_BYTES_MAX}"
    )]
    Text,
    /// Somebody else wrote it meanwhile.
    #[error("the stack {0} was changed meanwhile: look again")]
    Changed(String),
    /// A resource of another stack.
    #[error("{id} belongs to the stack {stack}")]
    Owned {
        /// The resource.
        id: String,
        /// Whose it is.
        stack: String,
    },
}

/// Writes a stack's record: its new value, or its end if it has no resources. `stacks` are those of its account,
/// of every region, `revision` is the one that the caller read, 0 if there was none.
pub fn put<'s>(
    stacks: impl Iterator<Item = &'s Stack>,
    id: StackId,
    revision: u64,
    resources: Vec<StackResource>,
    now: Timestamp,
) -> Result<Change, StackError> {
    check(&id, &resources)?;
    let (mut present, mut count) = (0, 0);
    for stack in stacks {
        count += 1;
        if stack.id == id {
            present = stack.revision;
        } else if stack.id.region == id.region
            && let Some(shared) = resources.iter().find(|resource| has(stack, resource))
        {
            return Err(StackError::Owned { id: shared.id.clone(), stack: stack.id.name.clone() });
        }
    }
    if present != revision {
        return Err(StackError::Changed(id.name));
    }
    if present == 0 && count >= STACKS_MAX {
        return Err(StackError::Quota);
    }
    let revision = next_revision(present, now);
    Ok(match resources.is_empty() {
        true => Change::DeleteStack { id },
        false => Change::PutStack(Box::new(Stack { id, revision, resources, updated: now })),
    })
}

/// A revision that the stack never had, also before it was deleted and made again: it goes by the time.
fn next_revision(present: u64, now: Timestamp) -> u64 {
    u64::try_from(now.as_micros()).unwrap_or_default().max(present + 1)
}

fn has(stack: &Stack, resource: &StackResource) -> bool {
    stack.resources.iter().any(|owned| owned.kind == resource.kind && owned.id == resource.id)
}

fn check(id: &StackId, resources: &[StackResource]) -> Result<(), StackError> {
    if !is_name(&id.name) {
        return Err(StackError::Name(id.name.clone()));
    }
    if resources.len() > RESOURCES_MAX {
        return Err(StackError::TooMany);
    }
    if resources.iter().all(fits) { Ok(()) } else { Err(StackError::Text) }
}

/// Whether a resource's texts are as long as they may be.
fn fits(resource: &StackResource) -> bool {
    let texts = [
        (&resource.logical_id, LOGICAL_ID_BYTES_MAX),
        (&resource.kind, KIND_BYTES_MAX),
        (&resource.id, ID_BYTES_MAX),
    ];
    texts.into_iter().all(|(text, bytes_max)| (1..=bytes_max).contains(&text.len()))
}

/// Whether a text is the name of a stack. Source: AWS CloudFormation API Reference, CreateStack.
pub fn is_name(text: &str) -> bool {
    text.len() <= NAME_LENGTH_MAX
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;

//! Whether a bucket's server heeds conditions: some know the header and look away, and some look before the body has come,
//! so that of several writers each wins.

use crate::clock;
use bytes::Bytes;
use cairn_lake::{RemoteError, RemoteObjects};
use futures::future::join_all;
use std::sync::Arc;

/// So many try to create the same object at once, and so often.
const WRITERS: usize = 8;
const ROUNDS: usize = 3;

/// Whether of several that create an object one does, and of those that come later none.
pub(super) async fn heeds_conditions(
    objects: Arc<dyn RemoteObjects>,
    prefix: &str,
) -> Result<bool, RemoteError> {
    for _ in 0..ROUNDS {
        let key = format!("{prefix}cairn-probe-{}", clock::random_uuid());
        let heeded = race(&*objects, &key).await;
        objects.delete(&key).await?;
        if !heeded? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn race(objects: &dyn RemoteObjects, key: &str) -> Result<bool, RemoteError> {
    let create = |writer: usize| objects.create(key, Bytes::from(writer.to_string()));
    let created = join_all((0..WRITERS).map(create)).await;
    let winners = created.iter().filter(|created| created.is_ok()).count();
    if winners == 0 {
        // None may win if all are told to come again; anything else is why tables cannot be kept there.
        let failed = created.into_iter().filter_map(Result::err).find(|error| *error != RemoteError::Exists);
        return failed.map_or(Ok(false), Err);
    }
    let late = create(WRITERS).await;
    Ok(winners == 1 && late == Err(RemoteError::Exists))
}

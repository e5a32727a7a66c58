//! Log files that no digest names.

use crate::names::{Named, What};
use crate::report::Fault;
use crate::source::{Place, SourceError};
use crate::verify::{Context, lock, place_hash};
use cairn_model::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// File names have the minute of their delivery, so one lies anywhere in it.
const MINUTE: Duration = Duration::from_secs(60);

/// Whose log files a chain's digests name: bucket, what stands before `AWSLogs/`, organization, account, region.
type Owner = (Option<String>, String, Option<String>, String, String);

/// Lists the source once more and reports what no digest names.
pub(crate) fn find_unnamed(context: &Context<'_>) -> Result<(), SourceError> {
    let covered = covered(context);
    let named = lock(&context.named);
    context.source.list(&mut |place| {
        let Some((owner, minute, is_plain)) = log_file(context, &place) else { return };
        if named.contains(&place_hash(&place)) {
            return;
        }
        let mut report = context.report();
        let windows = covered.get(&owner).map_or(&[][..], |windows| windows);
        let newest = windows.iter().map(|(_, end)| *end).max();
        let is_inside = |(from, to): &(Timestamp, Timestamp)| *from < minute && minute.plus(MINUTE) <= *to;
        if newest.is_some_and(|newest| minute.plus(MINUTE) > newest) {
            report.unnamed.waiting += 1;
        } else if is_plain && windows.iter().any(is_inside) {
            report.unnamed.inside += 1;
            if !context.scope.allow_unnamed {
                report.find(None, place.to_string(), Fault::Unnamed);
            }
        } else {
            report.unnamed.outside += 1;
        }
    })
}

/// The times that digests cover, by whose log files they name.
fn covered(context: &Context<'_>) -> HashMap<Owner, Vec<(Timestamp, Timestamp)>> {
    let mut by_owner: HashMap<Owner, Vec<(Timestamp, Timestamp)>> = HashMap::new();
    for covered in lock(&context.covered).iter() {
        if let Some(named) = Named::parse(&covered.place.path) {
            let windows = by_owner.entry(owner(&covered.place, &named)).or_default();
            windows.push((covered.from, covered.to));
        }
    }
    by_owner
}

fn owner(place: &Place, named: &Named<'_>) -> Owner {
    let organization = named.organization.map(str::to_owned);
    (
        place.bucket.clone(),
        named.base.to_owned(),
        organization,
        named.account.to_owned(),
        named.region.to_owned(),
    )
}

/// Whose it is, when it was delivered, and whether digests are known to cover its kind.
fn log_file(context: &Context<'_>, place: &Place) -> Option<(Owner, Timestamp, bool)> {
    let named = Named::parse(&place.path)?;
    let What::LogFile { minute, is_plain } = named.what else { return None };
    let scope = context.scope;
    let is_wanted = scope.takes_place(named.account, named.region)
        && scope.from.is_none_or(|from| minute > from)
        && scope.to.is_none_or(|to| minute.plus(MINUTE) <= to);
    is_wanted.then(|| (owner(place, &named), minute, is_plain))
}

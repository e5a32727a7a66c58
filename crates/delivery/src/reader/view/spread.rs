//! Which accounts trails take events of, and what begins and ends with that.

use super::super::following::{Follower, Following};
use super::{View, Writing};
use cairn_model::{AccountId, Organization, OrganizationId, Trail, TrailArn};
use std::collections::BTreeSet;
use std::sync::Arc;

impl View {
    /// The accounts whose events a trail takes.
    fn accounts_of(&self, trail: &Trail) -> BTreeSet<AccountId> {
        let organization = trail.organization.as_ref().and_then(|id| self.organizations.get(id));
        let members = organization.into_iter().flat_map(|organization| organization.members.keys());
        members.copied().chain([trail.arn.account]).collect()
    }

    /// Returns whether files or digests of the trail ended.
    pub(super) fn put_trail(&mut self, trail: Trail, writing: &mut Writing<'_>) -> bool {
        let before = self.trail(&trail.arn).map(|old| self.accounts_of(old)).unwrap_or_default();
        let (trail, mut ended) = (Arc::new(trail), false);
        let accounts = self.accounts_of(&trail);
        for account in before.difference(&accounts) {
            ended |= self.unfollow(*account, &trail.arn, writing);
        }
        for account in accounts {
            ended |= self.follow(account, &trail, writing);
        }
        ended
    }

    /// Returns whether there was such a trail.
    pub(super) fn delete_trail(&mut self, arn: &TrailArn, writing: &mut Writing<'_>) -> bool {
        let accounts = self.trail(arn).map(|old| self.accounts_of(old)).unwrap_or_default();
        // Each of them, whatever the one before said.
        accounts.into_iter().fold(false, |ended, account| self.unfollow(account, arn, writing) | ended)
    }

    /// An account that joins is followed from here on, and one that leaves no more. Returns whether files or digests
    /// ended.
    pub(super) fn change_organization(
        &mut self,
        id: &OrganizationId,
        organization: Option<Organization>,
        writing: &mut Writing<'_>,
    ) -> bool {
        let is_its = |trail: &&Arc<Trail>| trail.organization.as_ref() == Some(id);
        let trails: Vec<Arc<Trail>> = self.shared_trails().filter(is_its).map(Arc::clone).collect();
        let before: Vec<BTreeSet<AccountId>> = trails.iter().map(|trail| self.accounts_of(trail)).collect();
        self.changed.organizations.insert(id.clone());
        match organization {
            Some(organization) => self.organizations.insert(id.clone(), organization),
            None => self.organizations.remove(id),
        };
        let mut ended = false;
        for (trail, before) in trails.iter().zip(before) {
            let accounts = self.accounts_of(trail);
            for account in before.difference(&accounts) {
                ended |= self.unfollow(*account, &trail.arn, writing);
            }
            for account in accounts.difference(&before) {
                ended |= self.follow(*account, trail, writing);
            }
        }
        ended
    }

    /// Lets a trail take an account's events as it is now. Returns whether files or digests ended.
    fn follow(&mut self, account: AccountId, trail: &Arc<Trail>, writing: &mut Writing<'_>) -> bool {
        let (arn, now) = (&trail.arn, writing.now);
        self.changed.trails.insert(Follower { trail: arn.clone(), account });
        let in_place = self.accounts.entry(account).or_default().replace_in_place(trail);
        let in_place = in_place.map(|following| following.generation);
        if in_place.is_none() || !self.aggregating.goes_on(account, trail) {
            self.aggregate_all(account, arn, writing);
        }
        self.aggregating.put(account, trail);
        if let Some(generation) = in_place {
            self.note_generation(generation, account, trail, now, false);
            return false;
        }
        let old = self.accounts.entry(account).or_default().remove(arn, writing.buffer);
        let mut following = old.unwrap_or_else(|| self.unborn(account, trail));
        let old = &following.trail;
        let refolded = old.organization != trail.organization;
        let moved = old.bucket != trail.bucket || old.prefix != trail.prefix;
        let stopped = old.logging.is_on() && !trail.logging.is_on();
        let validates = trail.logging.is_on() && trail.log_file_validation;
        let generation_ends = following.generation.is_some() && (!validates || refolded);
        if generation_ends {
            self.note_generation(following.generation, account, &following.trail, now, true);
            following.generation = None;
        }
        let generation_starts = following.generation.is_none() && validates;
        following.trail = Arc::clone(trail);
        if generation_starts {
            following.generation = Some(self.next_generation);
            self.next_generation.0 += 1;
        }
        if generation_starts || moved {
            self.note_generation(following.generation, account, &following.trail, now, false);
        }
        self.accounts.entry(account).or_default().put(following);
        stopped || generation_ends
    }

    fn unborn(&mut self, account: AccountId, trail: &Trail) -> Following {
        let following = Following::unborn(account, trail);
        if following.is_own() {
            self.changed.fresh.insert(trail.arn.clone());
        }
        following
    }

    /// Lets a trail take an account's events no more. Returns whether it did.
    fn unfollow(&mut self, account: AccountId, arn: &TrailArn, writing: &mut Writing<'_>) -> bool {
        self.aggregate_all(account, arn, writing);
        self.aggregating.remove(account, arn);
        let trails = self.accounts.get_mut(&account);
        let Some(following) = trails.and_then(|trails| trails.remove(arn, writing.buffer)) else {
            return false;
        };
        self.note_generation(following.generation, account, &following.trail, writing.now, true);
        self.changed.trails.insert(following.follower());
        true
    }

    /// Makes aggregated events of all that the trail has counted of the account, to be delivered as it is now.
    fn aggregate_all(&mut self, account: AccountId, arn: &TrailArn, writing: &mut Writing<'_>) {
        let Some(trails) = self.accounts.get_mut(&account) else { return };
        for waiting in self.aggregating.close(account, arn, writing.limits, writing.buffer) {
            writing.buffer.sealed.extend(trails.aggregated_file(arn, waiting));
        }
    }
}

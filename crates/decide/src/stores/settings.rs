//! The settings that CreateEventDataStore and UpdateEventDataStore share.

use super::Facts;
use super::error::{ParameterError, StoreError};
use crate::insights::check_logged;
use crate::names::check_kms_key_id;
use crate::organization::owned;
use crate::selectors::{self, check_store_selectors};
use cairn_model::{AdvancedEventSelector, BillingMode, EventDataStore};
use std::ops::RangeInclusive;

/// The members that CreateEventDataStore and UpdateEventDataStore share. What is absent stays as it is;
/// CreateEventDataStore starts from AWS's defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `AdvancedEventSelectors`; an empty list is as good as none.
    pub selectors: Vec<AdvancedEventSelector>,
    /// `MultiRegionEnabled`.
    pub multi_region: Option<bool>,
    /// `OrganizationEnabled`.
    pub organization: Option<bool>,
    /// `RetentionPeriod`, in days.
    pub retention_days: Option<i32>,
    /// `TerminationProtectionEnabled`.
    pub termination_protection: Option<bool>,
    /// `KmsKeyId`, in any of its forms.
    pub kms_key: Option<String>,
    /// `BillingMode`.
    pub billing_mode: Option<BillingMode>,
}

impl Settings {
    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        let Settings {
            selectors,
            multi_region,
            organization,
            retention_days,
            termination_protection,
            kms_key,
            billing_mode,
        } = self;
        selectors.is_empty()
            && multi_region.is_none()
            && organization.is_none()
            && retention_days.is_none()
            && termination_protection.is_none()
            && kms_key.is_none()
            && billing_mode.is_none()
    }

    /// The store with these settings, but for its key: only KMS knows the ARN that it has.
    pub(super) fn applied_to(
        &self,
        facts: &Facts<'_>,
        old: &EventDataStore,
    ) -> Result<EventDataStore, StoreError> {
        let mut store = old.clone();
        if !self.selectors.is_empty() {
            check_store_selectors(&self.selectors)?;
            store.selectors.clone_from(&self.selectors);
        }
        if self.organization.is_some_and(|organization| organization != old.organization) {
            owned(facts.organization(), facts.account)?;
        }
        if let Some(key) = &self.kms_key {
            check_kms_key_id(key)?;
        }
        store.multi_region = self.multi_region.unwrap_or(old.multi_region);
        store.organization = self.organization.unwrap_or(old.organization);
        store.termination_protection = self.termination_protection.unwrap_or(old.termination_protection);
        store.billing_mode = self.billing_mode.unwrap_or(old.billing_mode);
        store.retention_days = self.retention(&store)?;
        Ok(store)
    }

    fn retention(&self, store: &EventDataStore) -> Result<u16, StoreError> {
        let allowed = retention_allowed(store.billing_mode);
        let days = self.retention_days.unwrap_or_else(|| i32::from(store.retention_days));
        let days = u16::try_from(days).ok().filter(|days| allowed.contains(days));
        let (min, max) = (*allowed.start(), *allowed.end());
        days.ok_or_else(|| ParameterError::Retention { min, max, mode: store.billing_mode }.into())
    }
}

/// Days of retention that a store may have. Source: AWS CloudTrail API Reference, CreateEventDataStore.
fn retention_allowed(mode: BillingMode) -> RangeInclusive<u16> {
    match mode {
        BillingMode::Extendable => 7..=3653,
        BillingMode::Fixed => 7..=2557,
    }
}

/// Days of retention if nobody says how many. Source: as above.
pub(super) fn retention_default(mode: BillingMode) -> u16 {
    match mode {
        BillingMode::Extendable => 366,
        BillingMode::Fixed => 2557,
    }
}

/// What an update may not do, although the new settings would be good for a new store.
pub(super) fn check_update(old: &EventDataStore, new: &EventDataStore) -> Result<(), StoreError> {
    if old.billing_mode == BillingMode::Extendable && new.billing_mode == BillingMode::Fixed {
        return Err(ParameterError::BillingModeBack.into());
    }
    if selectors::family(&old.selectors) != selectors::family(&new.selectors) {
        return Err(selectors::SelectorError::FamilyChanged.into());
    }
    let logged = selectors::logged_advanced(&new.selectors);
    let mut insights = new.insights.iter().flat_map(|insights| &insights.selectors);
    if insights.any(|insight| check_logged(insight, logged).is_err()) {
        return Err(StoreError::InsightsNeedManagement(new.arn.clone()));
    }
    Ok(())
}

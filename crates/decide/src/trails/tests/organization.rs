//! Trails of organizations: who makes them, who sees them, who changes them.

use super::*;
use crate::organization::{self, Kept};
use cairn_model::{Change, Organization};

const MANAGEMENT: &str = "111122223333";
const DELEGATED: &str = "222233334444";
const MEMBER: &str = "333344445555";
const STRANGER: &str = "444455556666";
const NOT_MASTER: &str = "NotOrganizationMasterAccountException";
const NOT_IN_USE: &str = "OrganizationsNotInUseException";

/// An organization of three accounts, one of them a delegated administrator.
fn acme() -> Organization {
    let settings = organization::Settings {
        id: "o-exampleorgid".parse().unwrap(),
        management: MANAGEMENT.parse().unwrap(),
        members: [DELEGATED, MEMBER].map(|account| (account.parse().unwrap(), None)).into(),
    };
    let now = Timestamp::from_seconds(1);
    let changes = organization::changes(Some(&settings), &Kept::default(), now);
    let [Change::PutOrganization(acme)] = &changes[..] else { panic!("{changes:?}") };
    let mut acme = Organization::clone(acme);
    acme.delegated.insert(DELEGATED.parse().unwrap(), now);
    acme
}

/// What accounts have, and the organization of some of them.
struct World {
    acme: Organization,
    trails: Vec<Arc<Trail>>,
    others: Vec<Arc<Trail>>,
}

impl World {
    /// The management account has one trail for itself and one for its organization, in all regions.
    fn new() -> World {
        let mut world = World { acme: acme(), trails: vec![trail("own", HOME, true)], others: Vec::new() };
        let shared = created(&world.facts(MANAGEMENT, HOME), &of_organization("shared")).unwrap();
        world.trails.push(Arc::new(shared));
        world
    }

    fn facts(&self, account: &str, region: &'static str) -> Facts<'_> {
        let account = account.parse().unwrap();
        let is_member = self.acme.has(account);
        let trails = if account == self.acme.management { &self.trails } else { &self.others };
        let membership = Membership { organization: &self.acme, trails: &self.trails };
        Facts { account, organization: Some(membership).filter(|_| is_member), ..facts(trails, region) }
    }

    fn shared(&self) -> String {
        self.trails[1].arn.to_string()
    }
}

fn of_organization(name: &str) -> CreateTrail {
    let settings = Settings { organization: Some(true), multi_region: Some(true), ..bucket("acme-logs") };
    CreateTrail { settings, ..request(name) }
}

/// Settings that ask for nothing but this.
fn organization(shared: bool) -> Settings {
    Settings { organization: Some(shared), ..Settings::default() }
}

fn code<T: std::fmt::Debug>(result: Result<T, TrailError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_trail_of_the_organization_belongs_to_the_management_account_whoever_makes_it() {
    let world = World::new();
    for account in [MANAGEMENT, DELEGATED] {
        let trail = created(&world.facts(account, HOME), &of_organization("other")).unwrap();
        assert_eq!(trail.arn.account, world.acme.management);
        assert_eq!(trail.organization.as_ref(), Some(&world.acme.id));
    }
    let own = created(&world.facts(DELEGATED, HOME), &request("other")).unwrap();
    assert_eq!((own.arn.account.as_str(), own.organization), (DELEGATED, None));
}

#[test]
fn only_those_who_manage_the_organization_make_trails_of_it() {
    let world = World::new();
    let made = |account| created(&world.facts(account, HOME), &of_organization("other"));
    assert_eq!(code(made(MEMBER)), NOT_MASTER);
    assert_eq!(code(made(STRANGER)), NOT_IN_USE);
    let no = Settings { organization: Some(false), ..bucket("acme-logs") };
    let made = created(&world.facts(STRANGER, HOME), &CreateTrail { settings: no, ..request("other") });
    assert_eq!(made.unwrap().organization, None);
}

#[test]
fn a_name_is_taken_in_the_account_that_the_trail_belongs_to() {
    let world = World::new();
    let made = |account, request: &CreateTrail| created(&world.facts(account, HOME), request);
    assert_eq!(code(made(DELEGATED, &of_organization("own"))), "TrailAlreadyExistsException");
    assert!(made(DELEGATED, &request("own")).is_ok());
    assert!(made(MEMBER, &request("shared")).is_ok(), "a shadow of the organization's takes no name");
}

#[test]
fn members_see_the_organizations_trails_and_nothing_else_of_the_management_account() {
    let world = World::new();
    let arn = world.shared();
    for account in [MANAGEMENT, DELEGATED, MEMBER] {
        let (home, away) = (world.facts(account, HOME), world.facts(account, AWAY));
        assert_eq!(get(&home, &arn).unwrap().arn.to_string(), arn);
        assert_eq!(get(&away, "shared").unwrap().arn.to_string(), arn);
        assert_eq!(status(&away, &arn).unwrap().arn.to_string(), arn);
        assert!(list(&home, None).items.iter().any(|trail| trail.arn.to_string() == arn));
        assert!(describe(&home, &[], true).unwrap().iter().any(|trail| trail.arn.to_string() == arn));
    }
    let home = world.facts(MEMBER, HOME);
    assert_eq!(describe(&home, &[], false).unwrap(), Vec::<&Trail>::new(), "it is a shadow there");
    assert_eq!(code(status(&home, "shared")), "TrailNotFoundException");
    assert_eq!(code(get(&home, &world.trails[0].arn.to_string())), "TrailNotFoundException");
    assert_eq!(list(&home, None).items.len(), 1);
}

#[test]
fn strangers_see_nothing_of_an_organization() {
    let world = World::new();
    let stranger = world.facts(STRANGER, HOME);
    assert_eq!(code(get(&stranger, &world.shared())), "CloudTrailARNInvalidException");
    assert_eq!(code(status(&stranger, &world.shared())), "CloudTrailARNInvalidException");
    assert_eq!(code(delete(&stranger, &world.shared())), "CloudTrailARNInvalidException");
    assert_eq!(list(&stranger, None).items, Vec::<&Trail>::new());
}

#[test]
fn members_cannot_change_the_organizations_trails() {
    let world = World::new();
    let (member, arn) = (world.facts(MEMBER, HOME), world.shared());
    assert_eq!(code(delete(&member, &arn)), NOT_MASTER);
    assert_eq!(code(start_logging(&member, "shared")), NOT_MASTER);
    assert_eq!(code(stop_logging(&member, &arn)), NOT_MASTER);
    assert_eq!(code(updated(&member, &arn, &Settings::default())), NOT_MASTER);
    assert_eq!(code(put_event_selectors(&member, &arn, vec![EventSelector::default()], vec![])), NOT_MASTER);
}

#[test]
fn delegated_administrators_change_the_organizations_trails() {
    let world = World::new();
    let (delegated, arn) = (world.facts(DELEGATED, HOME), world.shared());
    assert_eq!(start_logging(&delegated, "shared").unwrap().arn.to_string(), arn);
    assert_eq!(delete(&delegated, &arn).unwrap().to_string(), arn);
    let settings =
        Settings { log_file_validation: Some(true), organization: Some(true), ..Settings::default() };
    let new = updated(&delegated, &arn, &settings).unwrap();
    assert!(new.log_file_validation && new.organization.is_some());
    let away = world.facts(DELEGATED, AWAY);
    assert_eq!(code(delete(&away, &arn)), "InvalidHomeRegionException");
}

#[test]
fn only_the_management_account_turns_a_trail_into_the_organizations_and_back() {
    let world = World::new();
    let owner = world.facts(MANAGEMENT, HOME);
    assert_eq!(
        updated(&owner, "own", &organization(true)).unwrap().organization,
        Some(world.acme.id.clone())
    );
    assert_eq!(updated(&owner, "shared", &organization(false)).unwrap().organization, None);
    let delegated = world.facts(DELEGATED, HOME);
    assert_eq!(code(updated(&delegated, &world.shared(), &organization(false))), NOT_MASTER);

    let others = vec![Arc::new(created(&delegated, &request("mine")).unwrap())];
    let world = World { others, ..world };
    assert_eq!(code(updated(&world.facts(DELEGATED, HOME), "mine", &organization(true))), NOT_MASTER);
    let stranger = facts(&world.trails[..1], HOME);
    assert_eq!(code(updated(&stranger, "own", &organization(true))), NOT_IN_USE);
}

#[test]
fn another_folder_asks_for_the_bucket_again() {
    let world = World::new();
    let owner = world.facts(MANAGEMENT, HOME);
    let asks = |settings| update(&owner, "shared", &settings).unwrap().questions().bucket.is_some();
    assert!(asks(organization(false)));
    assert!(!asks(organization(true)), "it is the organization's already");
}

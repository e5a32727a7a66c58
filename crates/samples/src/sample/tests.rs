use super::*;
use std::collections::HashSet;

#[test]
fn every_sample_has_a_name_of_its_own_and_says_what_it_tells() {
    let mut names = HashSet::new();
    for sample in all() {
        assert!(names.insert(sample.name), "{} twice", sample.name);
        assert!(!sample.name.is_empty() && sample.name.len() < 80, "{sample:?}");
        assert!(sample.about.len() > 20 && sample.about.ends_with('.'), "{}", sample.name);
    }
    assert!(all().len() >= 120, "{}", all().len());
}

#[test]
fn every_statement_asks_the_store_and_fits_the_limit() {
    for Sample { name, statement, .. } in all() {
        assert!(statement.starts_with("SELECT") && statement.contains(STORE_PLACE), "{name}");
        assert!(statement.len() < 10_000 && !statement.contains("-- "), "{name}");
    }
}

#[test]
fn every_family_has_samples_and_no_file_names_another() {
    let families = [
        ("Insight", Family::Insight),
        ("ActivityAuditLog", Family::ActivityAuditLog),
        ("ConfigurationItem", Family::ConfigurationItem),
        ("Evidence", Family::Evidence),
    ];
    for (name, family) in families {
        let written: usize = FILES
            .iter()
            .map(|file| file.lines().filter(|line| *line == format!("{FAMILY}{name}")).count())
            .sum();
        assert!(written > 0, "{name}");
        assert_eq!(all().iter().filter(|sample| sample.family == family).count(), written);
    }
    let named = FILES.iter().flat_map(|file| file.lines()).filter(|line| line.starts_with(FAMILY)).count();
    assert_eq!(named, all().iter().filter(|sample| sample.family != Family::CloudTrail).count());
}

#[test]
fn a_sample_is_found_by_its_name_in_any_case() {
    assert_eq!(named("root SIGN-INS").map(|sample| sample.name), Some("Root sign-ins"));
    assert_eq!(named("root"), None);
}

//! Recipes that are read, and recipes that are refused with the field that is wrong.

use super::*;
use crate::base::explain::Explanation;
use crate::base::language::Language;

const SMALL: &str = "
seed: 1
start: 1404/06/29
days: 7
services:
  - {id: rec, name: پذیرش, median_minutes: 5}
sites:
  - id: krj
    name: کرج
    queues:
      - {service: rec, visits_a_day: 10, counters: 1}
";

#[test]
fn what_is_left_out_has_its_default_and_both_calendars_are_read() {
    let recipe = Recipe::from_yaml(SMALL).unwrap();
    let spelt_out =
        SMALL.replace("1404/06/29", "2025-09-20").replace("counters: 1", "counters: 1, booked_share: 0")
            + "zone: Asia/Tehran\nhours: {opens: \"07:30\"}\ndemand: {level: 1}\nscenarios: []\n";
    assert_eq!(recipe, Recipe::from_yaml(&spelt_out).unwrap());
    assert_eq!(recipe.start().to_string(), "2025-09-20");
    assert_eq!(recipe.site_names().collect::<Vec<_>>(), ["کرج"]);
    assert_eq!(recipe.sites[0].hours.opens, 27_000);
    assert_eq!(recipe.demand.hours.at(0), 0.7);
}

#[test]
fn a_profile_is_straight_between_its_points_and_level_outside() {
    let profile = Profile(vec![(100, 1.0), (200, 3.0), (300, 2.0)]);
    assert_eq!(
        [0, 100, 150, 200, 250, 300, 400].map(|second| profile.at(second)),
        [1.0, 1.0, 2.0, 3.0, 2.5, 2.0, 2.0]
    );
}

/// The error where `from` is replaced by `to` in the small recipe, checked to be told well in both languages.
fn error(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    let error = Recipe::from_yaml(&SMALL.replacen(from, to, 1)).expect_err(to);
    for language in Language::ALL {
        let told = Explanation::of(&error, language);
        for sentence in [&told.happened, &told.untouched, &told.next] {
            assert!(!sentence.starts_with("error.") && !sentence.contains(['{', '}']), "{sentence}");
        }
    }
    error.to_string()
}

#[test]
fn each_fault_is_named_with_its_field_and_what_is_allowed() {
    let later = "sites[0].hours.closes is 07:10; it must be between 08:02 and 24:00";
    let cases = [
        ("days: 7", "days: 0", "days is 0; it must be between 1 and 833"),
        ("days: 7", "days: 99999", "days is 99999; it must be between 1 and 833"),
        (
            "1404/06/29",
            "1404/06/32",
            "start is \"1404/06/32\"; it must be a date such as 2025-09-20 or 1404/06/29",
        ),
        (
            "1404/06/29",
            "1399-01-32",
            "start is \"1399-01-32\"; it must be a date such as 2025-09-20 or 1404/06/29",
        ),
        ("1404/06/29", "2035-01-01", "start is 2035-01-01; it must be between 2017-01-01 and 2027-12-31"),
        ("seed: 1", "seed: 1\nzone: Tehran", "zone: no such time zone: \"Tehran\""),
        ("counters: 1", "counters: 0", "sites[0].queues[0].counters is 0; it must be between 1 and 100"),
        (
            "visits_a_day: 10",
            "visits_a_day: .nan",
            "sites[0].queues[0].visits_a_day is NaN; it must be between 0 and 5000",
        ),
        (
            "visits_a_day: 10, counters: 1}",
            "visits_a_day: 5000, counters: 1}\ndemand: {level: 5}",
            "sites[0].queues[0].visits_a_day (times both levels) is 25000; it must be between 0 and 20000",
        ),
        ("service: rec", "service: doc", "sites[0].queues[0].service is \"doc\"; it must be one of rec"),
        (
            "id: krj",
            "id: کرج",
            "sites[0].id is \"کرج\"; an id has 1 to 16 of a-z and 0-9, a name 1 to 80 characters",
        ),
        (
            "name: کرج",
            "name: ''",
            "sites[0].name is \"\"; an id has 1 to 16 of a-z and 0-9, a name 1 to 80 characters",
        ),
        ("name: کرج", "name: کرج\n    hours: {closes: \"07:10\"}", later),
        (
            "seed: 1",
            "seed: 1\nhours: {opens: \"7.30\"}",
            "hours.opens is \"7.30\"; it must be a time of day between 00:00 and 24:00",
        ),
        (
            "seed: 1",
            "seed: 1\nexport: {at: \"24:01\"}",
            "export.at is \"24:01\"; it must be a time of day between 00:00 and 24:00",
        ),
        (
            "services:",
            "services:\n  - {id: doc, name: پذیرش, median_minutes: 5}",
            "services[1] is \"پذیرش\", which stands there already",
        ),
        (
            "seed: 1",
            "seed: 1\ndemand: {months: [1, 1]}",
            "demand.months (numbers in the list) is 2; it must be between 12 and 12",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(error(from, to), message);
    }
}

#[test]
fn scenarios_have_the_fields_of_their_kind_and_no_others() {
    let with = |scenario: &str| error("seed: 1", &format!("seed: 1\nscenarios: [{{{scenario}}}]"));
    assert_eq!(with("kind: new-branch, from: 1404/07/01"), "scenarios[0].site is missing");
    assert_eq!(with("kind: slower-service, from: 1404/07/01"), "scenarios[0].service is missing");
    assert_eq!(
        with("kind: ramadan-hours, from: 1404/07/01, factor: 2"),
        "scenarios[0].factor does not belong to this kind of scenario"
    );
    assert_eq!(
        with("kind: staff-shortage, from: 1404/07/02, until: 1404/07/01"),
        "scenarios[0].until is 2025-09-23; it must be between 2025-09-24 and 2027-12-31"
    );
    assert_eq!(
        with("kind: broken-clocks, from: 1404/07/01, site: thv"),
        "scenarios[0].site is \"thv\"; it must be one of krj"
    );
}

#[test]
fn a_document_that_is_no_recipe_is_refused_with_its_line() {
    let unknown = error("days: 7", "days: 7\nweather: fine");
    assert!(unknown.starts_with("unknown field `weather`") && unknown.contains("line 5"), "{unknown}");
    assert!(error("days: 7", "days: many").contains("line 4"));
    assert!(error("days: 7", "days: [").contains("line "));
    assert!(error("seed: 1\n", "").starts_with("missing field `seed`"));
    assert!(Recipe::from_yaml("").is_err());
    assert!(Recipe::from_yaml("- 1").is_err());
}

//! What an expression gives, what it may not be, and that nothing makes it fail.

use proptest::prelude::*;

use super::super::{CATALOGUE, Kind, build};
use super::*;
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::Task;

fn expression(text: &str) -> Result<Expression, ExpressionError> {
    Expression::new("test", text, Unit::Class)
}

/// The value where `people_ahead` is 6, `open_counters` 4 and `in_service` 0.
fn value(text: &str) -> Option<f64> {
    value_as(text, Unit::Class)
}

fn value_as(text: &str, unit: Unit) -> Option<f64> {
    let expression = Expression::new("test", text, unit).unwrap();
    let number = |place: usize| match expression.inputs()[place].id {
        "people_ahead" => Some(6.0),
        "open_counters" => Some(4.0),
        "in_service" => Some(0.0),
        _ => None,
    };
    match expression.value_of(number) {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

#[test]
fn numbers_are_computed_as_on_paper() {
    for (text, expected) in [
        ("people_ahead + 2 * 3", 12.0),
        ("(people_ahead + 2) * 3", 24.0),
        ("people_ahead - 2 - 3", 1.0),
        ("people_ahead / open_counters", 1.5),
        // Whole numbers are not divided as whole numbers.
        ("1 / 2 * people_ahead", 3.0),
        ("people_ahead / open_counters * 2", 3.0),
        ("-people_ahead + 1", -5.0),
        ("2 ^ open_counters + 0 * people_ahead", 16.0),
        ("max(people_ahead, open_counters, 9)", 9.0),
        ("min(max(people_ahead, 1), open_counters)", 4.0),
        ("max(1, min(people_ahead, 3)) + max(2, open_counters)", 7.0),
        ("abs(open_counters - people_ahead)", 2.0),
        ("sqrt(open_counters)", 2.0),
        ("log1p(in_service)", 0.0),
        ("floor(people_ahead / open_counters)", 1.0),
        ("round(people_ahead / open_counters)", 2.0),
        ("if(people_ahead > open_counters && !(in_service > 0), 1.5, 2.5)", 1.5),
        ("if(people_ahead == 6 || in_service > 0, people_ahead, 0)", 6.0),
        ("if(in_service > 0, people_ahead / in_service, 7)", 7.0),
    ] {
        assert_eq!(value(text), Some(expected), "{text}");
    }
    assert_eq!(value_as("people_ahead >= 6", Unit::YesNo), Some(1.0));
    assert_eq!(value_as("people_ahead != 6", Unit::YesNo), Some(0.0));
}

#[test]
fn missing_in_missing_out_and_only_finite_numbers_come_out() {
    assert_eq!(value("people_ahead + mean_service_time"), None);
    assert_eq!(value("if(people_ahead > 0, 1, mean_service_time)"), None);
    assert_eq!(value("people_ahead / in_service"), None);
    assert_eq!(value("0 * (people_ahead / in_service)"), None);
    assert_eq!(value("sqrt(0 - people_ahead)"), None);
    assert_eq!(value("10 ^ (100 * people_ahead)"), None);
    assert_eq!(value("max(sqrt(0 - people_ahead), 1)"), None);
    // Fewer than no people are none.
    assert_eq!(value_as("open_counters - people_ahead", Unit::People), None);
    assert_eq!(value_as("open_counters - people_ahead", Unit::SignedMinutes), Some(-2.0));
}

#[test]
fn what_is_not_of_the_language_is_refused_when_it_is_added() {
    type Error = ExpressionError;
    let refused = |text: &str| expression(text).unwrap_err();
    assert!(matches!(refused("people_ahead +"), Error::Unreadable { .. } | Error::WrongCount { .. }));
    assert!(matches!(refused("(people_ahead"), Error::Unreadable { .. }));
    assert!(matches!(refused(""), Error::Unreadable { .. }));
    assert!(matches!(refused("()"), Error::Unreadable { .. } | Error::NotAllowed { .. }));
    assert!(matches!(refused("wait + 1"), Error::UnknownInput { name } if name == "wait"));
    assert!(matches!(refused("called - people_ahead"), Error::UnknownInput { name } if name == "called"));
    assert!(matches!(refused("site + 1"), Error::NotANumber { name } if name == "site"));
    assert!(matches!(refused("people_ahead = 3"), Error::NotAllowed { .. }));
    assert!(matches!(refused("people_ahead; 3"), Error::NotAllowed { .. }));
    assert!(matches!(refused("people_ahead + \"a\""), Error::NotAllowed { .. }));
    assert!(matches!(refused("people_ahead % 2"), Error::NotAllowed { .. }));
    assert!(matches!(refused("str::to_lowercase(people_ahead)"), Error::NotAllowed { .. }));
    assert!(matches!(refused("people_ahead + (people_ahead > 1)"), Error::WrongType { .. }));
    assert!(matches!(refused("!people_ahead"), Error::WrongType { .. }));
    assert!(matches!(refused("if(people_ahead, 1, 2)"), Error::WrongType { .. }));
    assert!(matches!(refused("if(people_ahead > 1, 1, true)"), Error::WrongType { .. }));
    assert!(matches!(refused("max(people_ahead)"), Error::WrongCount { .. }));
    assert!(matches!(refused("abs(people_ahead, 1)"), Error::WrongCount { .. }));
    assert!(matches!(refused("people_ahead > 1"), Error::WrongUnit { .. }));
    assert!(matches!(refused("1 + 2"), Error::NoInput));
    assert!(matches!(refused(&format!("people_ahead{}", " + 1".repeat(200))), Error::TooLarge));
    let deep = format!("{}people_ahead{}", "(".repeat(17), ")".repeat(17));
    assert!(matches!(refused(&deep), Error::TooLarge));
    for name in ["", "Load", "1st", "a b", "a.b", "ویژگی"] {
        assert!(matches!(Expression::new(name, "people_ahead", Unit::People), Err(Error::Name { .. })), "{name}");
    }
    assert!(matches!(Expression::new("a", "people_ahead", Unit::YesNo), Err(Error::WrongUnit { .. })));
}

#[test]
fn offline_and_online_are_the_same_code() {
    let recipe = "
seed: 3
start: 1404/07/05
days: 4
services: [{id: rec, name: پذیرش, median_minutes: 5}]
sites: [{id: krj, name: کرج, queues: [{service: rec, visits_a_day: 60, counters: 1}]}]
";
    let (recipe, task) = (Recipe::from_yaml(recipe).unwrap(), Task::default());
    let visits = simulate(&recipe, &task).unwrap();
    let history = crate::analysis::history::History::new(recipe.zone().clone(), visits);
    let table = build(&history, &task).unwrap();
    let states = super::super::queue_states(&history, &task).unwrap();
    let text = "if(arrivals_30min > 3, work_ahead / (1 + head_of_line_wait), sqrt(minute_of_day) - people_ahead)";
    let expression = expression(text).unwrap();
    let column = expression.column(&table);
    let mut clock = history.zone.clock();
    for (row, queue) in states.into_iter().enumerate() {
        let (visits, at) = (&history.visits, history.visits.arrived[row]);
        let local = clock.local(at);
        let arrival = Arrival {
            site: visits.site.get(row),
            service: visits.service.get(row),
            at,
            local,
            day: super::super::Day::of(local.date()),
            queue,
            channel: None,
            priority: None,
            booked_for: None,
            expected_service: visits
                .extras
                .get("expected_service_min")
                .and_then(|extra| extra.get(row)?.parse().ok())
                .and_then(crate::base::Minutes::new),
        };
        assert_eq!(column.value(row), expression.value(&arrival), "row {row}");
    }
    assert!(column.missing() < column.len() / 2, "{} of {}", column.missing(), column.len());
}

proptest! {
    /// Whatever somebody types: a value or an error, never a panic, and what is accepted is computed.
    #[test]
    fn nothing_that_is_typed_makes_it_fail(text in "[-a-z0-9_ ()+*/^<>=!&|,.;%\"]{0,60}", number in -1e9..1e9_f64) {
        if let Ok(expression) = expression(&text) {
            expression.value_of(|_| Some(number));
        }
    }

    /// Texts that are nearly expressions.
    #[test]
    fn nothing_that_is_nearly_right_makes_it_fail(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "people_ahead", "open_counters", "max(", "min(", "if(", ")", "(", ",", "+", "-", "*", "/", "^", "<",
                "==", "&&", "||", "!", "1", "2.5", "true", "abs(", "site",
            ]),
            0..24,
        ),
        number in -1e9..1e9_f64,
    ) {
        let text = parts.join(" ");
        if let Ok(expression) = expression(&text)
            && let Value::Number(result) = expression.value_of(|_| Some(number))
        {
            prop_assert!(result.is_finite());
        }
    }
}

#[test]
fn every_number_of_the_catalogue_may_be_used() {
    for feature in CATALOGUE {
        assert_eq!(
            expression(&format!("{} + 1", feature.id)).is_ok(),
            feature.kind() == Kind::Number,
            "{}",
            feature.id
        );
    }
}

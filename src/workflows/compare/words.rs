//! What a comparison says beside its figures, in sentences for the terminal and the window.

use crate::analysis::evaluation::{
    Comparison, Condition, Difference, Holds, LineageKind, PredictionAccount, SliceVerdict, WorstSlice,
};
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::base::language::{Language, places_beside};
use crate::workflows::card::{category_words, feature_words};

/// What the tests beside the bootstrap say of the difference; of one that is not evaluable, that it is not.
#[must_use]
pub fn tests_words(language: Language, comparison: &Comparison) -> String {
    let p = |p: Option<f64>| match p {
        // Below what four places can show, zero would be a lie.
        Some(p) if p < 0.000_1 => format!("< {}", language.decimal(0.000_1, 4)),
        Some(p) => format!("= {}", language.decimal(p, 4)),
        None => language.text("compare.no_p").to_owned(),
    };
    let tests = &comparison.tests;
    let values = [
        ("sign_flips", p(tests.sign_flips.as_ref().map(|test| test.p))),
        ("diebold_mariano", p(tests.diebold_mariano.as_ref().map(|test| test.p))),
        ("robust", p(tests.diebold_mariano_robust.as_ref().map(|test| test.p))),
        ("days", language.integer(comparison.days)),
        ("site_days", language.integer(comparison.site_days)),
    ];
    language.fill_owned("compare.tests", &values)
}

/// The level of a slice of a comparison, such as "Thursday", "busy" or the name of a service.
#[must_use]
pub fn level_words(language: Language, dimension: &str, level: &str) -> String {
    match (dimension, level) {
        ("load", "quiet" | "busy") | ("site_age", "known" | "new") => {
            language.text(&format!("slice.{dimension}.{level}")).to_owned()
        }
        // Hours in the digits of the language.
        ("hour", hour) => hour.parse().map_or_else(|_| hour.to_owned(), |hour| language.integer(hour)),
        _ => category_words(language, dimension, level),
    }
}

/// Where the candidate is worst, as its tree found it, and what the other half of the days says of that place.
#[must_use]
pub fn worst_words(language: Language, worst: &WorstSlice) -> String {
    let mut conditions = worst.conditions.iter().map(|condition| condition_words(language, condition));
    let first = conditions.next().unwrap_or_default();
    let all = conditions.fold(first, |said, next| language.fill("list.and", &[("a", &said), ("b", &next)]));
    let ratio = |ratio: Option<f64>| language.decimal(ratio.unwrap_or(f64::NAN), 2);
    let values = [
        ("slice", all),
        ("ratio", ratio(worst.ratio)),
        ("low", ratio(worst.ratio_low)),
        ("high", ratio(worst.ratio_high)),
        ("n", language.integer(worst.n)),
        ("days", language.integer(worst.days)),
        ("found", ratio(Some(worst.ratio_found))),
    ];
    let key = match worst.verdict {
        SliceVerdict::Worse => "compare.tree_worse",
        SliceVerdict::Better | SliceVerdict::Alike => "compare.tree_alike",
        SliceVerdict::NotJudged => "compare.tree_few",
    };
    language.fill_owned(key, &values)
}

fn condition_words(language: Language, condition: &Condition) -> String {
    let factor = condition.factor.as_str();
    let is_slice = matches!(factor, "site" | "service" | "weekday" | "channel");
    let name = if is_slice {
        language.text(&format!("slice.{factor}")).to_owned()
    } else {
        feature_words(language, factor).to_lowercase()
    };
    let number = |value: f64| {
        let places = usize::from(value.fract() != 0.0);
        language.decimal(value, places)
    };
    let (key, value) = match &condition.holds {
        Holds::Is(level) => ("compare.tree_is", level_words(language, factor, level)),
        Holds::IsNot(level) => ("compare.tree_is_not", level_words(language, factor, level)),
        Holds::UpTo(most) => ("compare.tree_up_to", number(*most)),
        Holds::Above(least) => ("compare.tree_above", number(*least)),
    };
    language.fill(key, &[("factor", &name), ("value", &value)])
}

/// Why the gate does not decide, where that is not a matter of more visits.
#[must_use]
pub fn reason_words(language: Language, comparison: &Comparison) -> Option<String> {
    let reason = comparison.gate_reason.as_deref()?;
    let values = [
        ("n", language.integer(comparison.n)),
        ("in_sample", language.integer(comparison.lineage.in_sample)),
        ("unpredicted", language.integer(comparison.selection.unpredicted)),
    ];
    Some(language.fill_owned(&format!("compare.because_{reason}"), &values))
}

/// The key of the sentence that says which of the two is better, or that they cannot be told apart.
#[must_use]
pub fn headline_key(comparison: &Comparison) -> &'static str {
    match comparison.found() {
        Difference::Better => "compare.better",
        Difference::Worse => "compare.worse",
        Difference::Alike => "compare.alike",
    }
}

/// Decimals, `least` or more, at which the difference and the ends of its interval do not look like none.
#[must_use]
pub fn difference_places(comparison: &Comparison, least: usize) -> usize {
    places_beside(0.0, &[comparison.delta, comparison.delta_low, comparison.delta_high], least)
}

/// The same of the ratio of the errors.
#[must_use]
pub fn ratio_places(comparison: &Comparison, least: usize) -> usize {
    places_beside(1.0, &[comparison.ratio, comparison.ratio_low, comparison.ratio_high], least)
}

/// How every interval of a comparison is made.
#[must_use]
pub fn method_words(language: Language, comparison: &Comparison) -> String {
    language.fill("compare.interval_method", &[("resamples", &language.integer(comparison.resamples))])
}

/// The ratio of the errors with its interval, and the bound that decides: nothing passes but by the upper one, nothing fails but by
/// the lower one. Figures with `least` places or as many as it takes to see on which side of the margin they are.
#[must_use]
pub fn bounds_words(language: Language, comparison: &Comparison, least: usize) -> String {
    let bounds = [comparison.ratio_lower_bound, comparison.ratio_upper_bound];
    let places = places_beside(comparison.margin, &bounds, ratio_places(comparison, least));
    let number = |value: f64| language.decimal(value, places);
    let key = match comparison.gate {
        Verdict::Pass => "compare.gate_pass",
        Verdict::Fail => "compare.gate_fail",
        Verdict::Inconclusive => "compare.gate_inconclusive",
    };
    let values = [
        ("ratio", number(comparison.ratio)),
        ("low", number(comparison.ratio_low)),
        ("high", number(comparison.ratio_high)),
        ("upper", number(comparison.ratio_upper_bound)),
        ("lower", number(comparison.ratio_lower_bound)),
        ("margin", language.decimal(comparison.margin, 2)),
    ];
    language.fill_owned(key, &values)
}

/// Where the gate does not decide: why, or how many days would; what no further visits would change comes before that.
#[must_use]
pub fn undecided_words(language: Language, comparison: &Comparison) -> Option<String> {
    let is_closed = !matches!(comparison.gate_reason.as_deref(), None | Some("few" | "undecided"));
    if let Some(reason) = reason_words(language, comparison).filter(|_| is_closed) {
        return Some(reason);
    }
    (comparison.gate == Verdict::Inconclusive).then(|| match comparison.days_needed {
        Some(days) => {
            let values = [("days", language.integer(days)), ("present", language.integer(comparison.days))];
            language.fill_owned("compare.days_needed", &values)
        }
        None => language.text("compare.days_unknown").to_owned(),
    })
}

/// Which visits were compared on, where they were asked for or lack predictions, and what became of the rows of files.
#[must_use]
pub fn selection_words(language: Language, comparison: &Comparison) -> Vec<String> {
    let selection = &comparison.selection;
    let mut said = Vec::new();
    let day = |day: Option<_>, otherwise: &str| {
        day.map_or_else(
            || language.text(otherwise).to_owned(),
            |day| DateStyle::usual(language).short(day, language),
        )
    };
    if selection.from.is_some() || selection.until.is_some() {
        let values = [
            ("from", day(selection.from, "compare.from_beginning")),
            ("until", day(selection.until, "compare.until_end")),
        ];
        said.push(language.fill_owned("compare.period_asked", &values));
    }
    if comparison.lineage.kind == LineageKind::InSample {
        let values =
            [("in_sample", language.integer(comparison.lineage.in_sample)), ("n", language.integer(comparison.n))];
        said.push(language.fill_owned("compare.in_sample", &values));
    }
    said.extend(
        [&selection.current_file, &selection.candidate_file]
            .into_iter()
            .flatten()
            .map(|file| account_words(language, file)),
    );
    if selection.unpredicted > 0 {
        said.push(language.fill(
            "compare.unpredicted",
            &[("n", &language.integer(selection.unpredicted)), ("compared", &language.integer(comparison.n))],
        ));
    }
    said
}

/// What became of the rows of a file of predictions.
#[must_use]
pub fn account_words(language: Language, account: &PredictionAccount) -> String {
    let values = [
        ("file", account.file.clone()),
        ("rows", language.integer(account.rows)),
        ("used", language.integer(account.used)),
    ];
    let head = language.fill_owned("compare.file_rows", &values);
    account.flaws.iter().fold(head, |said, flaw| {
        let values = [
            ("n", language.integer(flaw.n)),
            ("flaw", language.text(&format!("prediction_flaw.{}", flaw.flaw.id())).to_owned()),
            ("line", language.integer(flaw.line)),
        ];
        let flaw = language.fill_owned("compare.file_flaw", &values);
        language.fill("compare.sentences", &[("first", &said), ("second", &flaw)])
    })
}

//! What a report says in words: the same in the terminal, in the window and in a file.

use crate::analysis::drift::{
    ConceptDrift, ConceptReason, DataReason, FeatureDrift, LabelDrift, Level, LikeForLike, Source, WindowFacts,
};
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::base::statistics::BinLabel;
use crate::workflows::card::{category_words, feature_words};
use crate::workflows::models::contender_words;

use super::{DriftReport, Matter, Matters, Watched};

/// The headline: what the three monitors say together.
#[must_use]
pub fn headline(language: Language, report: &DriftReport) -> String {
    let mut said = Vec::new();
    let monitors =
        [("data", report.data.verdict), ("concept", report.concept.verdict), ("label", report.label.verdict)];
    for (monitor, verdict) in monitors {
        if verdict == report.verdict && verdict != Verdict::Pass {
            let values =
                [("n", language.integer(report.data.drifted)), ("percent", worse(language, &report.concept))];
            let key = match (monitor, report.concept.reason) {
                ("concept", ConceptReason::DriftAlike) => "drift.said.concept_alike".to_owned(),
                _ => format!("drift.said.{monitor}_{}", verdict.id()),
            };
            said.push(language.fill_owned(&key, &values));
        }
    }
    let what = said.join(between(language));
    language.fill(&format!("drift.headline.{}", report.verdict.id()), &[("what", &what)])
}

/// How much more the model errs, by the ratio that was found to be too high.
fn worse(language: Language, concept: &ConceptDrift) -> String {
    let alike = concept.like_for_like.filter(|_| concept.reason == ConceptReason::DriftAlike);
    let ratio = alike.map(|alike| alike.ratio).or(concept.ratio);
    language.percent(ratio.map_or(f64::NAN, |ratio| ratio - 1.0), 0)
}

/// The model by its name for people.
#[must_use]
pub fn watched_words(language: Language, model: &Watched) -> String {
    match &model.family {
        Some(family) => contender_words(language, &model.name, family),
        None => model.name.clone(),
    }
}

/// Between the parts of a list.
fn between(language: Language) -> &'static str {
    if language.is_right_to_left() { "؛ " } else { "; " }
}

/// A window: its days, its visits, and what has to be known of it.
#[must_use]
pub fn window_words(language: Language, dates: DateStyle, facts: &WindowFacts) -> String {
    let values = [
        ("first", dates.short(facts.first, language)),
        ("last", dates.short(facts.last, language)),
        ("n", language.integer(facts.visits)),
        ("days", language.integer(facts.days)),
    ];
    let mut words = vec![language.fill_owned("drift.window", &values)];
    words.extend(marks(language, facts));
    words.join(between(language))
}

/// What has to be known of a window: holidays, and whether it may still change.
#[must_use]
pub fn marks(language: Language, facts: &WindowFacts) -> Vec<String> {
    let mut words = Vec::new();
    match facts.has_holiday {
        Some(true) => words.push(language.text("drift.mark.holiday").to_owned()),
        Some(false) => {}
        None => words.push(language.text("drift.mark.holiday_unknown").to_owned()),
    }
    if !facts.without.is_empty() {
        let weekdays: Vec<&str> = facts.without.iter().map(|weekday| language.text(weekday.name_key())).collect();
        words.push(language.fill("drift.mark.without", &[("weekdays", &weekdays.join(between(language)))]));
    }
    if !facts.is_whole {
        words.push(language.text("drift.mark.partial").to_owned());
    }
    if facts.unfinished > 0 {
        words.push(language.fill("drift.mark.unfinished", &[("n", &language.integer(facts.unfinished))]));
    }
    words
}

/// The name of a feature or of a raw input.
#[must_use]
pub fn column_words(language: Language, feature: &FeatureDrift) -> String {
    match feature.source {
        Source::Feature => feature_words(language, &feature.feature),
        Source::Input => language.fill("drift.input", &[("name", &feature.feature)]),
    }
}

/// Columns together, and how many would seem to drift by chance.
#[must_use]
pub fn data_words(language: Language, report: &DriftReport) -> String {
    let data = &report.data;
    let values = [
        ("drifted", language.integer(data.drifted)),
        ("measured", language.integer(data.measured)),
        ("above", language.integer(data.above_floor)),
        ("chance", language.decimal(data.above_floor_by_chance, 1)),
        ("significant", language.integer(data.significant)),
    ];
    language.fill_owned("drift.data_line", &values)
}

/// Why the verdict on a column is what it is, and how many visits would decide.
#[must_use]
pub fn data_reason(language: Language, feature: &FeatureDrift) -> String {
    let reason = language.text(&format!("drift.data.{}", feature.found.reason.id())).to_owned();
    let needed = feature.found.visits_needed.filter(|_| feature.found.reason != DataReason::TooFewVisits);
    with_needed(language, reason, needed)
}

fn with_needed(language: Language, reason: String, needed: Option<u64>) -> String {
    match needed {
        Some(n) => format!("{reason} {}", language.fill("drift.needed", &[("n", &language.integer(n))])),
        None => reason,
    }
}

/// One column, with its numbers.
#[must_use]
pub fn feature_line(language: Language, feature: &FeatureDrift) -> String {
    let found = &feature.found;
    let name = column_words(language, feature);
    let mut reason = data_reason(language, feature);
    for (key, levels) in [("drift.new_levels", &found.new_levels), ("drift.missing_levels", &found.missing_levels)]
    {
        if !levels.is_empty() {
            let levels = levels_words(language, &feature.feature, levels);
            reason = format!("{reason} {}", language.fill(key, &[("levels", &levels)]));
        }
    }
    let Some((kl, floor)) = found.kl.zip(found.floor) else {
        return language.fill("drift.unmeasured_line", &[("feature", &name), ("reason", &reason)]);
    };
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 3);
    let values = [
        ("feature", name),
        ("kl", language.decimal(kl, 3)),
        ("floor", language.decimal(floor, 3)),
        ("psi", number(found.psi)),
        ("js", number(found.js)),
        ("n", language.integer(found.n_current)),
        ("m", language.integer(found.n_reference)),
        ("reason", reason),
    ];
    language.fill_owned("drift.feature_line", &values)
}

/// The first five levels, and how many more there are.
#[must_use]
pub fn levels_words(language: Language, feature: &str, levels: &[Level]) -> String {
    const SHOWN: usize = 5;
    let one = |level: &Level| {
        let values = [("level", bin_words(language, feature, &level.level)), ("n", language.integer(level.n))];
        language.fill_owned("drift.level", &values)
    };
    let mut words: Vec<String> = levels.iter().take(SHOWN).map(one).collect();
    if levels.len() > SHOWN {
        words.push(language.fill("drift.more", &[("n", &language.integer((levels.len() - SHOWN) as u64))]));
    }
    words.join(between(language))
}

/// What falls into a bin.
#[must_use]
pub fn bin_words(language: Language, feature: &str, label: &BinLabel) -> String {
    let number = |value: f64| {
        let places = match value.abs() {
            _ if value.fract() == 0.0 => 0,
            size if size >= 1.0 => 1,
            size if size >= 0.1 => 2,
            _ => 3,
        };
        language.decimal(value, places)
    };
    match label {
        BinLabel::Number(value) => number(*value),
        BinLabel::Category(name) => category_words(language, feature, name),
        BinLabel::Range { above: Some(above), up_to: Some(up_to) } => {
            // With as many decimals as tell its ends apart: waits of seconds, in minutes, would all be 0.1.
            let places = match up_to - above {
                _ if above.fract() == 0.0 && up_to.fract() == 0.0 => 0,
                width if width >= 0.5 => 1,
                width if width >= 0.05 => 2,
                _ => 3,
            };
            format!("{}–{}", language.decimal(*above, places), language.decimal(*up_to, places))
        }
        BinLabel::Range { above: None, up_to: Some(up_to) } => {
            language.fill("drift.up_to", &[("value", &number(*up_to))])
        }
        BinLabel::Range { above: Some(above), up_to: None } => {
            language.fill("drift.above", &[("value", &number(*above))])
        }
        BinLabel::Range { above: None, up_to: None } => "–".to_owned(),
        BinLabel::Other => language.text("drift.other_values").to_owned(),
        BinLabel::New => language.text("drift.new_values").to_owned(),
        BinLabel::Missing => language.text("drift.no_value").to_owned(),
    }
}

/// The error of the model against that of the weeks before.
#[must_use]
pub fn concept_words(language: Language, model: &str, concept: &ConceptDrift) -> String {
    let reason = language.text(&format!("drift.concept.{}", concept.reason.id())).to_owned();
    let mut reason = with_needed(language, reason, concept.visits_needed);
    let Some(((mae, mean), ratio)) = concept.mae_week.zip(concept.mae_mean_4).zip(concept.ratio) else {
        return language.fill("drift.concept_none", &[("model", model), ("reason", &reason)]);
    };
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 2);
    if let Some(alike) = &concept.like_for_like {
        reason = format!("{reason} {}", alike_words(language, alike));
    }
    let values = [
        ("model", model.to_owned()),
        ("mae", language.decimal(mae, 2)),
        ("mean", language.decimal(mean, 2)),
        ("ratio", language.decimal(ratio, 2)),
        ("low", number(concept.ratio_low)),
        ("high", number(concept.ratio_high)),
        ("n", language.integer(concept.n)),
        ("days", language.integer(concept.days)),
        ("reason", reason),
    ];
    language.fill_owned("drift.concept_line", &values)
}

/// The error among visits predicted alike, and what harder visits account for.
#[must_use]
pub fn alike_words(language: Language, alike: &LikeForLike) -> String {
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 2);
    let values = [
        ("ratio", number(Some(alike.ratio))),
        ("low", number(Some(alike.ratio_low))),
        ("high", number(alike.ratio_high)),
        ("harder", number(Some(alike.harder))),
    ];
    language.fill_owned("drift.alike", &values)
}

/// A p-value with its sign: `= 0.012`, or `< 0.001` below that.
#[must_use]
pub fn p_words(language: Language, p: Option<f64>) -> String {
    const SMALLEST: f64 = 0.001;
    match p {
        Some(p) if p < SMALLEST => format!("< {}", language.decimal(SMALLEST, 3)),
        p => format!("= {}", language.decimal(p.unwrap_or(f64::NAN), 3)),
    }
}

/// The waits of two months.
#[must_use]
pub fn label_words(language: Language, label: &LabelDrift) -> String {
    let reason = language.text(&format!("drift.label.{}", label.reason.id())).to_owned();
    let (Some([median, before]), Some(d), Some(p)) = (label.medians, label.d, label.p) else { return reason };
    let values = [
        ("median", language.decimal(median, 1)),
        ("before", language.decimal(before, 1)),
        ("d", language.decimal(d, 3)),
        ("p", p_words(language, Some(p))),
        ("p_days", p_words(language, label.p_days)),
        ("distance", language.decimal(label.wasserstein_minutes.unwrap_or(f64::NAN), 2)),
        ("n", language.integer(label.n_current)),
        ("m", language.integer(label.n_reference)),
        ("reason", reason),
    ];
    language.fill_owned("drift.label_line", &values)
}

/// What the drift of a feature does to the predictions.
#[must_use]
pub fn matter_words(language: Language, matter: &Matter) -> String {
    let number = |value: Option<f64>| language.signed_decimal(value.unwrap_or(f64::NAN), 2);
    let values = [
        ("feature", feature_words(language, &matter.feature)),
        ("minutes", number(matter.shift_minutes)),
        ("importance", language.decimal(matter.importance.unwrap_or(f64::NAN), 2)),
    ];
    language.fill_owned("drift.matter_line", &values)
}

/// Why the verdict on the error is what it is, and how many visits would decide.
#[must_use]
pub fn concept_reason(language: Language, concept: &ConceptDrift) -> String {
    let reason = language.text(&format!("drift.concept.{}", concept.reason.id())).to_owned();
    with_needed(language, reason, concept.visits_needed)
}

/// The mean prediction then and now.
#[must_use]
pub fn predicted_words(language: Language, matters: &Matters) -> String {
    let values = [
        ("current", language.decimal(matters.predicted_current, 2)),
        ("reference", language.decimal(matters.predicted_reference, 2)),
    ];
    language.fill_owned("drift.matters_line", &values)
}

/// What has to be known of a window, in a row; `None` where nothing has.
#[must_use]
pub fn marks_words(language: Language, facts: &WindowFacts) -> Option<String> {
    let marks = marks(language, facts);
    (!marks.is_empty()).then(|| marks.join(between(language)))
}

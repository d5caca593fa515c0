//! What `nobat runs explain`, `importance`, `effects` and `residuals` say in words.

use crate::analysis::insight::{Effect, Effects, GroupImportance, Importance, ResidualSlice};
use crate::base::calendar::{DateStyle, Weekday};
use crate::base::language::Language;
use crate::workflows::card::{feature_words, value_words};
use crate::workflows::insight::{RunResiduals, VisitExplanation};

/// A waterfall: base, contributions, prediction.
pub(super) fn explanation_lines(found: &VisitExplanation, language: Language) -> Vec<String> {
    let minutes = |value: f64| language.signed_decimal(value, 2);
    let head = [
        ("visit", found.visit.clone()),
        ("row", language.integer(found.row as u64)),
        ("rows", language.integer(found.rows as u64)),
        ("site", found.site.clone()),
        ("arrived", DateStyle::usual(language).long(found.day, language)),
        ("predicted", language.decimal(found.predicted_minutes, 2)),
        ("actual", language.decimal(found.actual_minutes, 2)),
    ];
    let mut lines = vec![language.fill_owned("cli.explain.head", &head)];
    let line = |name: &str, minutes: &str| format!("{minutes:>9}  {name}");
    lines.push(line(language.text("insight.base"), &language.decimal(found.base_minutes, 2)));
    for one in &found.contributions {
        let value = one.value.as_ref().map_or_else(
            || language.text("insight.missing").to_owned(),
            |value| value_words(language, &one.feature, value),
        );
        let name = language
            .fill("train.parameter", &[("name", &feature_words(language, &one.feature)), ("value", &value)]);
        lines.push(line(&name, &minutes(one.minutes)));
    }
    if found.limited_minutes != 0.0 {
        lines.push(line(language.text("insight.limited"), &minutes(found.limited_minutes)));
    }
    lines.push(line(language.text("insight.predicted"), &language.decimal(found.predicted_minutes, 2)));
    lines
}

pub(super) fn importance_lines(found: &Importance, language: Language) -> Vec<String> {
    let head = [
        ("n", language.integer(found.n)),
        ("of", language.integer(found.of)),
        ("days", language.integer(found.days)),
        ("mae", language.decimal(found.mae, 2)),
        ("repeats", language.integer(u64::from(found.repeats))),
    ];
    let mut lines = vec![language.fill_owned("cli.importance.head", &head)];
    let line = |group: &GroupImportance| {
        let features: Vec<String> = group.features.iter().map(|id| feature_words(language, id)).collect();
        let number = |value: Option<f64>| language.signed_decimal(value.unwrap_or(f64::NAN), 2);
        let values = [
            ("increase", language.signed_decimal(group.increase, 2)),
            ("low", number(group.increase_low)),
            ("high", number(group.increase_high)),
            ("spread", language.decimal(group.spread, 2)),
            ("features", features.join(" + ")),
        ];
        language.fill_owned("cli.importance.line", &values)
    };
    lines.extend(found.groups.iter().map(line));
    lines
}

pub(super) fn effect_lines(found: &Effects, language: Language) -> Vec<String> {
    let number = |value: f64| language.decimal(value, 2);
    let head = [
        ("feature", feature_words(language, &found.feature)),
        ("n", language.integer(found.n)),
        ("of", language.integer(found.of)),
        ("missing", language.integer(found.missing)),
        ("mean", number(found.mean_predicted)),
    ];
    let mut lines = vec![language.fill_owned("cli.effects.head", &head)];
    match &found.effect {
        Effect::Number(effect) => {
            for ((at, dependence), ale) in effect.at.iter().zip(&effect.partial_dependence).zip(&effect.ale) {
                let values = [
                    ("at", number(*at)),
                    ("dependence", number(*dependence)),
                    ("ale", language.signed_decimal(*ale, 2)),
                ];
                lines.push(language.fill_owned("cli.effects.number", &values));
            }
        }
        Effect::Category(effect) => {
            for ((name, n), dependence) in effect.names.iter().zip(&effect.name_n).zip(&effect.partial_dependence)
            {
                let values =
                    [("name", name.clone()), ("n", language.integer(*n)), ("dependence", number(*dependence))];
                lines.push(language.fill_owned("cli.effects.category", &values));
            }
            if effect.names_left_out > 0 {
                let left = [("n", language.integer(effect.names_left_out))];
                lines.push(language.fill_owned("cli.left_out", &left));
            }
        }
    }
    lines
}

pub(super) fn residual_lines(found: &RunResiduals, language: Language) -> Vec<String> {
    let number = |value: f64| language.decimal(value, 2);
    let residuals = &found.residuals;
    let head = [("n", language.integer(residuals.n)), ("days", language.integer(residuals.days))];
    let mut lines = vec![language.fill_owned("cli.residuals.head", &head)];
    let range =
        |from: f64, to: f64| language.fill_owned("insight.range", &[("from", number(from)), ("to", number(to))]);
    let mut section = |key: &str, rows: Vec<String>| {
        lines.push(format!("{}:", language.text(key)));
        lines.extend(rows);
    };
    section("insight.by_predicted", rows(&residuals.by_predicted, |of| range(of.from, of.to), language));
    section("insight.by_hour", rows(&residuals.by_hour, |of| language.integer(u64::from(*of)), language));
    let weekday = |of: &Weekday| language.text(of.name_key()).to_owned();
    section("insight.by_weekday", rows(&residuals.by_weekday, weekday, language));
    section("insight.by_site", rows(&residuals.by_site, Clone::clone, language));
    if residuals.sites_left_out > 0 {
        section(
            "insight.site",
            vec![language.fill_owned("cli.left_out", &[("n", language.integer(residuals.sites_left_out))])],
        );
    }
    let calibration = found.calibration.iter().map(|bin| {
        let values = [
            ("predicted", number(bin.mean_predicted)),
            ("mean", number(bin.mean_actual)),
            ("low", number(bin.mean_actual_low.unwrap_or(f64::NAN))),
            ("high", number(bin.mean_actual_high.unwrap_or(f64::NAN))),
            ("median", number(bin.median_actual)),
            ("n", language.integer(bin.n)),
        ];
        language.fill_owned("cli.residuals.calibration", &values)
    });
    section("insight.calibration", calibration.collect());
    lines
}

fn rows<L>(slices: &[ResidualSlice<L>], name: impl Fn(&L) -> String, language: Language) -> Vec<String> {
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 2);
    let line = |slice: &ResidualSlice<L>| {
        let values = [
            ("of", name(&slice.of)),
            ("n", language.integer(slice.n)),
            ("bias", language.signed_decimal(slice.bias, 2)),
            ("bias_low", number(slice.bias_low)),
            ("bias_high", number(slice.bias_high)),
            ("mae", language.decimal(slice.mae, 2)),
            ("mae_low", number(slice.mae_low)),
            ("mae_high", number(slice.mae_high)),
        ];
        language.fill_owned("cli.residuals.line", &values)
    };
    slices.iter().map(line).collect()
}

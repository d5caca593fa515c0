//! Where a model errs, and how its predictions stand to the waits.

use egui::Ui;

use crate::analysis::insight::{CalibrationBin, PredictedRange, ResidualSlice};
use crate::base::calendar::Weekday;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{
    ForestData, ForestRow, LineData, Series, Threshold, XPoint, chart_card_ui,
};
use crate::workbench::widgets::grid_ui;
use crate::workflows::insight::RunResiduals;

/// Height of a picture of four.
const SMALL: f32 = 190.0;
/// Height of a picture alone.
const LARGE: f32 = 340.0;
/// Sites that are drawn; those with the largest errors.
const MOST_SITES: usize = 12;

pub(super) fn residuals_ui(ui: &mut Ui, found: &RunResiduals) {
    let look = Look::of(ui);
    let residuals = &found.residuals;
    let unit = look.fill("insight.residual_unit", &[("n", &look.language.integer(residuals.n))]);
    let (predicted, hours) = (by_predicted(&look, found, &unit), by_hour(&look, found, &unit));
    grid_ui(ui, "residual lines", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &predicted, SMALL, height),
        _ => chart_card_ui(ui, &hours, SMALL, height),
    });
    let weekdays = by_weekday(&look, found, &unit);
    let (shown, all) = (residuals.by_site.len().min(MOST_SITES), residuals.by_site.len());
    let number = |value: usize| look.language.integer(value as u64);
    let note = match shown < all {
        true => look.fill("insight.sites_some", &[("shown", &number(shown)), ("all", &number(all))]),
        false => unit,
    };
    let sites = residuals.by_site.get(..shown).unwrap_or_default();
    let sites = by_site(&look, sites, note);
    grid_ui(ui, "residual forests", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &weekdays, SMALL, height),
        _ => chart_card_ui(ui, &sites, 0.0, height),
    });
}

/// "Bias by hour of the arrival".
fn title(look: &Look, key: &str) -> String {
    look.fill("insight.residual", &[("of", look.text(key))])
}

fn by_predicted(look: &Look, found: &RunResiduals, unit: &str) -> LineData {
    let slices = &found.residuals.by_predicted;
    let point = |slice: &ResidualSlice<PredictedRange>| {
        let middle = f64::midpoint(slice.of.from, slice.of.to);
        predicted_point(look, middle, slice.n)
    };
    LineData {
        name: title(look, "insight.by_predicted"),
        x_name: look.text("insight.predicted_minutes").to_owned(),
        x: slices.iter().map(point).collect(),
        series: biases(look, slices),
        ..bias_lines(look, unit)
    }
}

fn by_hour(look: &Look, found: &RunResiduals, unit: &str) -> LineData {
    let slices = &found.residuals.by_hour;
    let point = |slice: &ResidualSlice<u8>| {
        let hour = look.language.digits(&format!("{:02}:00", slice.of));
        labelled(look, f64::from(slice.of), hour, slice.n)
    };
    LineData {
        name: title(look, "insight.by_hour"),
        x_name: look.text("insight.hour").to_owned(),
        x: slices.iter().map(point).collect(),
        series: biases(look, slices),
        ..bias_lines(look, unit)
    }
}

fn by_weekday(look: &Look, found: &RunResiduals, unit: &str) -> LineData {
    let slices = &found.residuals.by_weekday;
    let point = |slice: &ResidualSlice<Weekday>| {
        labelled(look, f64::from(slice.of.index()), look.text(slice.of.name_key()).to_owned(), slice.n)
    };
    LineData {
        name: title(look, "insight.by_weekday"),
        x_name: look.text("insight.weekday").to_owned(),
        x: slices.iter().map(point).collect(),
        series: biases(look, slices),
        ..bias_lines(look, unit)
    }
}

/// A place with a name of its own.
fn labelled(look: &Look, at: f64, name: String, n: u64) -> XPoint {
    let fields = [("of", name.clone()), ("n", look.language.integer(n))];
    XPoint { at, long: look.language.fill_owned("insight.slice_n", &fields), plain: name.clone(), short: name }
}

fn bias_lines(look: &Look, unit: &str) -> LineData {
    let zero = Threshold { value: 0.0, label: look.language.integer(0), ink: Ink::Reference };
    LineData { unit: unit.to_owned(), places: 2, thresholds: vec![zero], ..LineData::default() }
}

/// The bias with its interval.
fn biases<L>(look: &Look, slices: &[ResidualSlice<L>]) -> Vec<Series> {
    vec![Series {
        name: look.text("insight.bias").to_owned(),
        ink: Ink::Candidate,
        values: slices.iter().map(|slice| Some(slice.bias)).collect(),
        bounds: slices.iter().map(|slice| slice.bias_low.zip(slice.bias_high)).collect(),
    }]
}

/// Sites whose bias has an interval.
fn by_site(look: &Look, slices: &[ResidualSlice<String>], note: String) -> ForestData {
    let row = |slice: &ResidualSlice<String>| {
        let (low, high) = (slice.bias_low?, slice.bias_high?);
        // An interval beyond zero is a bias; on which side it is, the place says.
        let ink = if low > 0.0 || high < 0.0 { Ink::Warn } else { Ink::Reference };
        Some(ForestRow { label: slice.of.clone(), n: slice.n, estimate: slice.bias, low, high, ink })
    };
    ForestData {
        name: title(look, "insight.by_site"),
        note,
        label_name: look.text("insight.site").to_owned(),
        rows: slices.iter().filter_map(row).collect(),
        neutral: 0.0,
        bound: None,
        places: 2,
    }
}

/// A place on an axis of predictions.
fn predicted_point(look: &Look, minutes: f64, n: u64) -> XPoint {
    let words = look.language.decimal(minutes, 1);
    let fields = [("minutes", words.clone()), ("n", look.language.integer(n))];
    XPoint {
        at: minutes,
        short: words,
        long: look.language.fill_owned("insight.predicted_n", &fields),
        plain: format!("{minutes:.2}"),
    }
}

pub(super) fn calibration_ui(ui: &mut Ui, found: &RunResiduals) {
    let look = Look::of(ui);
    chart_card_ui(ui, &calibration(&look, found), LARGE, 0.0);
    Text::new(look.text("insight.calibration_line")).ink(Ink::Soft).wrap().ui(ui);
}

fn calibration(look: &Look, found: &RunResiduals) -> LineData {
    let bins = &found.calibration;
    let line = |key: &str, ink: Ink, value: fn(&CalibrationBin) -> f64| Series {
        name: look.text(key).to_owned(),
        ink,
        values: bins.iter().map(|bin| Some(value(bin))).collect(),
        bounds: Vec::new(),
    };
    let mean = Series {
        bounds: bins.iter().map(|bin| bin.mean_actual_low.zip(bin.mean_actual_high)).collect(),
        ..line("insight.mean_actual", Ink::Candidate, |bin| bin.mean_actual)
    };
    let (n, days) = (look.language.integer(found.residuals.n), look.language.integer(found.residuals.days));
    LineData {
        name: look.text("insight.calibration").to_owned(),
        unit: look.fill("insight.calibration_unit", &[("n", &n), ("days", &days)]),
        x_name: look.text("insight.predicted_minutes").to_owned(),
        places: 1,
        x: bins.iter().map(|bin| predicted_point(look, bin.mean_predicted, bin.n)).collect(),
        series: vec![
            line("insight.perfect", Ink::Reference, |bin| bin.mean_predicted),
            mean,
            line("insight.median_actual", Ink::Shifted, |bin| bin.median_actual),
        ],
        from_zero: true,
        ..LineData::default()
    }
}

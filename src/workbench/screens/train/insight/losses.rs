//! How the loss fell, round by round.

use egui::Ui;

use super::nothing_ui;
use crate::analysis::models::Curve;
use crate::base::CurvePoint;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{LineData, Mark, Series, XPoint, chart_card_ui};
use crate::workbench::widgets::icons;
use crate::workflows::train::RunDocument;

/// Height of the picture.
const PICTURE: f32 = 320.0;

pub(super) fn losses_ui(ui: &mut Ui, document: &RunDocument) {
    match &document.curve {
        Some(curve) if !curve.points.is_empty() => chart_card_ui(ui, &chart(&Look::of(ui), curve), PICTURE, 0.0),
        _ => nothing_ui(ui, icons::ICON_SSID_CHART, "insight.no_curve", "insight.no_curve_line"),
    }
}

fn chart(look: &Look, curve: &Curve) -> LineData {
    let kept = look.fill("insight.kept", &[("n", &look.language.integer(u64::from(curve.kept_rounds)))]);
    LineData {
        marks: vec![Mark { at: f64::from(curve.kept_rounds), label: kept }],
        ..loss_lines(look, curve.loss.name_key(), &curve.points)
    }
}

/// The losses of rounds; `loss` is the key of their name.
pub(in crate::workbench::screens::train) fn loss_lines(
    look: &Look,
    loss: &str,
    points: &[CurvePoint],
) -> LineData {
    let number = |value: u32| look.language.integer(u64::from(value));
    let series = |key: &str, ink: Ink, values: Vec<Option<f64>>| Series {
        name: look.text(key).to_owned(),
        ink,
        values,
        bounds: Vec::new(),
    };
    let point = |round: u32| XPoint {
        at: f64::from(round),
        short: number(round),
        long: look.fill("insight.round_n", &[("n", &number(round))]),
        plain: round.to_string(),
    };
    let train = points.iter().map(|point| Some(point.train_loss)).collect();
    let stop: Vec<Option<f64>> = points.iter().map(|point| point.stop_loss).collect();
    let mut lines = vec![series("insight.train_loss", Ink::Reference, train)];
    if stop.iter().any(Option::is_some) {
        lines.push(series("insight.stop_loss", Ink::Candidate, stop));
    }
    LineData {
        name: look.text("insight.part_curve").to_owned(),
        unit: look.fill("insight.curve_unit", &[("loss", look.text(loss))]),
        x_name: look.text("insight.round").to_owned(),
        counts: true,
        places: 3,
        x: points.iter().map(|at| point(at.round)).collect(),
        series: lines,
        ..LineData::default()
    }
}

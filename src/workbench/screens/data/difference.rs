//! Two data sets side by side: how many, when, where, how long they waited, and which visits they share.

use egui::Ui;

use crate::analysis::history::difference::{Difference, OnlyIn, Side};
use crate::base::calendar::{DateStyle, Zone};
use crate::base::{Digest, Moment};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::screens::names::listed;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{Chart, HistogramData, HistogramSeries, Numbers, Value, legend_ui};
use crate::workbench::widgets::{Button, Card, Select, empty_ui, grid_ui, icons, loading_ui, row_ui};

/// With what the data set that is looked at is compared.
#[derive(Debug, Default)]
pub(super) struct Against {
    other: Option<Digest>,
}

/// Names beyond these are counted.
const MOST_NAMES: usize = 12;
/// Height of the picture.
const PICTURE: f32 = 190.0;

impl Against {
    /// Shows how the data set `own` differs from another one.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot, own: Digest, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let others: Vec<(Option<Digest>, String)> = snapshot
            .datasets
            .iter()
            .filter(|(dataset, _)| dataset.digest != own)
            .map(|(dataset, _)| (Some(dataset.digest), format!("{} · {}", dataset.name, dataset.digest.short())))
            .collect();
        if others.is_empty() {
            Card::new().ui(ui, |ui| {
                let (head, line) = (look.text("data.alone"), look.text("data.alone_line"));
                empty_ui(ui, icons::ICON_COMPARE_ARROWS, head, line, None);
            });
            return;
        }
        let is_known = others.iter().any(|(digest, _)| *digest == self.other);
        if !is_known {
            self.other = others.first().and_then(|(digest, _)| *digest);
        }
        Card::titled(look.text("data.against")).ui(ui, |ui| {
            Select::new(look.text("data.against"), others).ui(ui, &mut self.other);
            row_ui(ui, |ui| {
                let Some(other) = self.other else { return };
                let command = Command::CompareDatasets(own, other);
                let button = Button::primary(look.text("command.compare")).icon(icons::ICON_COMPARE_ARROWS);
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    outbox.send(command);
                }
            });
        });
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "difference") {
            Card::new().ui(ui, |ui| {
                if loading_ui(ui, &job.name, &job.progress) {
                    outbox.send(Command::CancelJob(job.id));
                }
            });
            return;
        }
        let Some(shown) = &state.difference else { return };
        if shown.of == (own, self.other.unwrap_or(own)) {
            let name = |digest: Digest| {
                let found = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == digest);
                found.map_or_else(|| digest.short(), |(dataset, _)| dataset.name.clone())
            };
            let names = [name(shown.of.0), name(shown.of.1)];
            difference_ui(ui, &shown.difference, &names);
        }
    }
}

fn difference_ui(ui: &mut Ui, difference: &Difference, names: &[String; 2]) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| {
        Text::new(overlap(&look, difference, names)).strong().wrap().copyable().ui(ui);
        for (only, key) in [(&difference.sites, "data.sites"), (&difference.services, "data.services")] {
            Text::new(only_words(&look, look.text(key), only, names)).ink(Ink::Soft).wrap().copyable().ui(ui);
        }
    });
    grid_ui(ui, "difference", &[1.0, 1.2], |ui, cell, height| match cell {
        0 => Card::titled(look.text("data.side_by_side")).height(height).ui(ui, |ui| {
            numbers(&look, difference, names).ui(ui, "difference", f32::INFINITY);
        }),
        _ => Card::titled(look.text("data.wait_histogram")).note(look.text("data.wait_unit")).height(height).ui(
            ui,
            |ui| {
                let chart = waits(&look, difference, names);
                legend_ui(ui, &chart.legend());
                chart.ui(ui, PICTURE);
                Text::new(look.text("data.waits_shares")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
            },
        ),
    });
}

/// How many visits both have.
fn overlap(look: &Look, difference: &Difference, names: &[String; 2]) -> String {
    let shared = difference.shared;
    let number = |n: u64| look.language.integer(n);
    let values = [
        ("a", isolate(&names[0])),
        ("b", isolate(&names[1])),
        ("content", number(shared.by_content)),
        ("ids", number(shared.by_id.unwrap_or_default())),
    ];
    let key = match (shared.by_content, shared.by_id) {
        (0, None | Some(0)) => "data.shared_none",
        (_, None) => "data.shared_content",
        (_, Some(_)) => "data.shared_both",
    };
    look.language.fill_owned(key, &values)
}

fn only_words(look: &Look, what: &str, only: &OnlyIn, names: &[String; 2]) -> String {
    if only.a.is_empty() && only.b.is_empty() {
        return look.fill("data.only_none", &[("what", what)]);
    }
    let list = |all: &[String]| {
        let shown: Vec<String> = all.iter().take(MOST_NAMES).map(|name| isolate(name)).collect();
        match all.len().saturating_sub(MOST_NAMES) {
            _ if all.is_empty() => look.language.decimal(f64::NAN, 0),
            0 => listed(look, &shown),
            more => look.language.fill_owned(
                "data.and_more",
                &[("names", listed(look, &shown)), ("n", look.language.integer(more as u64))],
            ),
        }
    };
    let values = [
        ("what", what.to_owned()),
        ("a", isolate(&names[0])),
        ("b", isolate(&names[1])),
        ("only_a", list(&only.a)),
        ("only_b", list(&only.b)),
    ];
    look.language.fill_owned("data.only_in", &values)
}

fn numbers(look: &Look, difference: &Difference, names: &[String; 2]) -> Numbers {
    let mut clock = Zone::default().clock();
    let mut day = |moment: Option<Moment>| match moment {
        None => Value::None,
        Some(moment) => {
            let date = clock.local(moment).date();
            Value::Word(DateStyle::usual(look.language).long(date, look.language), date.to_string())
        }
    };
    let sides = [&difference.a, &difference.b];
    let days =
        [("data.first_arrival", sides.map(|side| side.first)), ("data.last_arrival", sides.map(|side| side.last))];
    let days: Vec<Vec<Value>> =
        days.into_iter().map(|(key, [a, b])| vec![Value::word(look.text(key)), day(a), day(b)]).collect();
    let count = |key: &str, of: fn(&Side) -> u64| {
        let value = |side: &Side| Value::Number(of(side) as f64, 0);
        vec![Value::word(look.text(key)), value(&difference.a), value(&difference.b)]
    };
    let wait = |key: &str, of: fn(&crate::analysis::history::profile::NumberProfile) -> f64| {
        let value = |side: &Side| side.waits.as_ref().map_or(Value::None, |waits| Value::Number(of(waits), 1));
        vec![Value::word(look.text(key)), value(&difference.a), value(&difference.b)]
    };
    let mut rows = vec![
        count("data.visits", |side| side.visits),
        count("data.served", |side| side.served),
        count("data.abandoned", |side| side.abandoned),
        count("data.days_with_visits", |side| side.days),
        count("data.sites", |side| side.sites),
        count("data.services", |side| side.services),
    ];
    rows.extend(days);
    rows.extend([
        wait("data.wait_median", |waits| waits.median),
        wait("data.wait_p90", |waits| waits.p90),
        wait("data.wait_p99", |waits| waits.p99),
        wait("data.wait_mean", |waits| waits.mean),
    ]);
    Numbers { heads: vec![String::new(), names[0].clone(), names[1].clone()], rows }
}

/// The waits of both over each other, as shares of those served. The bars of the first are the bars of the picture.
fn waits(look: &Look, difference: &Difference, names: &[String; 2]) -> HistogramData {
    let mut chart = HistogramData {
        name: look.text("data.wait_histogram").to_owned(),
        unit: look.text("data.wait_unit").to_owned(),
        height_name: look.text("data.percent_of_served").to_owned(),
        places: 1,
        ..HistogramData::default()
    };
    let Some(first) = difference.a.waits.as_ref().or(difference.b.waits.as_ref()) else { return chart };
    let bars = first.histogram.counts.len();
    chart.edges = (0..=bars).map(|bar| first.histogram.from + first.histogram.width * bar as f64).collect();
    for (side, name, ink) in [(&difference.a, &names[0], Ink::Reference), (&difference.b, &names[1], Ink::Shifted)]
    {
        let Some(waits) = &side.waits else { continue };
        let heights = rebinned(&waits.histogram.counts, waits.histogram.from, waits.histogram.width, &chart.edges);
        let all: f64 = heights.iter().sum::<f64>().max(1.0);
        let heights = heights.into_iter().map(|height| 100.0 * height / all).collect();
        chart.series.push(HistogramSeries { name: name.clone(), ink, heights });
    }
    chart
}

/// `counts` of bars that begin at `from` and are `width` wide, in bars with other `edges`: each in proportion to how much
/// of it lies there; what lies beyond the edges stands in the outermost bars.
fn rebinned(counts: &[u64], from: f64, width: f64, edges: &[f64]) -> Vec<f64> {
    let bars = edges.len().saturating_sub(1);
    let mut heights = vec![0.0; bars];
    for (index, count) in counts.iter().enumerate() {
        let (low, high) = (from + width * index as f64, from + width * (index + 1) as f64);
        for (bar, height) in heights.iter_mut().enumerate() {
            let left = if bar == 0 { f64::NEG_INFINITY } else { edges[bar] };
            let right = if bar + 1 == bars { f64::INFINITY } else { edges[bar + 1] };
            let part = (high.min(right) - low.max(left)).max(0.0);
            *height += *count as f64 * part / (high - low);
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_another_width_keep_their_sum() {
        // Two bars of 10 minutes in bars of 5, 5 and "beyond".
        let heights = rebinned(&[8, 4], 0.0, 10.0, &[0.0, 5.0, 10.0, 15.0]);
        assert_eq!(heights, [4.0, 4.0, 4.0]);
        let beyond = rebinned(&[8, 4], -20.0, 10.0, &[0.0, 5.0, 10.0]);
        assert_eq!(beyond, [12.0, 0.0]);
        assert!(rebinned(&[1], 0.0, 1.0, &[]).is_empty());
    }
}

//! What the features are worth to a model, in groups of those that say the same.

use egui::Ui;

use crate::analysis::insight::{GroupImportance, Importance};
use crate::workbench::screens::metrics::interval_words;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{ForestData, ForestRow, chart_card_ui};
use crate::workbench::widgets::{Card, Cell, Column, Table, grid_ui};
use crate::workflows::card::feature_words;

/// Groups that are drawn; the table has all of them.
const MOST_GROUPS: usize = 16;

pub(super) fn importance_ui(ui: &mut Ui, found: &Importance) {
    let look = Look::of(ui);
    let chart = chart(&look, found);
    grid_ui(ui, "importance", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &chart, 0.0, height),
        _ => groups_ui(ui, found, height),
    });
    let repeats = look.language.integer(u64::from(found.repeats));
    Text::new(look.fill("insight.importance_line", &[("repeats", &repeats)])).ink(Ink::Soft).wrap().ui(ui);
}

fn chart(look: &Look, found: &Importance) -> ForestData {
    let row = |group: &GroupImportance| {
        let (low, high) = (group.increase_low?, group.increase_high?);
        let ink = if low > 0.0 { Ink::Candidate } else { Ink::Reference };
        Some(ForestRow { label: short_words(look, group), n: found.n, estimate: group.increase, low, high, ink })
    };
    let fields = [
        ("mae", look.language.decimal(found.mae, 2)),
        ("n", look.language.integer(found.n)),
        ("of", look.language.integer(found.of)),
    ];
    ForestData {
        name: look.text("insight.importance").to_owned(),
        note: look.language.fill_owned("insight.importance_unit", &fields),
        label_name: look.text("insight.features").to_owned(),
        rows: found.groups.iter().take(MOST_GROUPS).filter_map(row).collect(),
        neutral: 0.0,
        bound: None,
        places: 2,
    }
}

/// "People ahead and 3 more".
fn short_words(look: &Look, group: &GroupImportance) -> String {
    let first = group.features.first().map_or_else(String::new, |id| feature_words(look.language, id));
    match group.features.len() {
        0 | 1 => first,
        n => look.fill("insight.more", &[("first", &first), ("n", &look.language.integer(n as u64 - 1))]),
    }
}

/// Every group with every feature.
fn groups_ui(ui: &mut Ui, found: &Importance, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("insight.groups")).height(height).ui(ui, |ui| {
        let columns = [
            Column::words(look.text("insight.features")),
            Column::number(look.text("insight.increase")),
            Column::number(look.text("insight.spread")),
            Column::number(look.text("insight.least_similar")),
        ];
        // A line for each feature: a group is one number and may be many names.
        let lines: Vec<(&GroupImportance, usize)> =
            found.groups.iter().flat_map(|group| (0..group.features.len()).map(move |at| (group, at))).collect();
        Table::new("importance groups", columns).height(520.0).ui(ui, lines.len(), |row, column| {
            let Some((group, at)) = lines.get(row).copied() else { return Cell::text("") };
            let name = || group.features.get(at).map_or_else(String::new, |id| feature_words(look.language, id));
            let number = |value: f64| look.language.decimal(value, 2);
            match (column, at) {
                (0, 0) => Cell::text(name()).strong(),
                (0, _) => Cell::text(name()).ink(Ink::Soft),
                (1, 0) => match group.increase_low.zip(group.increase_high) {
                    Some((low, high)) => Cell::text(interval_words(&look, &number(group.increase), low, high, 2)),
                    None => Cell::text(number(group.increase)),
                },
                (2, 0) => Cell::text(number(group.spread)),
                (3, 0) if group.features.len() > 1 => Cell::text(number(group.least_similar)),
                _ => Cell::text(""),
            }
        });
    });
}

//! Below the first pictures: slices other than sites, other tests of the same difference, and how long shadow or canary would take.

use egui::Ui;

use crate::analysis::evaluation::{Comparison, Power, Slice, SliceVerdict};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{ForestData, ForestRow};
use crate::workbench::widgets::{Card, Cell, Column, Table};
use crate::workflows::compare::{level_words, tests_words};

/// Slices that are drawn; the worst ones.
const MOST_SLICES: usize = 16;

/// The slices that were judged, but for sites, which have a picture of their own: the worst first.
pub(super) fn slices(look: &Look, comparison: &Comparison) -> ForestData {
    let judged: Vec<ForestRow> = comparison
        .slices
        .iter()
        .filter(|slice| slice.dimension != "site")
        .filter_map(|of| row(look, of))
        .collect();
    let number = |value: usize| look.language.integer(value as u64);
    let shown = judged.len().min(MOST_SLICES);
    ForestData {
        name: look.text("compare.slices").to_owned(),
        note: look.fill("compare.slices_some", &[("shown", &number(shown)), ("all", &number(judged.len()))]),
        label_name: look.text("compare.slice").to_owned(),
        rows: judged.into_iter().take(MOST_SLICES).collect(),
        neutral: 1.0,
        bound: Some(comparison.margin),
        places: 2,
    }
}

/// Coloured by what was found over all slices together: an interval beside 1 alone is not enough among many.
pub(super) fn ink_of(verdict: SliceVerdict) -> Ink {
    match verdict {
        SliceVerdict::Worse => Ink::Fail,
        SliceVerdict::Better => Ink::Candidate,
        SliceVerdict::Alike | SliceVerdict::NotJudged => Ink::Reference,
    }
}

fn row(look: &Look, slice: &Slice) -> Option<ForestRow> {
    let values = [
        ("dimension", look.text(&format!("slice.{}", slice.dimension)).to_owned()),
        ("level", level_words(look.language, &slice.dimension, &slice.level)),
    ];
    Some(ForestRow {
        label: look.language.fill_owned("compare.slice_is", &values),
        n: slice.n,
        estimate: slice.ratio?,
        low: slice.ratio_low?,
        high: slice.ratio_high?,
        ink: ink_of(slice.verdict),
    })
}

/// Other tests of the difference, and the days that would show one.
pub(super) fn power_ui(ui: &mut Ui, comparison: &Comparison, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("compare.power")).note(look.text("compare.power_note")).height(height).ui(ui, |ui| {
        let Some(differences) = differences(&comparison.power) else {
            Text::new(look.text("compare.power_none")).ink(Ink::Soft).wrap().ui(ui);
            return;
        };
        let traffic: Vec<&Power> =
            comparison.power.iter().filter(|power| power.relative == differences[0].relative).collect();
        let mut columns = vec![Column::words(look.text("compare.traffic").to_owned())];
        columns.extend(differences.iter().map(|power| {
            let values = [
                ("share", look.language.percent(power.relative, 0)),
                ("minutes", look.language.decimal(power.difference, 2)),
            ];
            Column::number(look.language.fill_owned("compare.difference_of", &values))
        }));
        Table::new("power", columns).ui(ui, traffic.len(), |row, column| {
            let Some(of) = traffic.get(row) else { return Cell::text("") };
            if column == 0 {
                let share = look.language.percent(of.share, 0);
                return Cell::text(look.fill(&format!("compare.{}", of.traffic), &[("share", &share)]));
            }
            let found = differences.get(column - 1).and_then(|asked| {
                let same = |power: &&Power| {
                    power.traffic == of.traffic && power.share == of.share && power.relative == asked.relative
                };
                comparison.power.iter().find(same)?.days
            });
            Cell::text(match found {
                Some(days) => look.fill("compare.days", &[("days", &look.language.integer(days))]),
                None => look.text("compare.never").to_owned(),
            })
        });
        Text::new(tests_words(look.language, comparison)).ink(Ink::Soft).wrap().copyable().ui(ui);
    });
}

/// One entry for each difference that is asked for; none where nothing could be said.
fn differences(power: &[Power]) -> Option<Vec<&Power>> {
    let of: Vec<&Power> = power.iter().filter(|power| power.traffic == "shadow").collect();
    (!of.is_empty()).then_some(of)
}

//! The profile of a data set as charts, made once for a profile and a language.

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::icons;

use super::super::days::with_gaps;
use super::calendar::Calendar;
use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::workbench::snapshot::{DayProfile, Profile, WaitProfile};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{
    HistogramData, HistogramSeries, LineData, RankData, RankRow, Series, XPoint, chart_card_ui,
};
use crate::workbench::widgets::{Card, Cell, Column, Table, grid_ui, row_ui};

/// The charts that were drawn last.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    kept: Option<Kept>,
    calendar: Calendar,
}

#[derive(Debug)]
struct Kept {
    of: Arc<Profile>,
    language: Language,
    waits: HistogramData,
    hours: LineData,
    days: LineData,
    missing: RankData,
    /// Features that are known at every visit.
    complete: usize,
}

/// Height of a chart in its card.
const HEIGHT: f32 = 190.0;

impl Pictures {
    /// Shows `profile`.
    pub fn ui(&mut self, ui: &mut Ui, profile: &Arc<Profile>, look: &Look) {
        let known = self.kept.as_ref();
        if !known.is_some_and(|kept| Arc::ptr_eq(&kept.of, profile) && kept.language == look.language) {
            self.kept = Some(Kept::of(profile, look.language));
        }
        let Some(kept) = &self.kept else { return };
        grid_ui(ui, "waits", &[1.0, 1.0], |ui, cell, height| match cell {
            0 => chart_card_ui(ui, &kept.waits, HEIGHT, height),
            _ => chart_card_ui(ui, &kept.hours, HEIGHT, height),
        });
        self.calendar.ui(ui, profile);
        chart_card_ui(ui, &kept.days, HEIGHT, 0.0);
        grid_ui(ui, "groups", &[1.0, 1.0], |ui, cell, height| match cell {
            0 => groups_ui(ui, ("data.sites", "data.site"), &profile.sites, height),
            _ => {
                groups_ui(ui, ("data.services", "data.service"), &profile.services, 0.0);
                if kept.missing.rows.is_empty() {
                    all_known_ui(ui, kept, height);
                } else {
                    chart_card_ui(ui, &kept.missing, 0.0, height);
                }
            }
        });
    }
}

impl Kept {
    fn of(profile: &Arc<Profile>, language: Language) -> Kept {
        let missing = missing(profile, language);
        Kept {
            of: profile.clone(),
            language,
            waits: waits(profile, language),
            hours: hours(profile, language),
            days: days(&profile.days, language),
            complete: profile.missing.len() - missing.rows.len(),
            missing,
        }
    }
}

fn waits(profile: &Profile, language: Language) -> HistogramData {
    let series = HistogramSeries {
        name: language.text("data.served").to_owned(),
        ink: Ink::Shifted,
        heights: profile.wait_counts.iter().map(|n| *n as f64).collect(),
    };
    HistogramData {
        name: language.text("data.wait_histogram").to_owned(),
        unit: language.text("data.wait_unit").to_owned(),
        height_name: language.text("data.visits").to_owned(),
        places: 0,
        edges: profile.wait_edges.clone(),
        series: vec![series],
        sides: None,
    }
}

fn line(name: &str, ink: Ink, values: Vec<Option<f64>>, language: Language) -> Series {
    Series { name: language.text(name).to_owned(), ink, values, bounds: Vec::new() }
}

/// Hours without served visits are gaps.
fn hours(profile: &Profile, language: Language) -> LineData {
    let (Some(first), Some(last)) = (profile.hours.first(), profile.hours.last()) else {
        return LineData { name: language.text("data.by_hour").to_owned(), ..LineData::default() };
    };
    let range = first.0..=last.0;
    let at = |hour: u8| profile.hours.iter().find(|(known, _)| *known == hour).map(|(_, waits)| waits);
    let values = |of: fn(&WaitProfile) -> f64| range.clone().map(|hour| at(hour).map(of)).collect::<Vec<_>>();
    let point = |hour: u8| {
        let word = language.digits(&format!("{hour}:00"));
        let n = language.integer(at(hour).map_or(0, |waits| waits.n));
        XPoint {
            at: f64::from(hour),
            short: word.clone(),
            long: language.fill("data.hour_of", &[("hour", &word), ("n", &n)]),
            plain: format!("{hour:02}:00"),
        }
    };
    LineData {
        name: language.text("data.by_hour").to_owned(),
        unit: language.text("data.minutes").to_owned(),
        x_name: language.text("data.hour").to_owned(),
        places: 1,
        x: range.clone().map(point).collect(),
        series: vec![
            line("data.p90", Ink::Reference, values(|waits| waits.p90), language),
            line("data.median", Ink::Shifted, values(|waits| waits.median), language),
        ],
        from_zero: true,
        ..LineData::default()
    }
}

fn days(days: &[DayProfile], language: Language) -> LineData {
    let style = DateStyle::usual(language);
    let points = with_gaps(days, |day| day.date);
    let values = points.iter().map(|(_, day)| day.and_then(|day| day.median_wait)).collect();
    LineData {
        name: language.text("data.by_day").to_owned(),
        unit: language.text("data.minutes").to_owned(),
        x_name: language.text("data.day").to_owned(),
        places: 1,
        x: points.iter().map(|(date, _)| XPoint::day(*date, style, language)).collect(),
        series: vec![line("data.median", Ink::Shifted, values, language)],
        from_zero: true,
        ..LineData::default()
    }
}

/// Only features that are not always known, the emptiest first.
fn missing(profile: &Profile, language: Language) -> RankData {
    let mut shares: Vec<(&str, f64)> = profile.missing.iter().copied().filter(|(_, share)| *share > 0.0).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let row = |(id, share): (&str, f64)| RankRow {
        label: language.text(&format!("feature.{id}")).to_owned(),
        value: share * 100.0,
        ink: Ink::Shifted,
    };
    RankData {
        name: language.text("data.missing").to_owned(),
        unit: language.text("data.missing_unit").to_owned(),
        label_name: language.text("data.feature").to_owned(),
        places: 2,
        rows: shares.into_iter().map(row).collect(),
    }
}

fn all_known_ui(ui: &mut Ui, kept: &Kept, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("data.missing")).height(height).ui(ui, |ui| {
        row_ui(ui, |ui| {
            Text::icon(icons::ICON_CHECK).ink(Ink::Soft).ui(ui);
            let n = look.language.integer(kept.complete as u64);
            Text::new(look.fill("data.all_known", &[("n", &n)])).ink(Ink::Soft).wrap().ui(ui);
        });
    });
}

/// Groups of visits below each other; `name` and `head` are keys.
fn groups_ui(
    ui: &mut Ui,
    (name, head): (&'static str, &'static str),
    groups: &[(String, WaitProfile)],
    height: f32,
) {
    let look = Look::of(ui);
    let longest = groups.iter().map(|(_, waits)| waits.median).fold(f64::MIN_POSITIVE, f64::max);
    Card::titled(look.text(name)).note(look.text("data.groups_note")).height(height).ui(ui, |ui| {
        let columns = [
            Column::words(look.text(head)),
            Column::number(look.text("data.served")),
            Column::number(look.text("data.median_minutes")),
            Column::fit(""),
            Column::number(look.text("data.p90_minutes")),
        ];
        Table::new(name, columns).height(440.0).ui(ui, groups.len(), |row, column| {
            let Some((group, waits)) = groups.get(row) else { return Cell::text("") };
            match column {
                0 => Cell::text(group.clone()),
                1 => Cell::text(look.language.integer(waits.n)),
                2 => Cell::text(look.language.decimal(waits.median, 1)),
                #[expect(clippy::cast_possible_truncation, reason = "the length of a bar")]
                3 => Cell::bar((waits.median / longest) as f32, Ink::Shifted),
                _ => Cell::text(look.language.decimal(waits.p90, 1)).ink(Ink::Soft),
            }
        });
    });
}

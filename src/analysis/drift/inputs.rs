//! The columns of the source as they came, beside what features make of them.
//!
//! Site, service, channel and priority are features under their own names and are not looked at twice. A text of which every
//! value is a number is taken as numbers; one with very many different values (a name, an id) is left out, since each would be new.

use crate::analysis::features::{Column, Whole};
use crate::analysis::history::{Categories, History, Optional, Texts};

/// Different values of a text at most.
const MOST_NAMES: usize = 1_000;

/// The raw inputs of a history that any visit has, by name, as columns of all its rows.
#[must_use]
pub fn inputs(history: &History) -> Vec<(String, Column)> {
    let visits = &history.visits;
    let whole = |cells: &Optional<u32>| -> Whole { cells.iter().copied().collect() };
    let minutes = |row: usize| -> Option<f32> {
        let booked = (*visits.booked_for.get(row)?)?;
        let ahead = booked.millis() - visits.arrived.get(row)?.millis();
        Some(ahead as f32 / 60_000.0)
    };
    let booked: Vec<f32> = (0..visits.len()).map(|row| minutes(row).unwrap_or(f32::NAN)).collect();
    let mut found = vec![
        ("open_counters".to_owned(), Column::Whole(whole(&visits.open_counters))),
        ("people_ahead".to_owned(), Column::Whole(whole(&visits.people_ahead))),
        ("booked_for".to_owned(), Column::Real(booked)),
    ];
    found.extend(visits.extras.iter().filter_map(|(name, texts)| Some((name.clone(), column_of(texts)?))));
    found.retain(|(_, column)| column.missing() < column.len());
    found
}

/// A text as numbers where all are, else as names where these are not too many.
fn column_of(texts: &Texts) -> Option<Column> {
    let number = |text: &str| text.trim().parse::<f32>().ok().filter(|number| number.is_finite());
    if texts.iter().flatten().all(|text| number(text).is_some()) {
        let numbers = texts.iter().map(|text| text.and_then(number).unwrap_or(f32::NAN));
        return Some(Column::Real(numbers.collect()));
    }
    let (mut names, mut codes) = (Categories::default(), Whole::default());
    for text in texts.iter() {
        codes.push(text.map(|text| names.code_for(text)));
        if names.names().len() > MOST_NAMES {
            return None;
        }
    }
    Some(Column::Categories { names: names.names().to_vec(), codes })
}

//! Which drift matters: what the shift of one column alone does to the predictions of a model.
//!
//! The visits of the reference window are weighted so that the column is spread over its bins as in the current window, and
//! everything else stays as it was within each bin: `shift = Σ_b p_b · m_b − mean`, with `p_b` the current share of bin `b`
//! and `m_b` the mean prediction of the reference visits in it, in minutes (the composition effect of DiNardo, Fortin and
//! Lemieux 1996, one column at a time). Bins that the reference window never had have no visits to weight: their share is
//! told, not guessed.

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, Value};
use crate::base::statistics::{CategoryBins, NumericCut, Sample};

use super::column::Side;

/// What the shift of one column does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// By how much the mean prediction changes, minutes.
    pub minutes: f64,
    /// The share of the current visits whose bin no reference visit is in.
    pub unknown_share: f64,
}

/// The change of the mean of `predicted` (minutes, one for each row of the reference window) that the shift of the column
/// explains. `None` where a window is empty, or nothing of the current window lies in bins of the reference window.
#[must_use]
pub fn shift(current: Side<'_>, reference: Side<'_>, predicted: &[f64]) -> Option<Shift> {
    let place = places(reference)?;
    let bins = place.bins;
    let mut ours = vec![0.0; bins];
    for row in &current.window.rows {
        *ours.get_mut((place.of)(current.column, *row as usize))? += 1.0;
    }
    let (mut counts, mut sums) = (vec![0.0; bins], vec![0.0; bins]);
    for (row, predicted) in reference.window.rows.iter().zip(predicted) {
        let bin = (place.of)(reference.column, *row as usize);
        *counts.get_mut(bin)? += 1.0;
        *sums.get_mut(bin)? += predicted;
    }
    let (n, m): (f64, f64) = (ours.iter().sum(), counts.iter().sum());
    let known: f64 = ours.iter().zip(&counts).filter(|(_, count)| **count > 0.0).map(|(rows, _)| rows).sum();
    if m <= 0.0 || known <= 0.0 {
        return None;
    }
    let mean = sums.iter().sum::<f64>() / m;
    let in_bins = ours.iter().zip(counts.iter().zip(&sums)).filter(|(_, (count, _))| **count > 0.0);
    let weighted = in_bins.map(|(rows, (count, sum))| rows / known * (sum / count)).sum::<f64>();
    Some(Shift { minutes: weighted - mean, unknown_share: 1.0 - known / n })
}

/// The bin of a row of a column.
type PlaceOf = dyn Fn(&Column, usize) -> usize;

/// The bins of a reference window, and the one that a row falls into.
struct Places {
    bins: usize,
    of: Box<PlaceOf>,
}

fn places(reference: Side<'_>) -> Option<Places> {
    let rows = || reference.window.rows.iter().map(|row| *row as usize);
    match reference.column {
        Column::Categories { .. } => {
            let name = |row: usize| match reference.column.value(row) {
                Value::Category(name) => (Some(name), 1),
                Value::Number(_) | Value::Missing => (None, 1),
            };
            let names = CategoryBins::from_reference(rows().map(name)).ok()?;
            let bins = names.labels().len();
            let of = move |column: &Column, row: usize| match column.value(row) {
                Value::Category(name) => names.place(Some(name)),
                Value::Number(_) | Value::Missing => names.place(None),
            };
            Some(Places { bins, of: Box::new(of) })
        }
        Column::Whole(_) | Column::Real(_) => {
            let known: Vec<f64> = rows().filter_map(|row| reference.column.number(row)).collect();
            let missing = (reference.window.rows.len() - known.len()) as u64;
            let cut = NumericCut::of(Sample::new(known).ok().as_ref(), missing);
            let bins = cut.labels().len();
            let of = move |column: &Column, row: usize| match column.number(row) {
                Some(number) => cut.ascending().place(number),
                None => bins - 1, // missing is the last label
            };
            Some(Places { bins, of: Box::new(of) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::drift::{Window, WindowFacts};
    use crate::base::calendar::CivilDate;

    fn window(rows: std::ops::Range<u32>) -> Window {
        let day = CivilDate::from_epoch_days(20_000).unwrap();
        let facts = WindowFacts {
            first: day,
            last: day,
            visits: u64::from(rows.end - rows.start),
            days: 1,
            has_holiday: Some(false),
            is_whole: true,
            unfinished: 0,
            preliminary: false,
            without: Vec::new(),
        };
        Window { facts, day: rows.clone().map(|_| 0).collect(), rows: rows.collect(), dates: vec![day] }
    }

    /// In the reference window 6 of 8 visits are of class 1 and wait 10 minutes, 2 are of class 2 and wait 30. In the current one
    /// it is half and half, so that the mean goes from 15 to 20 by the mix alone.
    #[test]
    fn the_mix_alone_moves_the_mean() {
        let classes: Vec<Option<u32>> = [1, 1, 1, 1, 1, 1, 2, 2, 1, 2, 1, 2].into_iter().map(Some).collect();
        let numbers = Column::Whole(classes.iter().copied().collect());
        let names = vec!["zero".to_owned(), "one".to_owned(), "two".to_owned()];
        let named = Column::Categories { names, codes: classes.iter().copied().collect() };
        let predicted = [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 30.0, 30.0];
        let (reference, current) = (window(0..8), window(8..12));
        for column in [&numbers, &named] {
            let side = |window| Side { column, window };
            let found = shift(side(&current), side(&reference), &predicted).unwrap();
            assert!((found.minutes - 5.0).abs() < 1e-12 && found.unknown_share.abs() < 1e-12, "{found:?}");
            assert!(shift(side(&reference), side(&reference), &predicted).unwrap().minutes.abs() < 1e-12);
        }
        // A class that the reference window never had.
        let other = Column::Whole([1, 1, 1, 1, 1, 1, 2, 2, 1, 2, 7, 7].into_iter().map(Some).collect());
        let found = shift(
            Side { column: &other, window: &current },
            Side { column: &other, window: &reference },
            &predicted,
        );
        let found = found.unwrap();
        assert!((found.minutes - 5.0).abs() < 1e-12 && (found.unknown_share - 0.5).abs() < 1e-12, "{found:?}");
        assert_eq!(
            shift(
                Side { column: &other, window: &window(10..12) },
                Side { column: &other, window: &reference },
                &predicted
            ),
            None
        );
    }
}

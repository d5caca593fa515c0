//! Families that look a wait up by site, hour and weekday: a table whose last places are for what it does not know.

use crate::analysis::features::Value;
use crate::analysis::history::LONGEST_STAY;
use crate::analysis::models::{CalendarMedian, LastWait, Rule};

use super::OnnxError;
use super::graph::{Graph, Wire, long};
use super::proto::DataType;

/// Cells of a table.
const MOST_CELLS: usize = 1 << 24;
/// Hours of the day; the place after them is for no hour.
const HOURS: usize = 24;

/// What is asked for every cell.
pub(super) type Ask<'q, 'a> = dyn Fn(&dyn Fn(&str) -> Value<'a>) -> f64 + 'q;

/// One side of a table.
pub(super) enum Side<'a> {
    /// Names of a feature, then a place for other names and one for none.
    Names(&'static str, Vec<&'a str>),
    /// Whole hours, then a place for none.
    Hours,
}

/// The median of the finest group that is known.
pub(super) fn calendar_median(model: &CalendarMedian, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let sides = [Side::Names("site", model.sites()), Side::Hours, Side::Names("weekday", model.weekdays())];
    one(graph, &sides, &|known| model.predict(known).get())
}

/// The work ahead where it is known, else the mean of the site at that hour.
pub(super) fn rule(model: &Rule, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let sides = [Side::Names("site", model.sites()), Side::Hours];
    let otherwise = one(graph, &sides, &|known| model.predict(known).get())?;
    stated(graph, model.features().last().copied().unwrap_or_default(), &otherwise)
}

/// The wait of those before where it is known, else the median of the site.
pub(super) fn last_wait(model: &LastWait, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let sides = [Side::Names("site", model.sites())];
    let otherwise = one(graph, &sides, &|known| model.predict(known).get())?;
    stated(graph, model.features().last().copied().unwrap_or_default(), &otherwise)
}

/// A feature in minutes as it is, within a day; `otherwise` where it is missing.
fn stated(graph: &mut Graph<'_>, feature: &str, otherwise: &Wire) -> Result<Wire, OnnxError> {
    let minutes = graph.number(feature)?;
    let missing = graph.apply("IsNaN", &[&minutes]);
    let within = graph.clipped(&minutes, 0.0, LONGEST_STAY.get());
    Ok(graph.apply("Where", &[&missing, otherwise, &within]))
}

fn one<'a>(graph: &mut Graph<'_>, sides: &[Side<'a>], ask: &Ask<'_, 'a>) -> Result<Wire, OnnxError> {
    let [wire] = looked_up(graph, sides, [ask])?;
    Ok(wire)
}

/// What each of `asks` answers where nothing but `sides` is known.
pub(super) fn looked_up<'a, const N: usize>(
    graph: &mut Graph<'_>,
    sides: &[Side<'a>],
    asks: [&Ask<'_, 'a>; N],
) -> Result<[Wire; N], OnnxError> {
    let cells = sides.iter().fold(1_usize, |cells, side| cells.saturating_mul(side.len()));
    if cells > MOST_CELLS {
        return Err(OnnxError::TooLarge { what: "cells of a table", n: cells, most: MOST_CELLS });
    }
    let mut place = graph.longs(&[1, 1], &[0]);
    for side in sides {
        let code = match side {
            Side::Names(feature, names) => graph.names(feature, names)?.codes,
            Side::Hours => hour(graph)?,
        };
        let n = graph.longs(&[1, 1], &[long(side.len())]);
        let row = graph.apply("Mul", &[&place, &n]);
        place = graph.apply("Add", &[&row, &code]);
    }
    let answer = |ask: &Ask<'_, 'a>, cell: usize| {
        let known = |id: &str| {
            let mut rest = cell;
            // The last side runs fastest.
            let found = sides.iter().rev().find_map(|side| {
                let place = rest % side.len();
                rest /= side.len();
                (side.feature() == id).then(|| side.value(place))
            });
            found.unwrap_or(Value::Missing)
        };
        ask(&known)
    };
    Ok(asks.map(|ask| {
        let table: Vec<f64> = (0..cells).map(|cell| answer(ask, cell)).collect();
        let table = graph.doubles(&[cells], &table);
        graph.apply("Gather", &[&table, &place])
    }))
}

impl<'a> Side<'a> {
    fn feature(&self) -> &'static str {
        match self {
            Side::Names(feature, _) => feature,
            Side::Hours => "hour_of_day",
        }
    }

    fn len(&self) -> usize {
        match self {
            Side::Names(_, names) => names.len() + 2,
            Side::Hours => HOURS + 1,
        }
    }

    fn value(&self, place: usize) -> Value<'a> {
        match self {
            Side::Names(_, names) => names.get(place).map_or(Value::Missing, |name| Value::Category(name)),
            Side::Hours if place < HOURS => Value::Number(place as f64),
            Side::Hours => Value::Missing,
        }
    }
}

/// The hour of the day as a place: whole hours 0 to 23, and 24 for none.
fn hour(graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let hour = graph.number("hour_of_day")?;
    let [first, end] = [0.0, HOURS as f64].map(|hour| graph.constant(hour));
    let begun = graph.apply("GreaterOrEqual", &[&hour, &first]);
    let not_over = graph.apply("Less", &[&hour, &end]);
    let known = graph.apply("And", &[&begun, &not_over]);
    let hour = graph.apply("Where", &[&known, &hour, &end]);
    let whole = graph.apply("Floor", &[&hour]);
    Ok(graph.cast(&whole, DataType::Int64))
}

//! Linear models: the columns of each shape at once, standardised, times the coefficients.

use std::collections::BTreeMap;

use crate::analysis::models::LinearModel;
use crate::analysis::models::design::{Shape, Term};

use super::OnnxError;
use super::graph::{Graph, Names, Wire};

/// The numbers that a model uses, side by side, and where each is.
#[derive(Default)]
struct Numbers<'m> {
    places: BTreeMap<&'m str, usize>,
    all: Vec<&'m str>,
}

/// Columns of the design in the order in which they are written: each with its term.
#[derive(Default)]
struct Columns<'m> {
    wires: Vec<Wire>,
    terms: Vec<(&'m Term, f64)>,
}

/// `exp(intercept + Σ coefficient × standardised column) × smearing`, less 1 by the model's link, within its bounds.
pub(super) fn minutes(model: &LinearModel, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let mut columns = Columns::default();
    let terms: Vec<(&Term, f64)> =
        model.terms.iter().map(|weighted| (&weighted.term, weighted.coefficient)).collect();
    add_numbers(&terms, &mut columns, graph)?;
    add_names(&terms, &mut columns, graph)?;
    let design = graph.beside(&columns.wires);
    let of = |value: fn(&(&Term, f64)) -> f64| columns.terms.iter().map(value).collect::<Vec<f64>>();
    let means = graph.row(&of(|(term, _)| term.mean));
    let deviations = graph.row(&of(|(term, _)| term.deviation));
    let coefficients = of(|(_, coefficient)| *coefficient);
    let coefficients = graph.doubles(&[coefficients.len(), 1], &coefficients);
    let centred = graph.apply("Sub", &[&design, &means]);
    let standardised = graph.apply("Div", &[&centred, &deviations]);
    let sum = graph.apply("MatMul", &[&standardised, &coefficients]);
    let [intercept, smearing, less] =
        [model.intercept, model.smearing, model.link.less()].map(|value| graph.constant(value));
    let log = graph.apply("Add", &[&sum, &intercept]);
    let exp = graph.apply("Exp", &[&log]);
    let scaled = graph.apply("Mul", &[&exp, &smearing]);
    let minutes = graph.apply("Sub", &[&scaled, &less]);
    Ok(graph.clipped(&minutes, 0.0, model.longest.get()))
}

/// The columns of terms that are made from numbers, shape by shape.
fn add_numbers<'m>(
    terms: &[(&'m Term, f64)],
    columns: &mut Columns<'m>,
    graph: &mut Graph<'_>,
) -> Result<(), OnnxError> {
    let mut numbers = Numbers::default();
    let is_name = |term: &Term| matches!(term.shape, Shape::Level(_)) || graph.is_category(&term.feature);
    let terms: Vec<_> = terms.iter().filter(|(term, _)| !is_name(term)).collect();
    if terms.is_empty() {
        return Ok(());
    }
    terms.iter().flat_map(|(term, _)| term.features()).for_each(|feature| numbers.add(feature));
    let wires = numbers.all.iter().map(|feature| graph.number(feature)).collect::<Result<Vec<_>, _>>()?;
    let all = graph.beside(&wires);

    let mut take = |wanted: fn(&Shape) -> bool| -> Vec<(&'m Term, usize)> {
        let taken = terms.iter().filter(|(term, _)| wanted(&term.shape));
        columns.terms.extend(taken.clone().map(|(term, coefficient)| (*term, *coefficient)));
        taken.map(|(term, _)| (*term, numbers.place(&term.feature))).collect()
    };
    let plain = take(|shape| matches!(shape, Shape::Plain { .. }));
    let logs = take(|shape| matches!(shape, Shape::Log { .. }));
    let products = take(|shape| matches!(shape, Shape::Product { .. }));
    let missing = take(|shape| matches!(shape, Shape::Missing));
    let equals = take(|shape| matches!(shape, Shape::Equals(_)));

    if !plain.is_empty() {
        let (places, fills) =
            places_and(&plain, |shape| if let Shape::Plain { fill } = shape { *fill } else { 0.0 });
        let known = known(graph, &all, &places, &fills);
        columns.wires.push(graph.clipped(&known, -1e9, 1e9));
    }
    if !logs.is_empty() {
        let (places, fills) = places_and(&logs, |shape| if let Shape::Log { fill } = shape { *fill } else { 0.0 });
        columns.wires.push(log_one_plus(graph, &all, &places, &fills));
    }
    if !products.is_empty() {
        let (mut sides, mut fills) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        for (term, place) in &products {
            let Shape::Product { with, fill, with_fill } = &term.shape else { continue };
            sides[0].push(*place);
            sides[1].push(numbers.place(with));
            fills[0].push(*fill);
            fills[1].push(*with_fill);
        }
        let [first, second] = [0, 1].map(|side| log_one_plus(graph, &all, &sides[side], &fills[side]));
        columns.wires.push(graph.apply("Mul", &[&first, &second]));
    }
    if !missing.is_empty() {
        let (places, _) = places_and(&missing, |_| 0.0);
        columns.wires.push(graph.missing(&all, &places));
    }
    if !equals.is_empty() {
        let (places, numbers) =
            places_and(&equals, |shape| if let Shape::Equals(number) = shape { *number } else { f64::NAN });
        let taken = graph.columns(&all, &places);
        let numbers = graph.row(&numbers);
        columns.wires.push(graph.same(&taken, &numbers));
    }
    Ok(())
}

/// The columns of terms that are made from names, feature by feature.
fn add_names<'m>(
    terms: &[(&'m Term, f64)],
    columns: &mut Columns<'m>,
    graph: &mut Graph<'_>,
) -> Result<(), OnnxError> {
    let mut by_feature: BTreeMap<&str, Vec<(&'m Term, f64)>> = BTreeMap::new();
    for (term, coefficient) in terms {
        if matches!(term.shape, Shape::Level(_)) || graph.is_category(&term.feature) {
            by_feature.entry(&term.feature).or_default().push((*term, *coefficient));
        }
    }
    for (feature, terms) in by_feature {
        if terms.iter().any(|(term, _)| !matches!(term.shape, Shape::Level(_) | Shape::Missing)) {
            return Err(OnnxError::Unfit { feature: feature.to_owned() });
        }
        let mut levels: Vec<&str> = terms.iter().filter_map(|(term, _)| level(&term.shape)).collect();
        levels.sort_unstable();
        levels.dedup();
        let names = graph.names(feature, &levels)?;
        let places = terms.iter().map(|(term, _)| place(&term.shape, &levels, &names)).collect::<Vec<i64>>();
        let places = graph.longs(&[1, places.len()], &places);
        columns.wires.push(graph.same(&names.codes, &places));
        columns.terms.extend(terms);
    }
    Ok(())
}

fn level(shape: &Shape) -> Option<&str> {
    if let Shape::Level(level) = shape { Some(level) } else { None }
}

/// The code at which a column of this shape is one; no code is −1.
fn place(shape: &Shape, levels: &[&str], names: &Names) -> i64 {
    match shape {
        Shape::Level(level) => levels.binary_search(&level.as_str()).map_or(-1, super::graph::long),
        Shape::Missing => names.missing,
        _ => -1,
    }
}

impl<'m> Numbers<'m> {
    fn add(&mut self, feature: &'m str) {
        if !self.places.contains_key(feature) {
            self.places.insert(feature, self.all.len());
            self.all.push(feature);
        }
    }

    /// Where a feature is that was added.
    fn place(&self, feature: &str) -> usize {
        self.places.get(feature).copied().unwrap_or_default()
    }
}

fn places_and(terms: &[(&Term, usize)], number: impl Fn(&Shape) -> f64) -> (Vec<usize>, Vec<f64>) {
    terms.iter().map(|(term, place)| (*place, number(&term.shape))).unzip()
}

/// The columns at `places`, filled where missing.
fn known(graph: &mut Graph<'_>, all: &Wire, places: &[usize], fills: &[f64]) -> Wire {
    let taken = graph.columns(all, places);
    let fills = graph.row(fills);
    graph.filled(&taken, &fills)
}

/// `ln(1 + x)` of the columns at `places`, filled where missing and kept from zero to 10⁹.
fn log_one_plus(graph: &mut Graph<'_>, all: &Wire, places: &[usize], fills: &[f64]) -> Wire {
    let known = known(graph, all, places, fills);
    let within = graph.clipped(&known, 0.0, 1e9);
    let one = graph.constant(1.0);
    let more = graph.apply("Add", &[&within, &one]);
    graph.apply("Log", &[&more])
}

//! From a history to columns of features.
//!
//! Each site's sweep fills short columns of its own for the rows of a batch; these are then spread over the columns of
//! the table. A feature is computed for many arrivals in a row, by its definition in the catalogue and nowhere else.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::analysis::history::{History, Texts, Visits};
use crate::base::calendar::LocalTime;
use crate::base::{Cancelled, Minutes, Task};

use super::arrival::{Arrival, Days, QueueState};
use super::batch::{Batch, Record};
use super::catalogue::{Definition, Feature, kept_real, kept_whole};
use super::column::{Column, MISSING, Whole, scatter};
use super::definitions::CATALOGUE;
use super::parts::Parts;
use super::replay::{Lanes, by_site, replay};
use super::sweep::Sink;
use super::table::FeatureTable;

/// The extra column with the length of a service as the source publishes it, in minutes.
const EXPECTED_SERVICE: &str = "expected_service_min";
/// Arrivals that are collected before a feature is computed for all of them.
const ARRIVALS: usize = 32;

/// Every feature of each visit of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn build(history: &History, task: &Task) -> Result<FeatureTable, Cancelled> {
    let all: Vec<&'static Feature> = CATALOGUE.iter().collect();
    build_columns(history, &all, task)
}

/// Only these features; nothing is computed that they do not need.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn build_columns(
    history: &History,
    features: &[&'static Feature],
    task: &Task,
) -> Result<FeatureTable, Cancelled> {
    let visits = &history.visits;
    let parts = features.iter().fold(Parts::NONE, |parts, feature| parts.and(feature.needs));
    let mut columns: Vec<Growing> = features.iter().map(|feature| Growing::of(feature, visits.len())).collect();
    let output = |site| SiteColumns::new(visits, site, features);
    replay(history, history.priority_order, parts, (task, "stage.features"), output, |batch, lanes| {
        columns.par_iter_mut().enumerate().for_each(|(index, column)| column.spread(index, batch, lanes));
    })?;
    let columns = features.iter().zip(columns).map(|(feature, column)| (feature.id.to_owned(), column.finish()));
    Ok(FeatureTable::new(visits.len(), columns.collect()))
}

/// The features of one site's rows of a batch.
struct SiteColumns<'a> {
    visits: &'a Visits,
    site: &'a str,
    expected: Option<&'a Texts>,
    days: Days,
    /// Arrivals of which the features are still to be computed: the first `filled` of them.
    arrivals: Vec<Arrival<'a>>,
    filled: usize,
    columns: Vec<SiteColumn<'a>>,
}

/// A feature of one site's rows of a batch.
struct SiteColumn<'a> {
    feature: &'static Feature,
    /// Numbers that count, and codes of names; [`MISSING`] where missing.
    whole: Vec<u32>,
    /// Other numbers; NaN where missing.
    real: Vec<f32>,
    names: Names<'a>,
}

/// Names by the codes that one site has given them.
#[derive(Default)]
struct Names<'a> {
    names: Vec<&'a str>,
    code_of: HashMap<&'a str, u32>,
}

impl<'a> SiteColumns<'a> {
    fn new(visits: &'a Visits, site: usize, features: &[&'static Feature]) -> SiteColumns<'a> {
        let column =
            |feature| SiteColumn { feature, whole: Vec::new(), real: Vec::new(), names: Names::default() };
        SiteColumns {
            visits,
            site: visits.site.names().get(site).map_or("", String::as_str),
            expected: visits.extras.get(EXPECTED_SERVICE),
            days: Days::default(),
            arrivals: Vec::with_capacity(ARRIVALS),
            filled: 0,
            columns: features.iter().copied().map(column).collect(),
        }
    }

    fn whole(&self, index: usize) -> &[u32] {
        self.columns.get(index).map_or(&[], |column| &column.whole)
    }

    fn real(&self, index: usize) -> &[f32] {
        self.columns.get(index).map_or(&[], |column| &column.real)
    }

    fn names(&self, index: usize) -> &[&'a str] {
        self.columns.get(index).map_or(&[], |column| &column.names.names)
    }

    /// The length of a service as the source publishes it for this row.
    fn published(&self, row: u32) -> Option<Minutes> {
        let minutes = self.expected?.get(row as usize)?.parse().ok().and_then(Minutes::new)?;
        (minutes >= Minutes::ZERO).then_some(minutes)
    }

    fn compute(&mut self) {
        let arrivals = self.arrivals.get(..self.filled).unwrap_or_default();
        for column in &mut self.columns {
            column.compute(arrivals);
        }
        self.filled = 0;
    }
}

impl Sink for SiteColumns<'_> {
    fn begin(&mut self) {
        for column in &mut self.columns {
            column.whole.clear();
            column.real.clear();
        }
    }

    fn next(&mut self, record: &Record, local: LocalTime) -> &mut QueueState {
        if self.filled == ARRIVALS {
            self.compute();
        }
        let day = self.days.get(local.date());
        let service = self.visits.service.names().get(record.service as usize).map_or("", String::as_str);
        let expected_service = self.published(record.row);
        let place = self.filled;
        self.filled += 1;
        if place == self.arrivals.len() {
            self.arrivals.push(Arrival {
                site: self.site,
                service,
                at: record.arrived,
                local,
                day,
                queue: QueueState::default(),
                channel: None,
                priority: None,
                booked_for: None,
                expected_service: None,
            });
        }
        // The state of the arrival that stood here before is written over, part by part, by the sweep: it is large.
        let arrival = &mut self.arrivals[place];
        arrival.service = service;
        arrival.at = record.arrived;
        arrival.local = local;
        arrival.day = day;
        arrival.channel = record.channel;
        arrival.priority = record.priority;
        arrival.booked_for = record.booked_for;
        arrival.expected_service = expected_service;
        &mut arrival.queue
    }

    fn end(&mut self) {
        self.compute();
    }
}

impl<'a> SiteColumn<'a> {
    fn compute(&mut self, arrivals: &[Arrival<'a>]) {
        match self.feature.definition {
            Definition::Whole(value) => {
                self.whole.extend(arrivals.iter().map(|arrival| kept_whole(value(arrival)).unwrap_or(MISSING)));
            }
            Definition::Real(value) => {
                self.real.extend(arrivals.iter().map(|arrival| kept_real(value(arrival))));
            }
            Definition::Category(value) => {
                let names = &mut self.names;
                self.whole.extend(
                    arrivals.iter().map(|arrival| value(arrival).map_or(MISSING, |name| names.code(name))),
                );
            }
        }
    }
}

impl<'a> Names<'a> {
    fn code(&mut self, name: &'a str) -> u32 {
        // The same name mostly is the same place in memory: of a site, a service, a day of the week.
        const TRIED: usize = 8;
        if let Some(place) = self.names.iter().take(TRIED).position(|known| std::ptr::eq(*known, name)) {
            return u32::try_from(place).unwrap_or(MISSING);
        }
        *self.code_of.entry(name).or_insert_with(|| {
            self.names.push(name);
            u32::try_from(self.names.len() - 1).unwrap_or(MISSING)
        })
    }
}

/// A column of the table while it grows.
enum Growing {
    Whole(Whole),
    Real(Vec<f32>),
    Categories {
        names: Vec<String>,
        code_of: HashMap<String, u32>,
        /// For each site, the codes of the table by the codes of the site.
        of_site: HashMap<usize, Vec<u32>>,
        codes: Whole,
    },
}

impl Growing {
    fn of(feature: &Feature, rows: usize) -> Growing {
        match feature.definition {
            Definition::Whole(_) => Growing::Whole(Whole::with_capacity(rows)),
            Definition::Real(_) => Growing::Real(Vec::with_capacity(rows)),
            Definition::Category(_) => Growing::Categories {
                names: Vec::new(),
                code_of: HashMap::new(),
                of_site: HashMap::new(),
                codes: Whole::with_capacity(rows),
            },
        }
    }

    /// Takes over the column at `index` of each site.
    fn spread(&mut self, index: usize, batch: &Batch, lanes: &Lanes<SiteColumns<'_>>) {
        match self {
            Growing::Whole(all) => spread_whole(all, batch, by_site(lanes, |site| site.whole(index))),
            Growing::Real(all) => {
                all.resize(batch.end(), f32::NAN);
                batch.spread(by_site(lanes, |site| site.real(index)), |rows, numbers| {
                    scatter(all, rows, numbers, |number| number);
                });
            }
            Growing::Categories { names, code_of, of_site, codes } => {
                let known = by_site(lanes, |site| site.names(index));
                let theirs = by_site(lanes, |site| site.whole(index));
                let mut translated: Vec<Vec<u32>> = Vec::with_capacity(theirs.len());
                for (site, (known, theirs)) in known.into_iter().zip(theirs).enumerate() {
                    let ours = of_site.entry(site).or_default();
                    for name in known.iter().skip(ours.len()) {
                        ours.push(*code_of.entry((*name).to_owned()).or_insert_with(|| {
                            names.push((*name).to_owned());
                            u32::try_from(names.len() - 1).unwrap_or(MISSING)
                        }));
                    }
                    let code = |theirs: &u32| ours.get(*theirs as usize).copied().unwrap_or(MISSING);
                    translated.push(theirs.iter().map(code).collect());
                }
                spread_whole(codes, batch, translated.iter().map(Vec::as_slice).collect());
            }
        }
    }

    fn finish(self) -> Column {
        match self {
            Growing::Whole(numbers) => Column::Whole(numbers),
            Growing::Real(numbers) => Column::Real(numbers),
            Growing::Categories { names, codes, .. } => Column::Categories { names, codes },
        }
    }
}

/// Puts what each site has into `all`.
fn spread_whole(all: &mut Whole, batch: &Batch, of_site: Vec<&[u32]>) {
    all.grow_to(batch.end());
    all.make_room_for(of_site.iter().map(|numbers| largest(numbers)).max().unwrap_or_default());
    batch.spread(of_site, |rows, numbers| all.put(rows, numbers));
}

/// The largest number that is not missing.
fn largest(numbers: &[u32]) -> u32 {
    // Missing is the largest of all; one more makes it zero.
    numbers.iter().map(|number| number.wrapping_add(1)).max().unwrap_or_default().saturating_sub(1)
}

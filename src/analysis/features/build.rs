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
use super::catalogue::{Definition, Feature, kept_real, kept_whole};
use super::column::{Column, MISSING, Whole, scatter};
use super::definitions::CATALOGUE;
use super::parts::{Parts, PriorityOrder};
use super::replay::{Batch, Lanes, replay};
use super::sweep::SiteSweep;
use super::table::FeatureTable;

/// The extra column with the length of a service as the source publishes it, in minutes.
const EXPECTED_SERVICE: &str = "expected_service_min";
/// Arrivals that are collected before a feature is computed for all of them.
const ARRIVALS: usize = 64;

/// Every feature of each visit of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn build(history: &History, task: &Task) -> Result<FeatureTable, Cancelled> {
    let all: Vec<&'static Feature> = CATALOGUE.iter().collect();
    build_columns(history, &all, PriorityOrder::default(), task)
}

/// Only these features, with priority classes called in this order; nothing is computed that they do not need.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn build_columns(
    history: &History,
    features: &[&'static Feature],
    order: PriorityOrder,
    task: &Task,
) -> Result<FeatureTable, Cancelled> {
    let visits = &history.visits;
    let parts = features.iter().fold(Parts::NONE, |parts, feature| parts.and(feature.needs));
    let mut columns: Vec<Growing> = features.iter().map(|feature| Growing::of(feature, visits.len())).collect();
    let output = || SiteColumns::new(visits, features);
    let each = |out: &mut SiteColumns<'_>, sweep: &mut SiteSweep<'_>, rows: &[u32]| out.fill(sweep, rows);
    replay(history, order, parts, task, output, each, |batch, lanes| {
        columns.par_iter_mut().enumerate().for_each(|(index, column)| column.spread(index, batch, lanes));
    })?;
    let columns = features.iter().zip(columns).map(|(feature, column)| (feature.id.to_owned(), column.finish()));
    Ok(FeatureTable::new(visits.len(), columns.collect()))
}

/// The features of one site's rows of a batch.
struct SiteColumns<'a> {
    visits: &'a Visits,
    expected: Option<&'a Texts>,
    days: Days,
    arrivals: Vec<Arrival<'a>>,
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
    fn new(visits: &'a Visits, features: &[&'static Feature]) -> SiteColumns<'a> {
        let column =
            |feature| SiteColumn { feature, whole: Vec::new(), real: Vec::new(), names: Names::default() };
        SiteColumns {
            visits,
            expected: visits.extras.get(EXPECTED_SERVICE),
            days: Days::default(),
            arrivals: Vec::with_capacity(ARRIVALS),
            columns: features.iter().copied().map(column).collect(),
        }
    }

    fn fill(&mut self, sweep: &mut SiteSweep<'_>, rows: &[u32]) {
        for column in &mut self.columns {
            column.whole.clear();
            column.real.clear();
        }
        sweep.run(rows, |row, local, queue| {
            let arrival = self.arrival(row as usize, local, queue);
            self.arrivals.push(arrival);
            if self.arrivals.len() == ARRIVALS {
                self.compute();
            }
        });
        self.compute();
    }

    fn arrival(&mut self, row: usize, local: LocalTime, queue: QueueState) -> Arrival<'a> {
        let visits = self.visits;
        Arrival {
            site: visits.site.get(row),
            service: visits.service.get(row),
            at: visits.arrived[row],
            local,
            day: self.days.get(local.date()),
            queue,
            channel: visits.channel[row],
            priority: visits.priority[row],
            booked_for: visits.booked_for[row],
            expected_service: self
                .expected
                .and_then(|extra| extra.get(row)?.parse().ok())
                .and_then(Minutes::new)
                .filter(|minutes| *minutes >= Minutes::ZERO),
        }
    }

    fn compute(&mut self) {
        for column in &mut self.columns {
            column.compute(&self.arrivals);
        }
        self.arrivals.clear();
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
            Definition::Whole(_) => Growing::Whole(Whole::missing(rows)),
            Definition::Real(_) => Growing::Real(vec![f32::NAN; rows]),
            Definition::Category(_) => Growing::Categories {
                names: Vec::new(),
                code_of: HashMap::new(),
                of_site: HashMap::new(),
                codes: Whole::missing(rows),
            },
        }
    }

    /// Takes over the column at `index` of each site.
    fn spread(&mut self, index: usize, batch: &Batch, lanes: &Lanes<'_, SiteColumns<'_>>) {
        for (site, rows, of_site) in batch.sites(lanes) {
            let Some(column) = of_site.columns.get(index) else { continue };
            match self {
                Growing::Whole(all) => all.put(rows, &column.whole, largest(&column.whole)),
                Growing::Real(all) => scatter(all, rows, &column.real, |number| number),
                Growing::Categories { names, code_of, of_site, codes } => {
                    let ours = of_site.entry(site).or_default();
                    for name in column.names.names.iter().skip(ours.len()) {
                        ours.push(*code_of.entry((*name).to_owned()).or_insert_with(|| {
                            names.push((*name).to_owned());
                            u32::try_from(names.len() - 1).unwrap_or(MISSING)
                        }));
                    }
                    let code = |theirs: &u32| ours.get(*theirs as usize).copied().unwrap_or(MISSING);
                    let translated: Vec<u32> = column.whole.iter().map(code).collect();
                    codes.put(rows, &translated, largest(&translated));
                }
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

/// The largest number that is not missing.
fn largest(numbers: &[u32]) -> u32 {
    // Missing is the largest of all; one more makes it zero.
    numbers.iter().map(|number| number.wrapping_add(1)).max().unwrap_or_default().saturating_sub(1)
}

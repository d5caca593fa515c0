//! A seeded simulator of an appointment and queue service: sample data, demonstrations, tests and load.
//!
//! Sites in Iranian cities have queues, one for each service, with counters of their own. People walk in or have
//! booked, wait, are served or give up. It knows no files; a [`Recipe`] says what is simulated, and
//! [`simulate`] gives the [`Visits`] that such a service would have exported. What a model could learn from them
//! is there on purpose: breaks that come one after the other, bookings that go first, clerks, hours and days that
//! are slower than others.
//!
//! The invariant: the same recipe gives the same visits on every machine and with any number of threads.

mod arrivals;
mod day;
mod draw;
mod queue;
mod recipe;
mod record;
mod roster;
mod scenario;

pub use recipe::{Recipe, RecipeError};
pub use scenario::{Scenario, ScenarioKind};

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::analysis::history::{Visit, Visits};
use crate::base::calendar::CivilDate;
use crate::base::{Cancelled, Task};

use arrivals::Person;
use day::Day;
use queue::Stay;
use recipe::{Queue, Second};
use roster::Counter;

/// One queue on one day: who came, and what became of each person.
struct QueueDay {
    people: Vec<Person>,
    /// As long as `people`.
    stays: Vec<Stay>,
}

/// The visits of `recipe`, in canonical order.
///
/// Those that had not ended when the history was exported are unfinished.
///
/// # Errors
/// [`Cancelled`] once `task` was cancelled.
pub fn simulate(recipe: &Recipe, task: &Task) -> Result<Visits, Cancelled> {
    let dates: Vec<CivilDate> = (0..recipe.days).filter_map(|day| recipe.start.plus_days(day)).collect();
    let (done, total) = (AtomicU64::new(0), recipe.sites.len() as u64);
    let by_site: Result<Vec<Vec<Visit>>, Cancelled> = (0..recipe.sites.len())
        .into_par_iter()
        .map(|site| {
            let visits = simulate_site(recipe, site, &dates, task)?;
            task.report("stage.simulating", done.fetch_add(1, Ordering::Relaxed) + 1, total)?;
            Ok(visits)
        })
        .collect();
    let mut visits: Vec<Visit> = by_site?.into_iter().flatten().collect();
    // The canonical order of `Visits`; sorting rows is much quicker than sorting columns.
    visits.par_sort_unstable_by(|a, b| {
        (a.arrived, &a.site, &a.service, &a.visit_id).cmp(&(b.arrived, &b.site, &b.service, &b.visit_id))
    });
    task.check()?;
    let mut columns: Visits = visits.into_iter().collect();
    columns.sort();
    Ok(columns)
}

fn simulate_site(recipe: &Recipe, site: usize, dates: &[CivilDate], task: &Task) -> Result<Vec<Visit>, Cancelled> {
    let mut clock = recipe.zone.clock();
    let cut = record::end_of_history(recipe, &mut clock);
    let mut visits = Vec::new();
    for date in dates {
        task.check()?;
        let Some(day) = Day::of(recipe, site, *date, &mut clock) else { continue };
        let site = &recipe.sites[site];
        for queue in &site.queues {
            record::record(recipe, site, queue, &day, &QueueDay::of(recipe, site, queue, &day), cut, &mut visits);
        }
    }
    Ok(visits)
}

impl QueueDay {
    fn of(recipe: &Recipe, site: &recipe::Site, queue: &Queue, day: &Day) -> QueueDay {
        // A recipe is resolved: its queues name services that exist.
        let service = &recipe.services[queue.service];
        let people = arrivals::people(recipe, site, queue, service, day);
        let counters = roster::roster(recipe, site, queue, service, day);
        let stays = queue::run(&people, &counters, &recipe.booking, day.closes, |person, now, counter| {
            duration(recipe, person, now, counter)
        });
        QueueDay { people, stays }
    }
}

/// The seconds that a service takes: the person's effort, at the pace of the clerk and of the hour.
#[expect(clippy::cast_possible_truncation, reason = "clamped to a day at most")]
fn duration(recipe: &Recipe, person: &Person, now: Second, counter: &Counter) -> Second {
    let work = &recipe.work;
    let seconds = person.effort_seconds * counter.slowness * work.hours.at(now);
    libm::round(seconds.clamp(work.shortest_seconds, work.longest_minutes * 60.0)) as Second
}

#[cfg(test)]
mod invariant_tests;
#[cfg(test)]
mod realism_tests;
#[cfg(test)]
mod scenario_tests;

//! A site's clock: whether it goes back, and whether it stands still.

use std::collections::{BTreeMap, HashMap};

use super::hours::HourCounts;
use super::{Check, TableAccount, TableContext, Why, written};
use crate::analysis::history::Visits;
use crate::base::Moment;

/// A step back of more than so many milliseconds is a jump: rows are written a few minutes late where many are served.
const JUMP_MILLIS: i64 = 5 * 60_000;
/// A site's rows stand in order where at most one step in so many goes the other way …
const STEPS_A_STRAY: u64 = 100;
/// … of at least so many.
const FEWEST_STEPS: u64 = 100;
/// Fewer visits at one instant than this are a family, not a clock.
const FEWEST_STUCK: u64 = 10;
/// The chance of a finding in a history whose clocks are right.
const FALSE_ALARM: f64 = 1e-6;
/// Slots in which instants are counted before the few that may be stuck are counted exactly.
const SLOTS: usize = 1 << 22;

pub(super) fn check(visits: &Visits, hours: &HourCounts, context: &TableContext<'_>, account: &mut TableAccount) {
    let (steps, crowds) = rayon::join(
        || steps_of_sites(visits, context, account),
        || crowded_instants(visits, &too_many_at_once(visits, hours)),
    );
    tell_jumps(visits, &steps, context, account);
    tell_stuck(visits, crowds, context, account);
}

/// The rows of one site so far.
#[derive(Clone, Default)]
struct Steps {
    last: Option<(usize, Moment)>,
    forward: Way,
    back: Way,
}

/// Steps in one direction of time.
#[derive(Clone, Default)]
struct Way {
    steps: u64,
    jumps: Vec<(usize, usize)>,
    jump_count: u64,
}

impl Way {
    fn add(&mut self, from: usize, to: usize, by: i64) {
        self.steps += 1;
        if by > JUMP_MILLIS {
            self.jump_count += 1;
            if self.jumps.len() < super::MOST_EXAMPLES {
                self.jumps.push((from, to));
            }
        }
    }
}

/// The steps from each site's rows to its next.
fn steps_of_sites(visits: &Visits, context: &TableContext<'_>, account: &TableAccount) -> Vec<Steps> {
    let aside: std::collections::HashSet<usize> = account.aside().iter().map(|(row, _)| *row).collect();
    let mut sites = vec![Steps::default(); visits.site.names().len()];
    let mut starts = context.file_starts.iter().copied().peekable();
    for (row, (arrived, code)) in visits.arrived.iter().zip(visits.site.codes()).enumerate() {
        if starts.next_if(|start| *start <= row).is_some() {
            sites.iter_mut().for_each(|site| site.last = None);
        }
        // A row whose date was moved stands where its wrong date put it.
        let is_moved = account.moved.get(row).copied().unwrap_or(false);
        if is_moved || (!aside.is_empty() && aside.contains(&row)) {
            continue;
        }
        let Some(site) = sites.get_mut(*code as usize) else { continue };
        if let Some((before, last)) = site.last {
            let by = arrived.millis() - last.millis();
            match by.signum() {
                1 => site.forward.add(before, row, by),
                -1 => site.back.add(before, row, -by),
                _ => {}
            }
        }
        site.last = Some((row, *arrived));
    }
    sites
}

/// Steps against the order of a site's rows. Rows may stand from the oldest to the newest or the other way round.
fn tell_jumps(visits: &Visits, sites: &[Steps], context: &TableContext<'_>, account: &mut TableAccount) {
    let mut unjudged = 0;
    let mut clock = context.zone.clock();
    for site in sites {
        let (with, against) = if site.back.steps <= site.forward.steps {
            (&site.forward, &site.back)
        } else {
            (&site.back, &site.forward)
        };
        let steps = with.steps + against.steps;
        if steps < FEWEST_STEPS || against.steps * STEPS_A_STRAY > steps {
            unjudged += 1;
            continue;
        }
        if against.jump_count == 0 {
            continue;
        }
        let mut examples: Vec<String> = against
            .jumps
            .iter()
            .map(|(from, to)| {
                let mut at = |row: usize| written(clock.local(visits.arrived[row]));
                format!("{}: {} → {}", (context.place)(*to), at(*from), at(*to))
            })
            .collect();
        let action = context.settings.action(Check::ClockJump);
        let rest = against.jump_count - examples.len() as u64;
        for example in examples.drain(..) {
            account.find(Check::ClockJump, action, 1, || example);
        }
        if rest > 0 {
            account.find(Check::ClockJump, action, rest, String::new);
        }
    }
    if unjudged > 0 {
        account.cannot(Check::ClockJump, Why::NotInOrder, unjudged, sites.len());
    }
}

/// Many arrivals at one site at one instant.
///
/// How many are too many follows from the site's busy hours: with the rate λ an instant (a second or a minute, as the
/// source writes them) of its busiest hours, doubled since people come in groups, `k` at one instant are too many
/// where n · P(Poisson(2λ) ≥ k) < 10⁻⁶ for its n visits, and never fewer than ten.
fn too_many_at_once(visits: &Visits, hours: &HourCounts) -> HashMap<usize, u64> {
    let on_the_minute = visits.arrived.iter().filter(|moment| moment.millis() % 60_000 == 0).count();
    // A source that writes minutes may still have rows that were computed to the second.
    let instants_an_hour = if on_the_minute * 2 > visits.len() { 60.0 } else { 3_600.0 };
    let mut too_many = HashMap::new();
    for cells in hours.by_site() {
        let mut counts: Vec<u32> = cells.iter().map(|cell| cell.count).collect();
        let n: u64 = counts.iter().copied().map(u64::from).sum();
        // The hour that stands in the way of one in twenty, so that a stuck hour does not excuse itself.
        let busy = counts.len() - 1 - counts.len() / 20;
        let (_, busy, _) = counts.select_nth_unstable(busy);
        let rate = 2.0 * f64::from(*busy) / instants_an_hour;
        if let Some(first) = cells.first() {
            too_many.insert(first.site(), fewest_unlikely(rate, n).max(FEWEST_STUCK));
        }
    }
    too_many
}

fn tell_stuck(
    visits: &Visits,
    crowds: BTreeMap<(usize, i64), u64>,
    context: &TableContext<'_>,
    account: &mut TableAccount,
) {
    let mut clock = context.zone.clock();
    let action = context.settings.action(Check::StuckClock);
    for ((site, millis), count) in crowds {
        let Some(moment) = Moment::from_millis(millis) else { continue };
        let name = visits.site.names().get(site).map_or("", String::as_str);
        account.find(Check::StuckClock, action, count, || {
            format!("{name}: {} × {count}", written(clock.local(moment)))
        });
    }
}

/// The smallest k with n · P(Poisson(rate) ≥ k) below [`FALSE_ALARM`].
fn fewest_unlikely(rate: f64, n: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "a bound")]
    let limit = FALSE_ALARM / n.max(1) as f64;
    // P(X ≥ k) ≤ e^(k − λ) (λ / k)^k for k > λ (Chernoff), so that no tail has to be summed.
    let mut k = rate.ceil().max(1.0);
    let log_bound = |k: f64| k - rate + k * (rate / k).ln();
    while k <= rate || log_bound(k) > limit.ln() {
        k += 1.0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let k = k as u64;
    k
}

/// The instants with at least as many arrivals at a site as `too_many` says for it.
fn crowded_instants(visits: &Visits, too_many: &HashMap<usize, u64>) -> BTreeMap<(usize, i64), u64> {
    let slot = |site: u32, moment: Moment| {
        let mixed = (moment.millis().cast_unsigned() ^ u64::from(site) << 44).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (64 - SLOTS.trailing_zeros())) as usize
    };
    let mut slots = vec![0_u8; SLOTS];
    for (moment, code) in visits.arrived.iter().zip(visits.site.codes()) {
        let count = &mut slots[slot(*code, *moment)];
        *count = count.saturating_add(1);
    }
    let fewest = too_many.values().copied().min().unwrap_or(u64::MAX);
    let fewest = u8::try_from(fewest).unwrap_or(u8::MAX);
    let mut counts = HashMap::new();
    for (moment, code) in visits.arrived.iter().zip(visits.site.codes()) {
        if slots[slot(*code, *moment)] >= fewest {
            *counts.entry((*code as usize, moment.millis())).or_insert(0_u64) += 1;
        }
    }
    counts.retain(|(site, _), count| too_many.get(site).is_some_and(|limit| *count >= *limit));
    counts.into_iter().collect()
}

//! A history: visits, with what has to be known of their sites to make sense of them.
//!
//! Visits are instants and numbers. What hour it was at the site when somebody came, and which of two classes goes first,
//! is no part of a visit; it is the same for all visits of a site, and the mapping says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::calendar::{LocalTime, WallClock, Zone};

use super::{Mapping, Visits};

/// Which of two priority classes is called first. A source's numbers do not say so themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityOrder {
    /// Class 2 goes before class 1: the larger number is more urgent.
    #[default]
    HighFirst,
    /// Class 1 goes before class 2.
    LowFirst,
    /// Classes say nothing about the order.
    NoOrder,
}

impl PriorityOrder {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            PriorityOrder::HighFirst => "high_first",
            PriorityOrder::LowFirst => "low_first",
            PriorityOrder::NoOrder => "no_order",
        }
    }

    /// Whether it is the usual one, which mapping files leave out.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == PriorityOrder::default()
    }

    /// How urgent a class is: a larger rank is called first. A visit without a class is the least urgent.
    #[must_use]
    pub fn rank(self, priority: Option<u8>) -> u16 {
        match (self, priority) {
            (_, None) | (PriorityOrder::NoOrder, _) => 0,
            (PriorityOrder::HighFirst, Some(class)) => u16::from(class) + 1,
            (PriorityOrder::LowFirst, Some(class)) => 256 - u16::from(class),
        }
    }
}

/// Visits, and what has to be known of their sites to make sense of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The zone whose wall clock the sites keep.
    pub zone: Zone,
    /// Sites that keep the clock of another zone.
    pub zones: BTreeMap<String, Zone>,
    /// Which priority classes are called first.
    pub priority_order: PriorityOrder,
    /// The visits, in canonical order.
    pub visits: Visits,
}

impl History {
    /// Visits to sites that all keep the clock of `zone`.
    #[must_use]
    pub fn new(zone: Zone, visits: Visits) -> History {
        History { zone, visits, ..History::default() }
    }

    /// Visits that were read by `mapping`.
    #[must_use]
    pub fn read_by(mapping: &Mapping, visits: Visits) -> History {
        let mut zones = mapping.zones_of_sites();
        zones.retain(|site, _| visits.site.find(site).is_some());
        History { zone: mapping.zone.clone(), zones, priority_order: mapping.priority_order, visits }
    }

    /// Other visits to the same sites.
    #[must_use]
    pub fn with(&self, visits: Visits) -> History {
        let History { zone, zones, priority_order, .. } = self;
        History { zone: zone.clone(), zones: zones.clone(), priority_order: *priority_order, visits }
    }

    /// The zone whose clock `site` keeps.
    #[must_use]
    pub fn zone_of(&self, site: &str) -> &Zone {
        self.zones.get(site).unwrap_or(&self.zone)
    }
}

/// The wall clocks of the sites, for one arrival after another.
pub struct SiteClocks<'h> {
    history: &'h History,
    usual: WallClock,
    others: BTreeMap<&'h str, WallClock>,
}

impl History {
    /// The wall clocks of its sites.
    #[must_use]
    pub fn clocks(&self) -> SiteClocks<'_> {
        let others = self.zones.iter().map(|(site, zone)| (site.as_str(), zone.clock())).collect();
        SiteClocks { history: self, usual: self.zone.clock(), others }
    }
}

impl SiteClocks<'_> {
    /// When the visit of `row` arrived, by the clock of its site.
    pub fn arrival(&mut self, row: usize) -> LocalTime {
        let visits = &self.history.visits;
        let clock = match self.others.is_empty() {
            true => None,
            false => self.others.get_mut(visits.site.get(row)),
        };
        clock.unwrap_or(&mut self.usual).local(visits.arrived[row])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrival_is_told_by_the_clock_of_its_site() {
        let visit = |site: &str| crate::analysis::history::Visit {
            visit_id: site.to_owned(),
            site: site.to_owned(),
            service: "x".to_owned(),
            arrived: crate::base::Moment::parse_rfc3339("2026-01-03T22:00:00Z").unwrap(),
            called: None,
            finished: None,
            left: None,
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        };
        let visits: Visits = ["here", "there"].map(visit).into_iter().collect();
        let zone = |name: &str| name.parse::<Zone>().unwrap();
        let zones = BTreeMap::from([("there".to_owned(), zone("Europe/Warsaw"))]);
        let history = History { zone: zone("Asia/Tehran"), zones, visits, ..History::default() };
        let mut clocks = history.clocks();
        let minutes = [0, 1].map(|row| clocks.arrival(row).minute_of_day());
        assert_eq!(minutes, [90, 23 * 60], "half past one of the next day, and eleven in the evening");
    }

    #[test]
    fn the_more_urgent_class_has_the_larger_rank() {
        let rank = |order: PriorityOrder, class| order.rank(class);
        let high = PriorityOrder::HighFirst;
        assert!(rank(high, Some(2)) > rank(high, Some(1)) && rank(high, Some(0)) > rank(high, None));
        let low = PriorityOrder::LowFirst;
        assert!(rank(low, Some(1)) > rank(low, Some(2)) && rank(low, Some(255)) > rank(low, None));
        assert_eq!(rank(PriorityOrder::NoOrder, Some(2)), rank(PriorityOrder::NoOrder, None));
        for order in [high, low, PriorityOrder::NoOrder] {
            assert_eq!(serde_json::to_value(order).unwrap(), order.id());
        }
    }
}

//! Column names become column numbers.

use std::collections::HashMap;

use super::super::checks::Check;
use super::super::mapping::{
    Anchor, Condition, Mapping, MappingError, NameSource, StatedWait, TimeSource, VisitMapping,
};
use super::super::times::one_spelling;
use super::{Channels, Column, Holds, Name, Plan, Stated, Time, TimeFrom};

/// Finds column numbers, and remembers the names that it did not find.
struct Resolver<'a> {
    mapping: &'a Mapping,
    columns: &'a [String],
    absent: Vec<String>,
    times: usize,
}

pub(super) fn resolve(mapping: &Mapping, columns: &[String]) -> Result<Plan, MappingError> {
    let mut find = Resolver { mapping, columns, absent: Vec::new(), times: 0 };
    // A correction of a column that nothing reads is a mistake of the mapping all the same.
    for correction in &mapping.corrections {
        find.index(&correction.column);
    }
    let (zones, zone_of_site) = zones(mapping);
    let VisitMapping { called, finished, left, booked_for, .. } = &mapping.visit;
    let visit = &mapping.visit;
    let plan = Plan {
        settings: mapping.checks.clone(),
        zones,
        zone_of_site,
        not_visits: mapping.not_visits.iter().map(|condition| find.condition(condition)).collect(),
        doubtful: mapping.doubtful.iter().map(|doubt| find.holds(&doubt.column, &doubt.values)).collect(),
        visit_id: visit.visit_id.iter().map(|name| find.column(name)).collect(),
        site: find.name(&visit.site),
        service: find.name(&visit.service),
        arrived: find.time("arrived", &visit.arrived, &[])?,
        called: find.optional_time("called", called.as_ref(), &[Anchor::Arrived])?,
        finished: find.optional_time("finished", finished.as_ref(), &[Anchor::Arrived, Anchor::Called])?,
        left: find.optional_time("left", left.as_ref(), &[Anchor::Arrived])?,
        priority: visit.priority.as_ref().map(|name| find.column(name)),
        channel: visit.channel.as_ref().map(|source| Channels {
            column: find.column(&source.column),
            walk_in: source.walk_in.clone(),
            booked: source.booked.clone(),
        }),
        booked_for: find.optional_time("booked_for", booked_for.as_ref(), &[])?,
        open_counters: visit.open_counters.as_ref().map(|name| find.column(name)),
        people_ahead: visit.people_ahead.as_ref().map(|name| find.column(name)),
        stated_wait: visit.stated_wait.as_ref().map(|stated| find.stated(stated)).transpose()?,
        extras: mapping.extras.iter().map(|(ours, theirs)| (ours.clone(), find.index(theirs))).collect(),
        times: find.times,
    };
    if find.absent.is_empty() {
        Ok(plan)
    } else {
        Err(MappingError::AbsentColumns { absent: find.absent, present: columns.to_vec() })
    }
}

/// The zones, the mapping's own first, and the place of each site that is in another.
fn zones(mapping: &Mapping) -> (Vec<crate::base::calendar::Zone>, HashMap<String, usize>) {
    let mut zones = vec![mapping.zone.clone()];
    let mut of_site = HashMap::new();
    for (site, zone) in &mapping.zones {
        let place = zones.iter().position(|known| known == zone).unwrap_or_else(|| {
            zones.push(zone.clone());
            zones.len() - 1
        });
        of_site.insert(one_spelling(site).into_owned(), place);
    }
    (zones, of_site)
}

impl Resolver<'_> {
    /// The number of the column called `name`; where it is absent, it is remembered and any number will do.
    fn index(&mut self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
            if !self.absent.iter().any(|absent| absent == name) {
                self.absent.push(name.to_owned());
            }
            usize::MAX
        })
    }

    fn column(&mut self, name: &str) -> Column {
        let missing = self.mapping.missing_in.get(name).into_iter().flatten().chain(&self.mapping.missing);
        let corrections = self.mapping.corrections.iter().filter(|correction| correction.column == name);
        Column {
            missing: missing.cloned().collect(),
            corrections: corrections.map(|c| (c.starts_with.clone(), c.replace_with.clone())).collect(),
            index: self.index(name),
        }
    }

    fn name(&mut self, source: &NameSource) -> Name {
        match source {
            NameSource::Column(column) => Name::Column(self.column(column)),
            NameSource::Value(value) => Name::Value(one_spelling(value).into_owned()),
        }
    }

    fn condition(&mut self, condition: &Condition) -> Holds {
        self.holds(&condition.column, &condition.values)
    }

    fn holds(&mut self, column: &str, values: &[String]) -> Holds {
        Holds { index: self.index(column), values: values.to_vec() }
    }

    fn optional_time(
        &mut self,
        field: &'static str,
        source: Option<&TimeSource>,
        anchors: &[Anchor],
    ) -> Result<Option<Time>, MappingError> {
        source.map(|source| self.time(field, source, anchors)).transpose()
    }

    fn time(
        &mut self,
        field: &'static str,
        source: &TimeSource,
        anchors: &[Anchor],
    ) -> Result<Time, MappingError> {
        let TimeSource { column, date, time, plus, after, unit, dates, only } = source;
        let from = match (column, date, time, plus, after, unit) {
            (Some(column), None, None, None, None, None) => TimeFrom::Column(self.column(column)),
            (None, Some(date), Some(time), None, None, None) => {
                TimeFrom::DateAndTime(self.column(date), self.column(time))
            }
            (None, None, None, Some(span), Some(anchor), Some(unit)) => {
                if !anchors.contains(anchor) || *anchor == Anchor::Called && self.mapping.visit.called.is_none() {
                    return Err(MappingError::Circular { field });
                }
                TimeFrom::After { anchor: *anchor, span: self.column(span), unit: *unit }
            }
            _ => return Err(MappingError::UnclearTime { field }),
        };
        let slot = self.times;
        self.times += 1;
        let only = only.as_ref().map(|condition| self.condition(condition));
        Ok(Time { bad: Check::bad_time(field), slot, from, form: *dates, only })
    }

    fn stated(&mut self, stated: &StatedWait) -> Result<Stated, MappingError> {
        let clocks = match (&stated.from, &stated.to) {
            (None, None) => None,
            (Some(from), Some(to)) => Some((self.column(from), self.column(to))),
            _ => return Err(MappingError::UnclearTime { field: "stated_wait" }),
        };
        Ok(Stated { wait: self.column(&stated.column), unit: stated.unit, clocks })
    }
}

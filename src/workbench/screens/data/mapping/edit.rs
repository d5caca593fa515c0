//! Changing a mapping field by field.

use crate::analysis::history::{
    Anchor, ChannelSource, DateForm, Mapping, NameSource, SpanUnit, TimeSource, VisitMapping,
};

/// The canonical columns that can be mapped by hand, in the order of a visit.
pub(super) const FIELDS: [&str; 12] = [
    "visit_id",
    "site",
    "service",
    "arrived",
    "called",
    "finished",
    "left",
    "booked_for",
    "priority",
    "channel",
    "open_counters",
    "people_ahead",
];

/// Where a canonical column comes from, as it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is not in the source.
    Nowhere,
    /// As the guess, or the mapping that was opened, has it: more than one column, or a rule.
    Given,
    /// One name for every row.
    Same(String),
    /// A column.
    Column(String),
    /// A column with a length of time after the moment before it.
    Length(String),
}

/// Whether every visit needs the field.
pub(super) fn is_required(field: &str) -> bool {
    matches!(field, "site" | "service" | "arrived")
}

/// Whether the field may be given as a length of time.
pub(super) fn may_be_length(field: &str) -> bool {
    matches!(field, "called" | "finished" | "left")
}

/// Where `field` comes from in `mapping`.
pub(super) fn origin(mapping: &Mapping, field: &str) -> Origin {
    let visit = &mapping.visit;
    match field {
        "visit_id" => match visit.visit_id.as_slice() {
            [] => Origin::Nowhere,
            [only] => Origin::Column(only.clone()),
            _ => Origin::Given,
        },
        "site" => of_name(&visit.site),
        "service" => of_name(&visit.service),
        "channel" => visit.channel.as_ref().map_or(Origin::Nowhere, |_| Origin::Given),
        "priority" => of_column(visit.priority.as_ref()),
        "open_counters" => of_column(visit.open_counters.as_ref()),
        "people_ahead" => of_column(visit.people_ahead.as_ref()),
        _ => moment(visit, field).map_or(Origin::Nowhere, of_time),
    }
}

fn of_name(source: &NameSource) -> Origin {
    match source {
        NameSource::Column(column) => Origin::Column(column.clone()),
        NameSource::Value(value) => Origin::Same(value.clone()),
    }
}

fn of_column(column: Option<&String>) -> Origin {
    column.map_or(Origin::Nowhere, |column| Origin::Column(column.clone()))
}

fn of_time(source: &TimeSource) -> Origin {
    match source {
        TimeSource { only: Some(_), .. } => Origin::Given,
        TimeSource { column: Some(column), .. } => Origin::Column(column.clone()),
        TimeSource { plus: Some(column), .. } => Origin::Length(column.clone()),
        _ => Origin::Given,
    }
}

/// The source of the moment `field`.
pub(super) fn moment<'m>(visit: &'m VisitMapping, field: &str) -> Option<&'m TimeSource> {
    match field {
        "arrived" => Some(&visit.arrived),
        "called" => visit.called.as_ref(),
        "finished" => visit.finished.as_ref(),
        "left" => visit.left.as_ref(),
        "booked_for" => visit.booked_for.as_ref(),
        _ => None,
    }
}

/// The columns that `field` is read from.
pub(super) fn columns(mapping: &Mapping, field: &str) -> Vec<String> {
    let visit = &mapping.visit;
    match field {
        "visit_id" => visit.visit_id.clone(),
        "channel" => visit.channel.iter().map(|channel| channel.column.clone()).collect(),
        _ => match moment(visit, field) {
            Some(source) => source.columns().map(str::to_owned).collect(),
            None => match origin(mapping, field) {
                Origin::Column(column) => vec![column],
                _ => Vec::new(),
            },
        },
    }
}

/// `mapping` with `field` coming from `origin`; what [`Origin::Given`] stands for is taken from `given`.
pub(super) fn set(mapping: &Mapping, field: &str, origin: &Origin, given: Option<&Mapping>) -> Mapping {
    let mut changed = mapping.clone();
    let visit = &mut changed.visit;
    let given = given.map(|given| &given.visit);
    let column = match origin {
        Origin::Column(column) => Some(column.clone()),
        _ => None,
    };
    match field {
        "visit_id" => {
            let several = given.map(|given| given.visit_id.clone()).unwrap_or_default();
            visit.visit_id = if *origin == Origin::Given { several } else { column.into_iter().collect() };
        }
        "site" => visit.site = name(origin, &visit.site),
        "service" => visit.service = name(origin, &visit.service),
        "channel" => visit.channel = channel(origin, given.and_then(|given| given.channel.as_ref())),
        "priority" => visit.priority = column,
        "open_counters" => visit.open_counters = column,
        "people_ahead" => visit.people_ahead = column,
        _ => {
            let known = given.and_then(|given| moment(given, field));
            set_moment(visit, field, time(origin, field, known));
        }
    }
    changed
}

fn name(origin: &Origin, before: &NameSource) -> NameSource {
    match origin {
        Origin::Column(column) => NameSource::Column(column.clone()),
        Origin::Same(value) => NameSource::Value(value.clone()),
        Origin::Nowhere | Origin::Given | Origin::Length(_) => before.clone(),
    }
}

/// Which of its values mean what is only known where it was guessed.
fn channel(origin: &Origin, given: Option<&ChannelSource>) -> Option<ChannelSource> {
    if *origin == Origin::Given { given.cloned() } else { None }
}

fn time(origin: &Origin, field: &str, known: Option<&TimeSource>) -> Option<TimeSource> {
    let dates = known.map(|known| known.dates).unwrap_or_default();
    match origin {
        Origin::Given => known.cloned(),
        Origin::Column(column) => Some(TimeSource::of_column(column.clone(), dates)),
        Origin::Length(column) => {
            let after = if field == "finished" { Anchor::Called } else { Anchor::Arrived };
            let unit = known.and_then(|known| known.unit).unwrap_or(SpanUnit::Minutes);
            Some(TimeSource::of_span(after, column.clone(), unit))
        }
        Origin::Nowhere | Origin::Same(_) => None,
    }
}

fn set_moment(visit: &mut VisitMapping, field: &str, source: Option<TimeSource>) {
    match (field, source) {
        ("arrived", Some(source)) => visit.arrived = source,
        ("called", source) => visit.called = source,
        ("finished", source) => visit.finished = source,
        ("left", source) => visit.left = source,
        ("booked_for", source) => visit.booked_for = source,
        _ => {}
    }
}

/// `mapping` with the moment `field` written in another form, or counted in another unit.
pub(super) fn with_moment(mapping: &Mapping, field: &str, change: impl FnOnce(&mut TimeSource)) -> Mapping {
    let mut changed = mapping.clone();
    if let Some(mut source) = moment(&mapping.visit, field).cloned() {
        change(&mut source);
        set_moment(&mut changed.visit, field, Some(source));
    }
    changed
}

/// A first mapping of a source of which only the arrival is known.
pub(super) fn first(arrived: String, dates: DateForm, name: &str) -> Mapping {
    Mapping::of(VisitMapping {
        visit_id: Vec::new(),
        site: NameSource::Value(name.to_owned()),
        service: NameSource::Value(name.to_owned()),
        arrived: TimeSource::of_column(arrived, dates),
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
        stated_wait: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        first("came".to_owned(), DateForm::Jalali, "bank")
    }

    #[test]
    fn every_field_can_be_set_and_taken_back() {
        let column = Origin::Column("x".to_owned());
        for field in FIELDS.into_iter().filter(|field| *field != "channel") {
            let set_to = set(&mapping(), field, &column, None);
            assert_eq!(origin(&set_to, field), column, "{field}");
            assert_eq!(columns(&set_to, field), ["x"], "{field}");
            let back = set(&set_to, field, &Origin::Nowhere, None);
            let expected = if is_required(field) { column.clone() } else { Origin::Nowhere };
            assert_eq!(origin(&back, field), expected, "{field}");
        }
    }

    #[test]
    fn a_wait_counts_from_the_arrival_and_a_service_from_the_call() {
        let length = Origin::Length("minutes".to_owned());
        let waited = set(&mapping(), "called", &length, None);
        let served = set(&waited, "finished", &length, None);
        let after = |field| moment(&served.visit, field).and_then(|source| source.after);
        assert_eq!((after("called"), after("finished")), (Some(Anchor::Arrived), Some(Anchor::Called)));
        let seconds = with_moment(&served, "called", |source| source.unit = Some(SpanUnit::Seconds));
        assert_eq!(moment(&seconds.visit, "called").and_then(|source| source.unit), Some(SpanUnit::Seconds));
        assert_eq!(origin(&seconds, "called"), length);
    }

    #[test]
    fn what_was_guessed_from_several_columns_comes_back_as_it_was() {
        let mut guessed = mapping();
        guessed.visit.visit_id = vec!["day".to_owned(), "ticket".to_owned()];
        guessed.visit.arrived = TimeSource::of_two("day".to_owned(), "hour".to_owned(), DateForm::Iso);
        for field in ["visit_id", "arrived"] {
            let other = set(&guessed, field, &Origin::Column("x".to_owned()), Some(&guessed));
            assert_ne!(other, guessed);
            assert_eq!(set(&other, field, &Origin::Given, Some(&guessed)), guessed, "{field}");
        }
    }
}

//! Columns as a whole: joining, order, digest and duplicates against what they mean, and Parquet there and back.

use std::collections::BTreeMap;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, proptest};
use proptest::prop_oneof;

use super::{Channel, Duplicate, History, Texts, Visit, Visits, digest, duplicates, read_visits, write_visits};
use crate::base::Moment;

/// One row: a visit and the cell of an extra column. Few values, so that rows agree in much.
type Row = (Visit, Option<String>);

fn any_moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        8 => (0..3_i64).prop_map(|step| Moment::from_millis(1_600_000_000_000 + step * 1_000).unwrap()),
        1 => (-Moment::RANGE_MILLIS..Moment::RANGE_MILLIS).prop_map(|at| Moment::from_millis(at).unwrap()),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    let id = prop_oneof![Just(""), Just("9"), Just("10"), Just("الف")];
    let name = || prop_oneof![Just("b"), Just("a"), Just("ب"), Just("")];
    let few = || prop::option::of(0..2_u32);
    let channel = prop::option::of(prop_oneof![Just(Channel::WalkIn), Just(Channel::Booked)]);
    let times = prop::array::uniform4(prop::option::of(any_moment()));
    let extra = prop::option::of(prop_oneof![Just(String::new()), Just("x".to_owned())]);
    let names = (id, name(), name());
    let counts = (prop::option::of(0..2_u8), channel, few(), few());
    (names, any_moment(), times, counts, extra).prop_map(|(names, arrived, times, counts, extra)| {
        let [called, finished, left, booked_for] = times;
        let visit = Visit {
            visit_id: names.0.to_owned(),
            site: names.1.to_owned(),
            service: names.2.to_owned(),
            arrived,
            called,
            finished,
            left,
            priority: counts.0,
            channel: counts.1,
            booked_for,
            open_counters: counts.2,
            people_ahead: counts.3,
        };
        (visit, extra)
    })
}

fn columns(rows: &[Row]) -> Visits {
    let mut visits: Visits = rows.iter().map(|(visit, _)| visit.clone()).collect();
    let extra: Texts = rows.iter().map(|(_, extra)| extra.as_deref()).collect();
    visits.extras.insert("note".to_owned(), extra);
    visits
}

fn rows(visits: &Visits) -> Vec<Row> {
    let extra = |row| visits.extras["note"].get(row).map(str::to_owned);
    (0..visits.len()).map(|row| (visits.get(row), extra(row))).collect()
}

/// The order as the documentation has it, of one row at a time.
fn place(row: &Row) -> impl Ord + use<> {
    let (visit, extra) = row.clone();
    (
        (visit.arrived, visit.site, visit.service, visit.visit_id.len(), visit.visit_id),
        (visit.called, visit.left, visit.finished, visit.priority),
        (visit.channel.map(Channel::id).map(|id| id == "booked"), visit.booked_for),
        (visit.open_counters, visit.people_ahead, extra),
    )
}

fn same_by_definition(a: &Row, b: &Row) -> bool {
    if a.0.visit_id.is_empty() && b.0.visit_id.is_empty() { a == b } else { a.0.visit_id == b.0.visit_id }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_joined_are_rows_pushed(
        given in prop::collection::vec(any_row(), 0..40),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(given.len() + 1)).collect();
        cuts.sort_unstable();
        let mut chunks = Vec::new();
        let mut start = 0;
        for cut in cuts.into_iter().chain([given.len()]) {
            chunks.push(columns(&given[start..cut]));
            start = cut;
        }
        let joined = Visits::concat(chunks);
        prop_assert_eq!(rows(&joined), given.clone());
        prop_assert_eq!(joined, columns(&given));
    }

    #[test]
    fn the_order_of_the_source_is_forgotten(
        given in prop::collection::vec(any_row(), 0..40),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let mut turned = given.clone();
        turned.rotate_left(shuffled.index(given.len().max(1)));
        turned.reverse();
        let (mut one, mut other) = (columns(&given), columns(&turned));
        one.sort();
        other.sort();
        let mut expected = given;
        expected.sort_by_cached_key(place);
        prop_assert_eq!(&rows(&one), &expected);
        prop_assert_eq!(&rows(&other), &expected);
        prop_assert_eq!((one.site.codes(), one.site.names()), (other.site.codes(), other.site.names()));
        let parquet = |visits: &Visits| {
            let mut bytes = Vec::new();
            write_visits(visits, &mut bytes).unwrap();
            bytes
        };
        prop_assert_eq!(parquet(&one), parquet(&other));
        let digest = |visits| digest(&History { visits, ..History::default() });
        prop_assert_eq!(digest(one), digest(other));
    }

    #[test]
    fn what_is_taken_out_is_gone_and_nothing_else(
        given in prop::collection::vec(any_row(), 0..40),
        gone in prop::collection::btree_set(0..50_u32, 0..20),
    ) {
        let mut visits = columns(&given);
        visits.remove(&gone.iter().copied().collect::<Vec<_>>());
        let kept = given.into_iter().enumerate().filter(|(row, _)| !gone.contains(&(*row as u32)));
        prop_assert_eq!(rows(&visits), kept.map(|(_, row)| row).collect::<Vec<_>>());
    }

    #[test]
    fn duplicates_are_what_comparing_all_pairs_finds(given in prop::collection::vec(any_row(), 0..60)) {
        let mut expected = Vec::new();
        for (at, row) in given.iter().enumerate() {
            if let Some(first) = given[..at].iter().position(|earlier| same_by_definition(earlier, row)) {
                expected.push(Duplicate { row: at as u32, first: first as u32, same: given[first] == *row });
            }
        }
        prop_assert_eq!(duplicates(&columns(&given)), expected);
    }

    #[test]
    fn parquet_keeps_everything(given in prop::collection::vec(any_row(), 0..40)) {
        let visits = columns(&given);
        let file = tempfile::NamedTempFile::new().unwrap();
        write_visits(&visits, file.as_file()).unwrap();
        let read = read_visits(file.path()).unwrap();
        prop_assert_eq!(rows(&read), given);
        prop_assert_eq!(read, visits);
    }

    /// Each change of a cell is another digest; so is a cell that moves to the next row.
    #[test]
    fn the_digest_tells_all_contents_apart(given in prop::collection::vec(prop::collection::vec(any_row(), 0..4), 2..30)) {
        let mut by_digest = BTreeMap::new();
        for rows in given {
            let found = by_digest.entry(digest(&History { visits: columns(&rows), ..History::default() }));
            prop_assert_eq!(found.or_insert_with(|| rows.clone()), &rows);
        }
    }
}

/// What stands in more than one block and more than one row group.
#[test]
fn many_rows_are_as_few() {
    let given: Vec<Row> = (0..300_000_u32)
        .map(|row| {
            let at =
                |plus: u32| Moment::from_millis(1_600_000_000_000 + i64::from(row * 1_031 % 90_007 + plus) * 997);
            let visit = Visit {
                visit_id: row.to_string(),
                site: format!("site {}", row % 7),
                service: format!("desk {}", row % 11),
                arrived: at(0).unwrap(),
                called: at(row % 50).filter(|_| row % 9 > 0),
                finished: None,
                left: at(3).filter(|_| row % 9 == 0),
                priority: (row > 200_000).then_some((row % 3) as u8),
                channel: None,
                booked_for: None,
                open_counters: (row % 2 == 0).then_some(row),
                people_ahead: None,
            };
            (visit, (row % 1_000 == 0).then(|| "ی".repeat(row as usize / 1_000)))
        })
        .collect();
    let mut expected = given.clone();
    expected.sort_by_cached_key(place);
    let mut whole = columns(&given);
    whole.sort();
    let mut joined = Visits::concat(given.chunks(70_001).rev().map(columns).collect());
    joined.sort();
    assert!(rows(&whole) == expected && joined == whole);
    let file = tempfile::NamedTempFile::new().unwrap();
    write_visits(&whole, file.as_file()).unwrap();
    let read = read_visits(file.path()).unwrap();
    assert!(read == whole);
    let of = |visits: Visits| digest(&History { visits, ..History::default() });
    let whole_digest = of(whole);
    assert_eq!(of(read), whole_digest);
    joined.open_counters.set(299_999, Some(7));
    assert_ne!(of(joined), whole_digest);
}

#[test]
fn the_digest_is_the_one_described() {
    let mut visits = Visits::default();
    let mut notes = Texts::default();
    for row in 0..70_000_i64 {
        let at = |millis: i64| Moment::from_millis(1_600_000_000_000 + millis);
        visits.push(&Visit {
            visit_id: row.to_string(),
            site: ["کرج", "b", "a"][(row / 40_000 + row / 69_000) as usize].to_owned(),
            service: "x".to_owned(),
            arrived: at(row * 1_000).unwrap(),
            called: at(row * 1_007).filter(|_| row % 3 > 0),
            finished: None,
            left: Moment::from_millis(-1).filter(|_| row == 69_999),
            priority: Some((row % 256) as u8),
            channel: [None, Some(Channel::WalkIn), Some(Channel::Booked)][(row % 3) as usize],
            booked_for: None,
            open_counters: (row < 100).then_some(row as u32 * 7),
            people_ahead: None,
        });
        let note = if row % 4 > 0 { String::new() } else { "ی".repeat((row % 300) as usize) };
        notes.push((row % 2 == 0).then_some(&note));
    }
    visits.extras.insert("note".to_owned(), notes);
    // Given by tests/golden/digest.py.
    let expected = "cd3d84a9221d4cac6e9b16604b29644fcc7bfaef08e5d30384dc50e243ee3ff0";
    let history = History::new("Asia/Tehran".parse().unwrap(), visits);
    assert_eq!(digest(&history).to_string(), expected);
}

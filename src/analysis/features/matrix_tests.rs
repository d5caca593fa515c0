//! A file of features gives back what was written, or nothing.

use super::super::build;
use super::*;
use crate::analysis::history::History;
use crate::analysis::simulation::{Recipe, simulate};

fn table() -> (FeatureTable, MatrixKey) {
    let recipe = "
seed: 5
start: 1404/07/05
days: 9
services: [{id: rec, name: پذیرش, median_minutes: 5}, {id: doc, name: پزشک, median_minutes: 9}]
sites: [{id: krj, name: کرج, queues: [{service: rec, visits_a_day: 90, counters: 1}, {service: doc, visits_a_day: 50, counters: 1}]}]
";
    let (recipe, task) = (Recipe::from_yaml(recipe).unwrap(), Task::default());
    let history = History::new(recipe.zone().clone(), simulate(&recipe, &task).unwrap());
    let table = build(&history, &task).unwrap();
    let key = MatrixKey { dataset: Digest::of(b"data"), features: feature_set(), rows: table.len() };
    (table, key)
}

fn written() -> (FeatureTable, MatrixKey, Vec<u8>) {
    let (table, key) = table();
    let mut bytes = Vec::new();
    write_matrix(&table, key, &mut bytes, &Task::default()).unwrap();
    (table, key, bytes)
}

fn read(key: MatrixKey, bytes: &[u8]) -> Result<FeatureTable, MatrixError> {
    read_matrix(key, bytes.len() as u64, &mut &bytes[..], &Task::default())
}

#[test]
fn a_table_comes_back_bit_for_bit() {
    let (table, key, bytes) = written();
    let again = read(key, &bytes).unwrap();
    for feature in CATALOGUE {
        for row in 0..table.len() {
            assert_eq!(again.value(feature.id, row), table.value(feature.id, row), "{} in {row}", feature.id);
        }
    }
    assert_eq!(again.bytes(), table.bytes());
}

#[test]
fn whatever_is_wrong_with_a_file_it_is_not_used() {
    let (_, key, bytes) = written();
    for other in [
        MatrixKey { dataset: Digest::of(b"other"), ..key },
        MatrixKey { features: Digest::of(b"other"), ..key },
        MatrixKey { rows: key.rows + 1, ..key },
    ] {
        assert!(matches!(read(other, &bytes), Err(MatrixError::Unfit(_))));
    }
    for cut in [0, 7, 11, 40, bytes.len() / 2, bytes.len() - 1] {
        assert!(read(key, &bytes[..cut]).is_err(), "cut at {cut}");
    }
    // Every part of the file counts: head, values, digest.
    for at in (0..bytes.len()).step_by(bytes.len() / 97) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(read(key, &altered).is_err(), "altered at {at}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(read(key, &longer).is_err());
    // A head that lies about its length allocates nothing.
    let mut lying = bytes.clone();
    lying[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(read(key, &lying), Err(MatrixError::Unfit(_))));
}

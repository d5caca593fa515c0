//! A table of features as a file: computed once, read again by whoever trains on the same history.
//!
//! `NOBATFM1`, the length of the head (4 bytes), the head as JSON (history, feature set, rows, columns), the values of each
//! column one after the other, little end first, and the SHA-256 of all of that. A whole number takes one, two or four
//! bytes, as the largest of its column needs, and the largest that fits stands for a missing one; other numbers are
//! 32-bit floats.
//!
//! A file is a shortcut and never trusted: its length must follow from its head before anything is allocated, and its
//! digest from its bytes. Whatever is wrong with it is a reason to compute anew.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::base::digest::Digester;
use crate::base::{Cancelled, Digest, Task};

use super::catalogue::Feature;
use super::column::{Column, Whole};
use super::definitions::CATALOGUE;
use super::table::FeatureTable;

const MAGIC: &[u8; 8] = b"NOBATFM1";
/// Raised when a feature is computed otherwise under the same name, so that older files are not used.
const DEFINITIONS: u32 = 1;
/// The longest head that is read, in bytes.
const LONGEST_HEAD: u32 = 64 << 20;
const DIGEST_BYTES: u64 = 32;

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not what it should be.
    #[error("{0}")]
    Unfit(&'static str),
    /// Stopped by request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What a file must be of to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixKey {
    /// The digest of the history.
    pub dataset: Digest,
    /// The digest of the feature set: [`feature_set`].
    pub features: Digest,
    /// The visits of the history.
    pub rows: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    dataset: Digest,
    features: Digest,
    rows: u64,
    columns: Vec<ColumnHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnHead {
    id: String,
    form: Form,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Bytes,
    Shorts,
    Words,
    Real,
}

/// The digest of the catalogue as this program computes it.
#[must_use]
pub fn feature_set() -> Digest {
    let entry = |feature: &Feature| {
        [feature.id, feature.kind().id(), feature.unit.id(), feature.known.id(), feature.missing.id()]
    };
    let entries: Vec<[&str; 5]> = CATALOGUE.iter().map(entry).collect();
    let document = (env!("CARGO_PKG_VERSION"), DEFINITIONS, entries);
    // A list of texts always has a JSON form.
    Digest::of(&serde_json::to_vec(&document).unwrap_or_default())
}

/// Writes `table`, which is of `key`.
///
/// # Errors
/// [`MatrixError::Io`] and [`MatrixError::Cancelled`].
pub fn write_matrix(
    table: &FeatureTable,
    key: MatrixKey,
    out: &mut impl Write,
    task: &Task,
) -> Result<(), MatrixError> {
    let column = |(id, column): (&str, &Column)| {
        let (form, names) = match column {
            Column::Whole(numbers) => (Form::of(numbers), None),
            Column::Real(_) => (Form::Real, None),
            Column::Categories { names, codes } => (Form::of(codes), Some(names.clone())),
        };
        ColumnHead { id: id.to_owned(), form, names }
    };
    let columns: Vec<ColumnHead> = table.columns().map(column).collect();
    let head = Head { dataset: key.dataset, features: key.features, rows: table.len() as u64, columns };
    let text = serde_json::to_vec(&head).map_err(io::Error::from)?;
    let length = u32::try_from(text.len()).map_err(|_| MatrixError::Unfit("the head is too long"))?;
    let mut digester = Digester::default();
    let mut put = |bytes: &[u8]| -> io::Result<()> {
        digester.update(bytes);
        out.write_all(bytes)
    };
    put(MAGIC)?;
    put(&length.to_le_bytes())?;
    put(&text)?;
    for (done, ((_, column), head)) in table.columns().zip(&head.columns).enumerate() {
        task.report("stage.keeping", done as u64, table.columns().count() as u64)?;
        put(&bytes_of(column, head.form))?;
    }
    let digest = digester.finish();
    out.write_all(digest.bytes())?;
    Ok(out.flush()?)
}

/// Reads the table of `key` from a file of `length` bytes.
///
/// # Errors
/// [`MatrixError`], where the file is not used.
pub fn read_matrix(
    key: MatrixKey,
    length: u64,
    input: &mut impl Read,
    task: &Task,
) -> Result<FeatureTable, MatrixError> {
    let mut digester = Digester::default();
    let mut begin = [0; 12];
    input.read_exact(&mut begin)?;
    let (magic, size) = begin.split_at(MAGIC.len());
    let size = u32::from_le_bytes(size.try_into().unwrap_or_default());
    if magic != MAGIC || size > LONGEST_HEAD || u64::from(size) > length {
        return Err(MatrixError::Unfit("not a file of features"));
    }
    digester.update(&begin);
    let mut text = vec![0; size as usize];
    input.read_exact(&mut text)?;
    digester.update(&text);
    let head: Head = serde_json::from_slice(&text).map_err(|_| MatrixError::Unfit("the head cannot be read"))?;
    head.check(key, begin.len() as u64 + u64::from(size), length)?;
    let mut columns = Vec::with_capacity(head.columns.len());
    let total = head.columns.len() as u64;
    for (done, column) in head.columns.into_iter().enumerate() {
        task.report("stage.reading", done as u64, total)?;
        let mut bytes = vec![0; key.rows * column.form.width()];
        input.read_exact(&mut bytes)?;
        let ((), values) =
            rayon::join(|| digester.update(&bytes), || column_of(&bytes, column.form, column.names));
        columns.push((column.id, values));
    }
    let mut expected = [0; DIGEST_BYTES as usize];
    input.read_exact(&mut expected)?;
    if digester.finish().bytes() != &expected {
        return Err(MatrixError::Unfit("the digest is another"));
    }
    Ok(FeatureTable::new(key.rows, columns))
}

impl Head {
    /// Whether the file is what was asked for and exactly as long as it says.
    fn check(&self, key: MatrixKey, before: u64, length: u64) -> Result<(), MatrixError> {
        if (self.dataset, self.features, self.rows) != (key.dataset, key.features, key.rows as u64) {
            return Err(MatrixError::Unfit("of another history or other features"));
        }
        if !self.columns.iter().map(|column| column.id.as_str()).eq(CATALOGUE.iter().map(|feature| feature.id)) {
            return Err(MatrixError::Unfit("other columns"));
        }
        let widths: u64 = self.columns.iter().map(|column| column.form.width() as u64).sum();
        let values = self.rows.checked_mul(widths);
        if values.and_then(|values| values.checked_add(before + DIGEST_BYTES)) != Some(length) {
            return Err(MatrixError::Unfit("another length than it says"));
        }
        Ok(())
    }
}

impl Form {
    fn of(numbers: &Whole) -> Form {
        match numbers.iter().flatten().max().unwrap_or_default() {
            0..=0xfe => Form::Bytes,
            0xff..=0xfffe => Form::Shorts,
            _ => Form::Words,
        }
    }

    fn width(self) -> usize {
        match self {
            Form::Bytes => 1,
            Form::Shorts => 2,
            Form::Words | Form::Real => 4,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the form was chosen for the largest number")]
fn bytes_of(column: &Column, form: Form) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(column.len() * form.width());
    match column {
        Column::Real(numbers) => numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes())),
        Column::Whole(numbers) | Column::Categories { codes: numbers, .. } => match form {
            Form::Bytes => {
                bytes.extend(numbers.iter().map(|number| number.map_or(u8::MAX, |number| number as u8)))
            }
            Form::Shorts => numbers.iter().for_each(|number| {
                bytes.extend(number.map_or(u16::MAX, |number| number as u16).to_le_bytes());
            }),
            Form::Words | Form::Real => {
                numbers.iter().for_each(|number| bytes.extend(number.unwrap_or(u32::MAX).to_le_bytes()));
            }
        },
    }
    bytes
}

fn column_of(bytes: &[u8], form: Form, names: Option<Vec<String>>) -> Column {
    let whole: Whole = match form {
        Form::Real => {
            let (numbers, _) = bytes.as_chunks::<4>();
            return Column::Real(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect());
        }
        Form::Bytes => bytes.iter().map(|byte| (*byte != u8::MAX).then_some(u32::from(*byte))).collect(),
        Form::Shorts => {
            let short = |bytes: &[u8; 2]| u16::from_le_bytes(*bytes);
            let known = |number: u16| (number != u16::MAX).then_some(u32::from(number));
            bytes.as_chunks::<2>().0.iter().map(|bytes| known(short(bytes))).collect()
        }
        Form::Words => {
            let word = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|bytes| Some(word(bytes)).filter(|word| *word != u32::MAX))
                .collect()
        }
    };
    match names {
        Some(names) => Column::Categories { names, codes: whole },
        None => Column::Whole(whole),
    }
}

#[cfg(test)]
mod tests {
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
        let history = History { zone: recipe.zone().clone(), visits: simulate(&recipe, &task).unwrap() };
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
}

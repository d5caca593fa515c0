//! Random bytes and tables: every way to cut a text gives the same rows, other readers agree, and nothing panics or loops.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::cut::{Cutter, Lengths};
use super::records::{Cells, Syntax};
use super::tests::{Folder, Table, add};
use super::*;

/// Hands out a few bytes at a time.
struct Dribble {
    bytes: std::io::Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    at: usize,
}

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.at % self.sizes.len()].min(buffer.len());
        self.at += 1;
        self.bytes.read(&mut buffer[..size])
    }
}

/// The rows of `text`, cut in a certain way.
fn cut(text: &[u8], sizes: &[usize], block: usize, record: usize) -> Result<Table, SourceError> {
    let cells = Cells::Delimited { delimiter: b',', quote: Some(b'"') };
    let reader = Dribble { bytes: std::io::Cursor::new(text.to_vec()), sizes: sizes.to_vec(), at: 0 };
    let syntax = Arc::new(Syntax { line_end: b'\n', cells });
    let mut cutter = Cutter::new(Path::new("a.csv"), false, &[], Box::new(reader), syntax, 1)
        .with_lengths(Lengths { block, record });
    let mut table = Table::new();
    while let Some(text) = cutter.next()? {
        add(&mut table, &Block { ordinal: 0, file: 0, rows: Rows::Text(text) });
    }
    Ok(table)
}

/// Bytes of which many mean something to a reader of delimited text.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(&b",\"\n\ra1"[..]),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..200)
}

/// A cell as it is and as it may be written.
fn cells() -> impl Strategy<Value = (String, bool)> {
    ("[a-c,\"\n\r 1۱ک]{0,6}", any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_way_to_cut_gives_the_same_rows(
        text in texts(),
        sizes in prop::collection::vec(1_usize..20, 1..5),
        block in 1_usize..40,
    ) {
        let whole = cut(&text, &[usize::MAX], 1 << 12, 1 << 12).unwrap();
        prop_assert_eq!(cut(&text, &sizes, block, 1 << 12).unwrap(), whole);
        // With records bounded more closely, rows differ, but they do not depend on how the text arrives.
        let (one, other) = (cut(&text, &[usize::MAX], 24, 24), cut(&text, &sizes, block, 24));
        prop_assert_eq!(one.map_err(|error| error.to_string()), other.map_err(|error| error.to_string()));
    }

    #[test]
    fn valid_csv_reads_as_another_reader_reads_it(
        rows in prop::collection::vec(prop::collection::vec(cells(), 1..5), 1..12),
        crlf in any::<bool>(),
        ends in any::<bool>(),
        sizes in prop::collection::vec(1_usize..30, 1..4),
    ) {
        let mut text = String::new();
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                text.push_str(if crlf { "\r\n" } else { "\n" });
            }
            for (place, (cell, is_quoted)) in row.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                if *is_quoted || cell.contains([',', '"', '\n', '\r']) {
                    text.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
                } else {
                    text.push_str(cell);
                }
            }
        }
        if ends {
            text.push('\n');
        }
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let ours: Vec<Vec<String>> =
            cut(text.as_bytes(), &sizes, 16, 1 << 12).unwrap().into_iter().map(|(cells, _)| cells).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn objects_read_as_another_reader_reads_them(
        object in prop::collection::btree_map("[a-c\"\\\\\n é]{0,3}", prop_oneof![
            any::<f64>().prop_filter("a number", |number| number.is_finite()).prop_map(|number| serde_json::json!(number)),
            any::<i64>().prop_map(|number| serde_json::json!(number)),
            ".{0,8}".prop_map(|text| serde_json::json!(text)),
            Just(serde_json::json!(null)),
            Just(serde_json::json!([1, "a,]"])),
        ], 1..6),
        noise in "\\PC{0,20}",
    ) {
        let line = serde_json::to_string(&object).unwrap();
        let columns = json::columns(std::iter::once(line.as_str())).unwrap();
        prop_assert_eq!(&columns, &object.keys().cloned().collect::<Vec<_>>());
        let rows = json::JsonRows::new(columns, UnknownKeys::default());
        let read = rows.read(&line).unwrap();
        for (cell, value) in read.iter().zip(object.values()) {
            let expected = match value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            };
            prop_assert_eq!(cell.as_ref(), expected);
        }
        // What is not JSON is no row, and what is no row is not JSON.
        let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&noise).is_ok();
        prop_assert_eq!(rows.read(&noise).is_some(), is_object);
    }

    #[test]
    fn no_bytes_make_a_source_panic_or_loop(
        start in prop::sample::select(vec![
            &b""[..], b"a,b\n", b"{\"a\":1}\n", b"PAR1", b"SQLite format 3\0", b"PK\x03\x04", b"\x1f\x8b\x08\0",
            b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ]),
        bytes in prop_oneof![texts(), prop::collection::vec(any::<u8>(), 0..400)],
    ) {
        let folder = Folder::new();
        let path = folder.file("a.csv", [start, &bytes].concat());
        if let Ok(mut source) = open(&[path], &SourceOptions::default()) {
            let mut blocks = 0;
            while let Ok(Some(block)) = source.next_block() {
                add(&mut Table::new(), &block);
                blocks += 1;
                prop_assert!(blocks < 10);
            }
        }
    }
}

//! Parquet that is damaged, cut, made up or a bomb: read or refused, never more.

use std::path::{Path, PathBuf};
use std::time::Instant;

use polars::prelude::{ParquetCompression, ParquetReader, ParquetWriter, SerReader};
use polars_parquet_format::thrift::protocol::{TCompactInputProtocol, TCompactOutputProtocol};
use polars_parquet_format::{
    ColumnChunk, ColumnMetaData, CompressionCodec, DataPageHeader, Encoding, FieldRepetitionType, FileMetaData,
    PageHeader, PageType, RowGroup, SchemaElement, Type,
};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};

use super::parquet_guard::{self, Refusal};
use super::{Channel, Texts, Visit, Visits, read_visits, write_visits};
use crate::base::{Explain, Moment};

fn visits(count: i64) -> Visits {
    let mut visits = Visits::default();
    let mut notes = Texts::default();
    let at = |minutes: i64| Moment::from_millis(1_600_000_000_000 + minutes * 60_000).unwrap();
    for row in 0..count {
        visits.push(&Visit {
            visit_id: format!("visit {row}"),
            site: ["کرج", "تهران", "رشت"][row as usize % 3].to_owned(),
            service: "desk".to_owned(),
            arrived: at(row),
            called: (row % 5 != 0).then(|| at(row + row * 7 % 31)),
            finished: (row % 5 != 0).then(|| at(row + 40)),
            left: (row % 5 == 0).then(|| at(row + 9)),
            priority: (row % 2 == 0).then_some((row % 4) as u8),
            channel: (row % 3 == 0).then_some(Channel::Booked),
            booked_for: None,
            open_counters: Some(1 + (row % 6) as u32),
            people_ahead: Some((row * 13 % 17) as u32),
        });
        notes.push((row % 4 == 0).then_some("a remark that is longer than a view"));
    }
    visits.extras.insert("note".to_owned(), notes);
    visits
}

fn canonical(count: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_visits(&visits(count), &mut bytes).unwrap();
    bytes
}

/// The same table with another compression.
fn packed(bytes: &[u8], compression: ParquetCompression) -> Vec<u8> {
    let mut frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).with_compression(compression).finish(&mut frame).unwrap();
    out
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn put(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("a.parquet");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// The key of the refusal, or `None` where the file was read; both ways of reading are tried.
fn outcome(path: &Path) -> Option<&'static str> {
    let imported = super::tests::import_canonical(path);
    // What either makes of a changed value is not ours to say; that both come back is.
    let _ = read_visits(path);
    imported.err().map(|error| error.key())
}

fn flip(bytes: &[u8], step: usize) {
    let place = Place::new();
    let (mut read, mut refused) = (0, 0);
    for mask in [0x55, 0xff, 0x80, 0x01] {
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.to_vec();
            changed[at] ^= mask;
            match outcome(&place.put(&changed)) {
                None => read += 1,
                Some(_) => refused += 1,
            }
        }
    }
    assert!(refused > read / 20, "{read} read, {refused} refused");
}

#[test]
fn one_changed_byte_is_read_or_refused() {
    let bytes = canonical(40);
    flip(&bytes, 23);
    for compression in [ParquetCompression::Uncompressed, ParquetCompression::Snappy, ParquetCompression::Lz4Raw] {
        flip(&packed(&bytes, compression), 89);
    }
}

#[test]
#[ignore = "minutes: every byte of six files, four ways"]
fn every_changed_byte_is_read_or_refused() {
    for bytes in [canonical(40), canonical(3_000)] {
        flip(&bytes, 1 + bytes.len() / 8_000);
        for compression in [
            ParquetCompression::Uncompressed,
            ParquetCompression::Snappy,
            ParquetCompression::Gzip(None),
            ParquetCompression::Brotli(None),
            ParquetCompression::Lz4Raw,
        ] {
            let bytes = packed(&bytes, compression);
            flip(&bytes, 1 + bytes.len() / 8_000);
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let place = Place::new();
    let bytes = canonical(40);
    for length in (4..bytes.len()).step_by(7).chain(bytes.len() - 9..bytes.len()) {
        assert_eq!(outcome(&place.put(&bytes[..length])), Some("source_parquet"), "{length}");
        if length >= bytes.len() - 8 {
            continue;
        }
        // The same with an end that looks right.
        let mut ended = bytes[..length].to_vec();
        ended.extend_from_slice(&bytes[bytes.len() - 8..]);
        assert!(outcome(&place.put(&ended)).is_some(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_between_the_marks_is_refused(
        noise in prop::collection::vec(any::<u8>(), 0..400),
        footer in prop::option::of(0_u32..400),
    ) {
        let mut bytes = b"PAR1".to_vec();
        bytes.extend_from_slice(&noise);
        bytes.extend(footer.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend_from_slice(b"PAR1");
        prop_assert!(outcome(&Place::new().put(&bytes)).is_some());
    }

    #[test]
    fn noise_in_the_footer_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = canonical(5);
        let length = u32::from_le_bytes(*bytes.last_chunk::<8>().unwrap().first_chunk().unwrap()) as usize;
        let start = bytes.len() - 8 - length;
        for (at, value) in changes {
            bytes[start + at.index(length + 4)] = value;
        }
        outcome(&Place::new().put(&bytes));
    }
}

/// A file of one column whose description and only page are as given.
fn made(rows: i64, packing: CompressionCodec, header: &PageHeader, body: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let mut bytes = b"PAR1".to_vec();
    bytes.extend_from_slice(dictionary);
    header.write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut bytes)).unwrap();
    bytes.extend_from_slice(body);
    let meta = ColumnMetaData {
        type_: Type::BYTE_ARRAY,
        encodings: vec![Encoding::PLAIN],
        path_in_schema: vec!["site".to_owned()],
        codec: packing,
        num_values: rows,
        total_uncompressed_size: 0,
        total_compressed_size: bytes.len() as i64 - 4,
        key_value_metadata: None,
        data_page_offset: 4,
        index_page_offset: None,
        dictionary_page_offset: None,
        statistics: None,
        encoding_stats: None,
        bloom_filter_offset: None,
        bloom_filter_length: None,
        size_statistics: None,
    };
    let chunk = ColumnChunk {
        file_path: None,
        file_offset: 4,
        meta_data: Some(meta),
        offset_index_offset: None,
        offset_index_length: None,
        column_index_offset: None,
        column_index_length: None,
        crypto_metadata: None,
        encrypted_column_metadata: None,
    };
    let group = RowGroup {
        columns: vec![chunk],
        total_byte_size: 0,
        num_rows: rows,
        sorting_columns: None,
        file_offset: None,
        total_compressed_size: None,
        ordinal: None,
    };
    let schema = vec![element("root", None, None, Some(1)), {
        element("site", Some(Type::BYTE_ARRAY), Some(FieldRepetitionType::OPTIONAL), None)
    }];
    let described = FileMetaData::new(1, schema, rows, vec![group], None, None, None, None, None);
    end(bytes, &described)
}

fn element(
    name: &str,
    type_: Option<Type>,
    repetition: Option<FieldRepetitionType>,
    children: Option<i32>,
) -> SchemaElement {
    SchemaElement::new(type_, None, repetition, name.to_owned(), children, None, None, None, None, None)
}

fn end(mut bytes: Vec<u8>, described: &FileMetaData) -> Vec<u8> {
    let start = bytes.len();
    described.write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut bytes)).unwrap();
    let length = u32::try_from(bytes.len() - start).unwrap();
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    bytes
}

fn data_page(rows: i32, size: i32, body: &[u8]) -> PageHeader {
    let data = DataPageHeader::new(rows, Encoding::RLE_DICTIONARY, Encoding::RLE, Encoding::RLE, None);
    PageHeader::new(PageType::DATA_PAGE, size, body.len() as i32, None, data, None, None, None)
}

fn refusal(bytes: Vec<u8>) -> Refusal {
    parquet_guard::check(bytes).err().unwrap()
}

/// A dictionary of one text of `length` bytes, and a page that repeats it `rows` times.
fn repeated(length: u32, rows: i32) -> Vec<u8> {
    let text: Vec<u8> = length.to_le_bytes().into_iter().chain(vec![b'x'; length as usize]).collect();
    let head = polars_parquet_format::DictionaryPageHeader::new(1, Encoding::PLAIN, None);
    let size = text.len() as i32;
    let head = PageHeader::new(PageType::DICTIONARY_PAGE, size, size, None, None, None, head, None);
    let mut dictionary = Vec::new();
    head.write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut dictionary)).unwrap();
    dictionary.extend_from_slice(&text);
    let mut run = Vec::new();
    let mut left = (rows as u32) << 1;
    while left >= 0x80 {
        run.push(left as u8 | 0x80);
        left >>= 7;
    }
    run.push(left as u8);
    let mut body = (run.len() as u32 + 1).to_le_bytes().to_vec();
    body.extend(run.iter().chain(&[1, 1]).chain(&run).chain(&[0]));
    made(
        rows.into(),
        CompressionCodec::UNCOMPRESSED,
        &data_page(rows, body.len() as i32, &body),
        &body,
        &dictionary,
    )
}

#[test]
fn bombs_are_refused_before_they_grow() {
    let start = Instant::now();
    let place = Place::new();
    // Well formed, so that the refusals below are for their size.
    let good = parquet_guard::check(repeated(20, 1_000)).unwrap();
    assert_eq!(good.metadata.num_rows, 1_000);
    assert_eq!(outcome(&place.put(&repeated(20, 1_000))), Some("mapping_needed"));
    // Rows out of nothing.
    assert_eq!(refusal(repeated(20, 100_000_000)), Refusal::TooLarge("the decoded table"));
    assert_eq!(refusal(repeated(20, 300_000_000)), Refusal::TooLarge("the number of rows"));
    // One long text, said a million times: 100 GB of text in 100 kB.
    assert_eq!(outcome(&place.put(&repeated(100_000, 1_000_000))), Some("source_parquet_large"));
    // A page that says it is 2 GiB, in every packing.
    for packing in 1..8 {
        let header = data_page(1, i32::MAX, &[0; 9]);
        let bomb = made(1, CompressionCodec(packing), &header, &[0; 9], &[]);
        let refusal = refusal(bomb);
        assert!(matches!(refusal, Refusal::TooLarge("a page") | Refusal::Damaged(_)), "{refusal:?}");
    }
    // A kilobyte that unpacks to 200 MiB.
    let zeros = vec![0; 200 << 20];
    let gz = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&zeros).unwrap();
        encoder.finish().unwrap()
    };
    let header = data_page(1, zeros.len() as i32, &gz[..1_000]);
    assert_eq!(
        refusal(made(1, CompressionCodec::GZIP, &header, &gz[..1_000], &[])),
        Refusal::TooLarge("the decoded table")
    );
    assert!(start.elapsed().as_secs() < 60);
}

/// A footer is changed as `change` says.
fn described(change: impl Fn(&mut FileMetaData)) -> Vec<u8> {
    let bytes = canonical(5);
    let length = u32::from_le_bytes(*bytes.last_chunk::<8>().unwrap().first_chunk().unwrap()) as usize;
    let start = bytes.len() - 8 - length;
    let mut protocol = TCompactInputProtocol::new(&bytes[start..], 1 << 20);
    let mut meta = FileMetaData::read_from_in_protocol(&mut protocol).unwrap();
    change(&mut meta);
    end(bytes[..start].to_vec(), &meta)
}

#[test]
fn descriptions_that_lie_are_refused() {
    assert!(parquet_guard::check(described(|_| {})).is_ok());
    let named =
        |index: usize, change: fn(&mut SchemaElement)| refusal(described(|meta| change(&mut meta.schema[index])));
    assert_eq!(named(2, |column| column.num_children = Some(1)), Refusal::Nested("site".into()));
    assert_eq!(
        named(3, |column| column.repetition_type = Some(FieldRepetitionType::REPEATED)),
        Refusal::Nested("service".into())
    );
    assert_eq!(named(3, |column| column.name = "site".into()), Refusal::Duplicate("site".into()));
    assert!(matches!(named(0, |root| root.num_children = Some(2)), Refusal::Damaged(_)));
    assert!(matches!(named(1, |column| column.type_ = Some(Type::DOUBLE)), Refusal::Damaged(_)));
    let chunk = |change: fn(&mut ColumnMetaData)| {
        refusal(described(|meta| change(meta.row_groups[0].columns[1].meta_data.as_mut().unwrap())))
    };
    let changes: [fn(&mut ColumnMetaData); 8] = [
        |column| column.num_values = 6,
        |column| column.num_values = -1,
        |column| column.data_page_offset = -1,
        |column| column.data_page_offset = i64::MAX,
        |column| column.dictionary_page_offset = Some(i64::MIN),
        |column| column.total_compressed_size = i64::MAX,
        |column| column.total_compressed_size = -1,
        |column| column.codec = CompressionCodec(99),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let refusal = chunk(change);
        assert!(matches!(refusal, Refusal::Damaged(_)), "{index}: {refusal:?}");
    }
    assert!(matches!(refusal(described(|meta| meta.num_rows = 4)), Refusal::Damaged(_)));
    assert!(matches!(refusal(described(|meta| meta.row_groups[0].num_rows = -5)), Refusal::Damaged(_)));
    // Groups in groups, deep enough to use up a stack.
    let deep = described(|meta| {
        meta.schema =
            (0..4_000).map(|_| element("in", None, Some(FieldRepetitionType::OPTIONAL), Some(1))).collect();
    });
    assert_eq!(refusal(deep), Refusal::Nested("in".into()));
}

#[test]
#[ignore = "a measurement"]
fn what_the_walk_costs() {
    let bytes = canonical(200_000);
    let place = Place::new();
    let path = place.put(&bytes);
    for _ in 0..5 {
        let start = Instant::now();
        let checked = parquet_guard::open(&path).unwrap();
        let guard = start.elapsed();
        drop(checked);
        let start = Instant::now();
        let kept = read_visits(&path).unwrap();
        println!("{} bytes, {} visits: guard {guard:?}, all {:?}", bytes.len(), kept.len(), start.elapsed());
    }
}

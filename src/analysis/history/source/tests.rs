//! Sources: what is recognised, and that every way to cut a text gives the same rows.

use std::convert::Infallible;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::*;
use crate::analysis::history::Check;
use crate::base::Explain;

/// Rows of cells, with what is wrong with each.
pub(super) type Table = Vec<(Vec<String>, Option<Check>)>;

pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(super) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(super) fn add(table: &mut Table, block: &Block) -> u64 {
    let take = &mut |row: &SourceRow<'_>| {
        table.push((row.cells.iter().map(|cell| (*cell).to_owned()).collect(), row.broken));
        Ok::<(), Infallible>(())
    };
    block.for_each_row(take).unwrap()
}

fn read_all(source: &mut Source) -> Result<Table, SourceError> {
    let mut table = Table::new();
    while let Some(block) = source.next_block()? {
        let before = table.len() as u64;
        assert_eq!(add(&mut table, &block), table.len() as u64 - before);
    }
    Ok(table)
}

fn read(path: &Path) -> (Source, Table) {
    let mut source = open(&[path.to_owned()], &SourceOptions::default()).unwrap();
    let table = read_all(&mut source).unwrap();
    (source, table)
}

/// The key of the refusal of a whole reading.
fn refusal(paths: &[PathBuf], options: &SourceOptions) -> &'static str {
    match open(paths, options).and_then(|mut source| read_all(&mut source)) {
        Ok(table) => panic!("read: {table:?}"),
        Err(error) => error.key(),
    }
}

fn refused(path: PathBuf) -> &'static str {
    refusal(&[path], &SourceOptions::default())
}

fn plain(rows: &[&[&str]]) -> Table {
    rows.iter().map(|row| (row.iter().map(|cell| (*cell).to_owned()).collect(), None)).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

const PERSIAN: &str = "شناسه;شعبه;زمان ورود\n۱;شعبه پیچ گچ ژاله;۱۴۰۳/۰۵/۰۲ ۰۸:۱۵\n2;کرج;1403/05/02 08:16\n";

#[test]
fn encodings_and_packings_give_the_same_rows() {
    let folder = Folder::new();
    let marked = |mark: &str| format!("{mark}{PERSIAN}");
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode("شناسه;شعبه;زمان ورود\n1;شعبه پيچ گچ ژاله;x\n");
    let texts: [(&str, Vec<u8>, Encoding); 6] = [
        ("a", PERSIAN.into(), Encoding::Utf8),
        ("b", marked("\u{feff}").into(), Encoding::Utf8),
        ("c", utf16(PERSIAN, u16::to_le_bytes), Encoding::Utf16Le),
        ("d", utf16(PERSIAN, u16::to_be_bytes), Encoding::Utf16Be),
        ("e", utf16(&marked("\u{feff}"), u16::to_le_bytes), Encoding::Utf16Le),
        ("f", utf16(&marked("\u{feff}"), u16::to_be_bytes), Encoding::Utf16Be),
    ];
    let expected = read(&folder.file("0.csv", PERSIAN)).1;
    assert_eq!(expected[0].0, ["۱", "شعبه پیچ گچ ژاله", "۱۴۰۳/۰۵/۰۲ ۰۸:۱۵"]);
    for (name, bytes, encoding) in texts {
        let packed = [
            (format!("{name}.csv"), bytes.clone(), None),
            (format!("{name}.csv.gz"), gzip(&bytes), Some(Compression::Gzip)),
            (format!("{name}.csv.zst"), zstd::encode_all(bytes.as_slice(), 1).unwrap(), Some(Compression::Zstd)),
        ];
        for (name, bytes, compression) in packed {
            let (source, table) = read(&folder.file(&name, &bytes));
            let file = &source.files()[0];
            assert_eq!((file.encoding, file.compression), (Some(encoding), compression), "{name}");
            assert_eq!((file.delimiter, file.header), (Some(Delimiter::Semicolon), Some(true)));
            assert_eq!(source.columns(), ["شناسه", "شعبه", "زمان ورود"]);
            assert_eq!(table, expected, "{name}");
            assert_eq!(source.digests(), [(file.path.clone(), bytes.len() as u64, Digest::of(&bytes))]);
            assert_eq!((source.done_bytes(), source.total_bytes()), (bytes.len() as u64, bytes.len() as u64));
        }
    }
    let (source, table) = read(&folder.file("old.csv", &old));
    assert_eq!(source.files()[0].encoding, Some(Encoding::Windows1256));
    assert_eq!(table, plain(&[&["1", "شعبه پيچ گچ ژاله", "x"]]));
}

#[test]
fn delimiters_quotes_and_headers_are_recognised() {
    let folder = Folder::new();
    let cases: [(&str, Delimiter, bool, &[&str], Table); 9] = [
        ("a,b\n1,2\n", Delimiter::Comma, true, &["a", "b"], plain(&[&["1", "2"]])),
        ("a;b\r\n1,5;2,5\r\n", Delimiter::Semicolon, true, &["a", "b"], plain(&[&["1,5", "2,5"]])),
        ("a\tb, c\n1\t2\n", Delimiter::Tab, true, &["a", "b, c"], plain(&[&["1", "2"]])),
        ("a|b\n\n1|\n", Delimiter::Pipe, true, &["a", "b"], plain(&[&["1", ""]])),
        ("\"a,1\";\"b\"\"c\"\n\"1\n2\";3", Delimiter::Semicolon, true, &["a,1", "b\"c"], plain(&[&["1\n2", "3"]])),
        ("'a';'b;c'\n'1';'2;3'\n", Delimiter::Semicolon, true, &["a", "b;c"], plain(&[&["1", "2;3"]])),
        (
            "7,north,2025-01-02 08:00\n8,o'hara,2025-01-02 08:01\n",
            Delimiter::Comma,
            false,
            &["column_1", "column_2", "column_3"],
            plain(&[&["7", "north", "2025-01-02 08:00"], &["8", "o'hara", "2025-01-02 08:01"]]),
        ),
        ("1;2\n3;4\n", Delimiter::Semicolon, false, &["column_1", "column_2"], plain(&[&["1", "2"], &["3", "4"]])),
        ("a,,b\r1,2,3\r", Delimiter::Comma, true, &["a", "column_2", "b"], plain(&[&["1", "2", "3"]])),
    ];
    for (text, delimiter, header, columns, expected) in cases {
        let (source, table) = read(&folder.file("a.csv", text));
        let file = &source.files()[0];
        assert_eq!((file.delimiter, file.header), (Some(delimiter), Some(header)), "{text}");
        assert_eq!(source.columns(), columns, "{text}");
        assert_eq!(table, expected, "{text}");
    }
    // A wrong guess is corrected by what is told.
    let path = folder.file("a.csv", "1;2\n3;4\n");
    let told = SourceOptions { delimiter: Some(Delimiter::Comma), header: Some(true), ..SourceOptions::default() };
    let source = open(&[path], &told).unwrap();
    assert_eq!(source.columns(), ["1;2"]);
}

#[test]
fn lines_are_those_of_the_file() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "\n\na,b\n1,2\n\n\"x\ny\",3\r\n4,5");
    let mut source = open(&[path], &SourceOptions::default()).unwrap();
    let mut lines = Vec::new();
    while let Some(block) = source.next_block().unwrap() {
        let take = &mut |row: &SourceRow<'_>| {
            lines.push((row.number, row.line));
            Ok::<(), Infallible>(())
        };
        block.for_each_row(take).unwrap();
    }
    assert_eq!(lines, [(0, 4), (1, 6), (2, 8)]);
}

#[test]
fn what_is_not_text_marks_its_row() {
    let folder = Folder::new();
    let long = "1,good\n".repeat(20_000);
    let mut bytes = format!("a,b\n{long}").into_bytes();
    bytes.extend_from_slice(b"2,b\xcfd\n3,z\0ro\n4,\"\xff\n\"\n5,good\n");
    let (source, table) = read(&folder.file("a.csv", &bytes));
    assert_eq!(source.files()[0].encoding, Some(Encoding::Utf8));
    assert_eq!(table.len(), 20_004);
    let end: Vec<_> = table[20_000..].iter().map(|(cells, broken)| (cells[1].as_str(), *broken)).collect();
    let bad = Some(Check::NotText);
    assert_eq!(end, [("b\u{fffd}d", bad), ("z\0ro", bad), ("\u{fffd}\n", bad), ("good", None)]);

    // Half a pair of UTF-16, and half a unit at the end.
    let mut bytes = utf16(&format!("\u{feff}a,b\n{long}"), u16::to_le_bytes);
    bytes.extend(utf16("2,", u16::to_le_bytes));
    bytes.extend([0x00, 0xd8]);
    bytes.extend(utf16("\n3,good\n4,", u16::to_le_bytes));
    bytes.push(b'x');
    let table = read(&folder.file("b.csv", &bytes)).1;
    let end: Vec<_> = table[20_000..].iter().map(|(cells, broken)| (cells[1].as_str(), *broken)).collect();
    assert_eq!(end, [("\u{fffd}", bad), ("good", None), ("\u{fffd}", bad)]);
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let folder = Folder::new();
    let tail = "3,fine\n".repeat(300_000);
    let text = format!("a,b\n1,\"whole\"\n2,\"half\n{tail}4,\"end\n5,last");
    let table = read(&folder.file("a.csv", &text)).1;
    assert_eq!(table.len(), 300_004);
    let broken: Vec<_> = table.iter().filter(|(_, broken)| broken.is_some()).cloned().collect();
    let row = |cells: [&str; 2]| (cells.map(str::to_owned).to_vec(), Some(Check::BrokenRecord));
    // The second one is closed by the end of nothing: what follows it is a row again.
    assert_eq!(broken, [row(["2", "\"half"]), row(["4", "\"end"])]);
    assert_eq!(table.last().unwrap().0, ["5", "last"]);
    // A quote within a cell opens nothing.
    assert_eq!(read(&folder.file("b.csv", "a,b\n5\" pipe,2\n3,4\n")).1, plain(&[&["5\" pipe", "2"], &["3", "4"]]));
}

#[test]
fn json_lines_keep_what_was_written() {
    let folder = Folder::new();
    let text = concat!(
        "{\"id\": 1.50, \"site\": {\"name\": \"شعبه \\\"یک\\\"\", \"no\": 7}, \"open\": true}\n\n",
        "{\"id\": 12345678901234567890, \"gone\": null, \"tags\": [1, {\"a\": \"]\"}], \"open\": false}\r\n",
        "{\"id\": 3\n",
        "[4]\n",
        "{\"id\":\"\\u06f1\\n\",\"id\":\"5\"}",
    );
    let (source, table) = read(&folder.file("a.jsonl", text));
    assert_eq!(source.columns(), ["id", "site.name", "site.no", "open", "gone", "tags"]);
    assert_eq!(source.files()[0].format, Format::JsonLines);
    let broken = Some(Check::BrokenRecord);
    let mut expected = plain(&[
        &["1.50", "شعبه \"یک\"", "7", "true", "", ""],
        &["12345678901234567890", "", "", "false", "", "[1, {\"a\": \"]\"}]"],
        &["{\"id\": 3"],
        &["[4]"],
        &["5", "", "", "", "", ""],
    ]);
    expected[2].1 = broken;
    expected[3].1 = broken;
    assert_eq!(table, expected);

    // A name that comes up late is counted and is no column.
    let late = format!("{}{}", "{\"id\":1}\n".repeat(1_000), "{\"id\":2,\"late\":3}\n".repeat(2));
    let (source, table) = read(&folder.file("b.jsonl", late));
    assert_eq!((source.columns(), table.len()), (&["id".to_owned()][..], 1_002));
    assert_eq!(source.unknown_keys(), BTreeMap::from([("late".to_owned(), 2)]));

    assert_eq!(refused(folder.file("c.json", "[{\"id\": 1}, {\"id\": 2}]\n")), "source_json");
    assert_eq!(refused(folder.file("c.json", "{\n  \"id\": 1\n}\n")), "source_json");
}

#[test]
fn several_files_of_one_shape_are_one_source() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.path().join("in")).unwrap();
    folder.file("in/b.csv.gz", gzip(b"a,b\n3,4\n"));
    folder.file("in/a.csv", "a,b\n1,2\n");
    folder.file("in/c.tsv", "a\tb\n");
    folder.file("in/readme.md", "not a table");
    folder.file("in/.hidden.csv", "x,y\n");
    std::fs::create_dir(folder.0.path().join("in/d.csv")).unwrap();
    let inside = folder.0.path().join("in");
    let (source, table) = read(&inside);
    assert_eq!(table, plain(&[&["1", "2"], &["3", "4"]]));
    let names: Vec<_> = source.files().iter().map(|file| file.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.csv", "b.csv.gz", "c.tsv"]);
    assert_eq!(source.digests().len(), 3);
    assert_eq!(source.done_bytes(), source.total_bytes());

    let shapes = [
        ("a,c\n1,2\n", "source_mixed"),
        ("a\n1\n", "source_mixed_missing"),
        ("a,b,c\n1,2,3\n", "source_mixed_further"),
        ("b,a\n1,2\n", "source_mixed_order"),
    ];
    for (text, key) in shapes {
        let other = folder.file("z.csv", text);
        assert_eq!(refusal(&[inside.clone(), other], &SourceOptions::default()), key);
    }
    let empty = folder.0.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(refused(empty), "source_no_files");
}

#[test]
fn files_that_cannot_be_read_whole_are_refused() {
    let folder = Folder::new();
    let rows = format!("a,b\n{}", "1,2\n".repeat(200_000));
    let packed =
        [("a.csv.gz", gzip(rows.as_bytes())), ("a.csv.zst", zstd::encode_all(rows.as_bytes(), 1).unwrap())];
    for (name, bytes) in packed {
        for cut in [bytes.len() - 1, bytes.len() / 2, 20] {
            assert_eq!(refused(folder.file(name, &bytes[..cut])), "source_truncated", "{name} {cut}");
        }
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0xff;
        assert_eq!(refused(folder.file(name, &flipped)), "source_truncated", "{name}");
        assert_eq!(refused(folder.file(name, gzip(&bytes))), "source_packed");
    }
    assert_eq!(refused(folder.file("a.csv.gz", gzip(b"PK\x03\x04 and so on"))), "source_packed");
    let wide = (0..10_000).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",");
    assert_eq!(refused(folder.file("a.csv", format!("{wide}\n1\n"))), "source_columns");
    assert_eq!(refused(folder.file("a.csv", format!("a,b\n1,{}\n", "x".repeat(LONGEST_LINE)))), "source_line");
    assert_eq!(refused(folder.file("a.csv", b"id,\xe9t\xe9,\xff\xfe\n1,2\n")), "source_encoding");
    assert_eq!(refused(folder.file("a.csv", b"\xff\xfe\0\0a\0\0\0")), "source_encoding");
    assert_eq!(refused(folder.file("a.csv", [0, 1, 2, 3].repeat(100))), "source_encoding");
    assert_eq!(refused(folder.file("a.csv", "\n\r\n\n")), "source_empty");
    assert_eq!(refused(folder.file("a.csv", "a,b\n\n\r\n")), "source_empty");

    // A line of five gigabytes, of which no byte is on the disk, and none is kept.
    let path = folder.file("long.csv", "a,b\n1,");
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    let told = SourceOptions { encoding: Some(Encoding::Utf8), ..SourceOptions::default() };
    assert_eq!(refusal(&[path], &told), "source_line");
}

#[test]
fn what_grows_out_of_proportion_is_stopped() {
    let folder = Folder::new();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let rows = "1,2\n".repeat(1 << 20);
    encoder.write_all(b"a,b\n").unwrap();
    for _ in 0..(300 << 20) / rows.len() {
        encoder.write_all(rows.as_bytes()).unwrap();
    }
    let mut source =
        open(&[folder.file("a.csv.zst", encoder.finish().unwrap())], &SourceOptions::default()).unwrap();
    let error = loop {
        match source.next_block() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.key(), "source_inflates");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let folder = Folder::new();
    let rows = format!("a,b\n{}", "1,2\n".repeat(1_000_000));
    let path = folder.file("a.csv", &rows);
    let mut source = open(std::slice::from_ref(&path), &SourceOptions::default()).unwrap();
    source.next_block().unwrap().unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"3,4\n").unwrap();
    drop(file);
    assert_eq!(read_all(&mut source).unwrap_err().key(), "source_changed");
    assert!(source.digests().is_empty());
}

//! Workbooks: dates as numbers, merged cells, titles, several sheets, and archives that mean harm.

use std::convert::Infallible;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;

use super::*;
use crate::base::Explain;

const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="D1904"/><sheets>
 <sheet name="بازدید" sheetId="1" r:id="r1"/><sheet name="other" sheetId="2" r:id="r2"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
 <Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>
 </Relationships>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
 </Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
 <cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs></styleSheet>"#;
const VISITS: &str = concat!(
    r#"<row r="1"><c r="A1" t="inlineStr"><is><t>گزارش ماه</t></is></c></row>"#,
    r#"<row r="3"><c r="A3" t="inlineStr"><is><t>id</t></is></c><c r="B3" t="inlineStr"><is><t>site</t></is></c>"#,
    r#"<c r="C3" t="inlineStr"><is><t>arrived</t></is></c><c r="D3" t="inlineStr"><is><t>wait</t></is></c></row>"#,
    r#"<row r="4"><c r="A4"><v>1</v></c><c r="B4" t="inlineStr"><is><t>کرج</t></is></c><c r="C4" s="1"><v>45943.5</v></c>"#,
    r#"<c r="D4" s="2"><v>1.25</v></c></row>"#,
    r#"<row r="5"><c r="A5"><v>2</v></c><c r="C5" s="1"><v>45943.541</v></c></row>"#,
    r#"<row r="8"><c r="A8"><v>3.5</v></c><c r="C8" s="1"><v>0.75</v></c><c r="D8" t="b"><v>1</v></c>"#,
    r#"<c r="E8" t="e"><v>#N/A</v></c></row>"#,
);
const MERGED: &str = r#"<mergeCells count="2"><mergeCell ref="A1:D1"/><mergeCell ref="B4:B5"/></mergeCells>"#;

fn sheet(rows: &str, merged: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{merged}</worksheet>"#
    )
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook(first: &str, second: &str, from_1904: bool) -> Vec<u8> {
    archive(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.replace("D1904", if from_1904 { "1" } else { "0" }).as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", first.as_bytes()),
        ("xl/worksheets/sheet2.xml", second.as_bytes()),
    ])
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("a.xlsx");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

type Rows = Vec<(u64, Vec<String>)>;

fn read(path: &Path, table: Option<&str>) -> Result<(Source, Rows), SourceError> {
    let options = SourceOptions { table: table.map(str::to_owned), ..SourceOptions::default() };
    let mut source = open(&[path.to_owned()], &options)?;
    let mut rows = Rows::new();
    while let Some(block) = source.next_block()? {
        let take = &mut |row: &SourceRow<'_>| {
            rows.push((row.line, row.cells.iter().map(|cell| (*cell).to_owned()).collect()));
            Ok::<(), Infallible>(())
        };
        block.for_each_row(take).unwrap();
    }
    Ok((source, rows))
}

fn key(path: &Path, table: Option<&str>) -> &'static str {
    match read(path, table) {
        Ok((_, rows)) => panic!("read: {rows:?}"),
        Err(error) => error.key(),
    }
}

/// The date and time of 45943.541 are those that the documentation of the format's reader gives.
#[test]
fn dates_merged_cells_and_titles_become_a_table() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let bytes = workbook(&sheet(VISITS, MERGED), &sheet("", ""), false);
    let (source, rows) = read(&folder.file(&bytes), None).unwrap();
    assert_eq!(source.columns(), ["id", "site", "arrived", "wait"]);
    assert_eq!(source.files()[0].table.as_deref(), Some("بازدید"));
    assert_eq!(source.digests(), [(source.files()[0].path.clone(), bytes.len() as u64, Digest::of(&bytes))]);
    let row = |line, cells: &[&str]| (line, cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    let expected = [
        row(4, &["1", "کرج", "2025-10-13T12:00:00", "30:00:00"]),
        row(5, &["2", "کرج", "2025-10-13T12:59:02.400", ""]),
        row(8, &["3.5", "", "18:00:00", "true", "#N/A"]),
    ];
    assert_eq!(rows, expected);

    // Days are counted from 1904 in workbooks of old Macs, 1462 later.
    let since_1904 = VISITS.replace("45943.5<", "44481.5<");
    let rows = read(&folder.file(&workbook(&sheet(&since_1904, ""), &sheet("", ""), true)), None).unwrap().1;
    assert_eq!(rows[0].1[2], "2025-10-13T12:00:00");
    assert_eq!(rows[1].1[1], "", "not merged");
}

#[test]
fn one_of_several_sheets_has_to_be_named() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let other = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>"#;
    let path = folder.file(&workbook(&sheet(VISITS, ""), &sheet(other, ""), false));
    assert_eq!(key(&path, None), "source_which_table");
    assert_eq!(key(&path, Some("none")), "source_absent_table");
    let (source, rows) = read(&path, Some("other")).unwrap();
    assert_eq!((source.columns(), rows.len()), (&["column_1".to_owned()][..], 2));
    assert_eq!(key(&folder.file(&workbook(&sheet("", ""), &sheet("", ""), false)), None), "source_empty");
}

#[test]
fn archives_that_mean_harm_are_stopped() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let whole = workbook(&sheet(VISITS, MERGED), &sheet("", ""), false);
    for cut in [10, whole.len() / 2, whole.len() - 1] {
        assert_eq!(key(&folder.file(&whole[..cut]), None), "source_workbook");
    }
    assert_eq!(key(&folder.file(&archive(&[("a.txt", b"text")])), None), "source_packed");
    assert_eq!(key(&folder.file(&archive(&[("content.xml", b"<x/>")])), None), "source_other_workbook");
    assert_eq!(key(&folder.file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), None), "source_other_workbook");
    let far = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    assert_eq!(key(&folder.file(&workbook(&sheet(far, ""), &sheet("", ""), false)), None), "source_columns");

    let size: u32 = 70 << 20;
    let mut bomb = archive(&[("xl/workbook.xml", &vec![b' '; size as usize])]);
    assert_eq!(key(&folder.file(&bomb), None), "source_workbook_large");
    // The same with sizes that lie.
    let honest = size.to_le_bytes();
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == honest {
            bomb[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
        }
    }
    let refused = key(&folder.file(&bomb), None);
    assert!(["source_workbook", "source_workbook_large"].contains(&refused), "{refused}");

    // Whatever byte is another one, there is a table or an answer.
    for at in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 0x15;
        let _ = read(&folder.file(&changed), None).map_err(|error| assert!(error.key().starts_with("source_")));
    }
}

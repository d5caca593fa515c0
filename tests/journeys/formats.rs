//! One history in every format that is read: the digest is of the visits, not of the file.

use std::io::{Cursor, Write as _};

use nobat::analysis::history::{Channel, Visits, read_visits};
use serde_json::{Map, Value};

use crate::fixture::{Project, text};

const COLUMNS: [&str; 12] = [
    "visit_id",
    "site",
    "service",
    "arrived_at",
    "called_at",
    "finished_at",
    "left_at",
    "priority",
    "channel",
    "booked_for",
    "open_counters",
    "people_ahead",
];

/// The cells of each visit, in a canonical history's own columns.
fn rows(visits: &Visits) -> Vec<Vec<Option<String>>> {
    let row = |row: usize| {
        let visit = visits.get(row);
        let time = |moment: Option<nobat::base::Moment>| moment.map(|moment| moment.to_string());
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        vec![
            Some(visit.visit_id),
            Some(visit.site),
            Some(visit.service),
            time(Some(visit.arrived)),
            time(visit.called),
            time(visit.finished),
            time(visit.left),
            visit.priority.map(|class| class.to_string()),
            visit.channel.map(Channel::id).map(str::to_owned),
            time(visit.booked_for),
            number(visit.open_counters),
            number(visit.people_ahead),
        ]
    };
    (0..visits.len()).map(row).collect()
}

/// The rows in an order in which no two neighbours stay together: by multiples of a number without a common divisor.
fn shuffled<T: Clone>(rows: &[T]) -> Vec<T> {
    let step = (rows.len() / 3..).find(|step| gcd(*step, rows.len()) == 1).unwrap();
    (0..rows.len()).map(|at| rows[at * step % rows.len()].clone()).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn csv(rows: &[Vec<Option<String>>], separator: &str) -> String {
    let line = |row: &Vec<Option<String>>| {
        row.iter().map(|cell| cell.clone().unwrap_or_default()).collect::<Vec<_>>().join(separator) + "\n"
    };
    COLUMNS.join(separator) + "\n" + &rows.iter().map(line).collect::<String>()
}

fn json_lines(rows: &[Vec<Option<String>>]) -> String {
    let line = |row: &Vec<Option<String>>| {
        let cells = COLUMNS.iter().zip(row).filter_map(|(name, cell)| Some((name, cell.as_ref()?)));
        let object: Map<String, Value> =
            cells.map(|(name, cell)| ((*name).to_owned(), Value::from(cell.as_str()))).collect();
        Value::Object(object).to_string() + "\n"
    };
    rows.iter().map(line).collect()
}

fn sqlite(path: &std::path::Path, rows: &[Vec<Option<String>>]) {
    let mut database = rusqlite::Connection::open(path).unwrap();
    database.execute_batch(&format!("CREATE TABLE visits ({})", COLUMNS.join(", "))).unwrap();
    let marks = vec!["?"; COLUMNS.len()].join(", ");
    let transaction = database.transaction().unwrap();
    for row in rows {
        transaction
            .execute(&format!("INSERT INTO visits VALUES ({marks})"), rusqlite::params_from_iter(row))
            .unwrap();
    }
    transaction.commit().unwrap();
}

/// A workbook of one sheet, as small as one can be.
fn workbook(rows: &[Vec<Option<String>>]) -> Vec<u8> {
    let head = COLUMNS.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
    let mut sheet = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (row, cells) in std::iter::once(&head).chain(rows).enumerate() {
        sheet.push_str(&format!("<row r=\"{}\">", row + 1));
        for (column, cell) in ('A'..).zip(cells) {
            if let Some(cell) = cell {
                let place = format!("{column}{}", row + 1);
                sheet.push_str(&format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"));
            }
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let book = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
                <sheet name=\"visits\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", book.to_owned()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn one_history_has_one_digest_in_every_format() {
    let made = Project::with_history();
    let parquet = made.path("visits.parquet");
    let rows = rows(&read_visits(&parquet).unwrap());
    assert!(rows.len() > 3_000);
    let mixed = shuffled(&rows);
    assert!(mixed.windows(2).filter(|pair| pair[0][3] > pair[1][3]).count() > rows.len() / 5);

    let database = made.path("queues.sqlite");
    sqlite(&database, &mixed);
    let halves = made.path("halves");
    std::fs::create_dir(&halves).unwrap();
    let (one, two) = mixed.split_at(mixed.len() / 3);
    std::fs::write(halves.join("b.csv"), csv(one, ",")).unwrap();
    std::fs::write(halves.join("a.csv"), csv(two, ",")).unwrap();
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(csv(&rows, "\t").chars()).flat_map(|c| (c as u32 as u16).to_le_bytes()).collect();
    let files = [
        parquet,
        made.write("rows.csv", csv(&rows, ",")),
        made.write("shuffled.csv", csv(&mixed, ";")),
        made.write("utf16.tsv", utf16),
        made.write("packed.csv.zst", zstd::encode_all(csv(&mixed, ",").as_bytes(), 1).unwrap()),
        made.write("rows.jsonl", json_lines(&mixed)),
        made.write("rows.xlsx", workbook(&mixed)),
        database,
        halves,
    ];
    let mut digests = std::collections::BTreeMap::new();
    for file in &files {
        let project = Project::empty();
        let summary = project.nobat(["--json", "import", text(file)]).exits(0).json();
        assert_eq!(summary["read"], rows.len(), "{}", file.display());
        digests.entry(summary["digest"].to_string()).or_insert_with(Vec::new).push(file);
    }
    assert_eq!(digests.len(), 1, "{digests:?}");
}

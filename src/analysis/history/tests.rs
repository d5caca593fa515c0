//! Import from files: what becomes of good rows, bad rows and bad files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::*;
use crate::base::{Minutes, Moment, Task};

const MAPPING: &str = "
zone: Asia/Tehran
visit:
  visit_id: [id]
  site: { column: branch }
  service: { value: desk }
  arrived: { column: came }
  called: { after: arrived, plus: wait, unit: minutes, only: { column: end, values: [served] } }
  left: { after: arrived, plus: wait, unit: minutes, only: { column: end, values: [gone] } }
not_visits:
  - { column: end, values: [test] }
corrections:
  - { column: came, starts_with: '2020-12-3', replace_with: '2019-12-3', reason: week-year }
extras: { note: remark }
";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// The imports of these tests happen at this time.
fn now() -> Moment {
    Moment::parse_rfc3339("2026-11-23T00:00:00Z").unwrap()
}

pub(super) fn import_with(
    path: &Path,
    mapping: &Mapping,
    quarantine: &mut Vec<u8>,
) -> Result<Imported, ImportError> {
    let options = mapping.source_options();
    let settings = ImportSettings { mapping, now: now(), personal_key: &|| Ok([7; 32]) };
    import(&|| open(&[path.to_owned()], &options), &settings, None, quarantine, &Task::default())
}

/// Imports a file with the canonical columns.
pub(super) fn import_canonical(path: &Path) -> Result<Imported, ImportError> {
    let source = open(&[path.to_owned()], &SourceOptions::default())?;
    let mapping = Mapping::canonical(source.columns())?;
    import_with(path, &mapping, &mut Vec::new())
}

fn import_file(path: &Path) -> (Result<Imported, ImportError>, String) {
    let mapping = Mapping::from_yaml(MAPPING).unwrap();
    let mut quarantine = Vec::new();
    let result = import_with(path, &mapping, &mut quarantine);
    (result, String::from_utf8(quarantine).unwrap())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const ROWS: &str = "id,branch,came,wait,end,remark
2,شعبة كرج,2020-01-02 10:00,7.5,served,b
1,شعبه  کرج,2020-01-02 09:00,۳,gone,
3,x,2020-12-30 08:00,1,served,
4,x,2020-01-02 10:00,,open,
5,x,yesterday,1,served,
6,x,2020-01-02 10:00,-1,served,
7,x,2020-01-02 10:00,1
8,x,2020-01-02 10:00,1,test,
2,x,2020-01-02 10:00,1,served,
9,,2020-01-02 10:00,1,served,
10,x,2020-01-02 10:00,99999,served,
";

#[test]
fn every_row_is_accounted_for() {
    let folder = Folder::new();
    for (name, bytes) in [("a.csv", ROWS.as_bytes().to_vec()), ("a.csv.gz", gzip(ROWS.as_bytes()))] {
        let (imported, quarantine) = import_file(&folder.file(name, &bytes));
        let imported = imported.unwrap();
        let report = &imported.report;
        assert!(report.adds_up(), "{report:?}");
        assert_eq!((report.read, report.accepted, report.repaired, report.duplicate), (11, 3, 1, 1));
        assert_eq!((report.served, report.abandoned, report.unfinished), (2, 1, 1));
        let expected = [
            Check::NotAVisit,
            Check::WrongWidth,
            Check::NoSite,
            Check::BadArrival,
            Check::CalledBeforeArrived,
            Check::WaitAboveCap,
        ];
        assert_eq!(
            report.set_aside().iter().map(|finding| finding.check).collect::<std::collections::BTreeSet<_>>(),
            expected.into()
        );
        assert_eq!(quarantine.lines().count(), 7);
        assert!(quarantine.contains("5,x,yesterday,1,served,,a.csv"), "{quarantine}");

        let visits = &imported.history.visits;
        assert_eq!(visits.visit_id.iter().flatten().collect::<Vec<_>>(), ["3", "1", "4", "2"]);
        assert_eq!(visits.site.get(3), "شعبة کرج");
        assert_eq!(visits.wait(3), Minutes::new(7.5));
        assert_eq!(visits.arrived[0].to_string(), "2019-12-30T04:30:00Z");
        assert_eq!(visits.outcome(1), Outcome::Abandoned);
        assert_eq!(visits.extras["note"].iter().flatten().collect::<Vec<_>>(), ["b"]);
    }
}

#[test]
fn the_digest_is_of_the_content_and_parquet_keeps_all_of_it() {
    let folder = Folder::new();
    let mut rows: Vec<&str> = ROWS.lines().collect();
    rows[1..].reverse();
    let history = import_file(&folder.file("a.csv", ROWS.as_bytes())).0.unwrap().history;
    let kept = folder.0.path().join("a.parquet");
    write_visits(&history.visits, std::fs::File::create(&kept).unwrap()).unwrap();
    let read = history.with(read_visits(&kept).unwrap());
    assert_eq!(read, history);
    assert_eq!(digest(&read), digest(&history));

    // The same visits from another order of rows; the row that repeats an id now comes first, so it is left out.
    let reordered: Vec<&str> = rows.into_iter().filter(|row| !row.starts_with("2,x")).collect();
    let reordered = import_file(&folder.file("b.csv", reordered.join("\n").as_bytes())).0.unwrap().history;
    assert_eq!(digest(&reordered), digest(&history));

    let mut other = history.clone();
    other.visits.called[0] = other.visits.called[0].and_then(|called| called.plus_millis(1));
    assert_ne!(digest(&other), digest(&history));
    let elsewhere = History::new("Europe/Warsaw".parse().unwrap(), history.visits.clone());
    assert_ne!(digest(&elsewhere), digest(&history));

    // Canonical names need no mapping.
    let again = import_canonical(&kept).unwrap();
    assert_eq!(again.history.visits.called, history.visits.called);
}

#[test]
fn files_that_are_not_tables_are_refused_by_name() {
    let folder = Folder::new();
    let gz = gzip(ROWS.repeat(200).as_bytes());
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(ROWS.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let key = |path: &Path| crate::base::Explain::key(&import_file(path).0.unwrap_err());
    assert_eq!(key(&folder.0.path().join("none.csv")), "source_missing");
    assert_eq!(key(folder.0.path()), "source_no_files");
    assert_eq!(key(&folder.file("a.csv", b"")), "source_empty");
    assert_eq!(key(&folder.file("a.csv", b"\n\n")), "source_empty");
    assert_eq!(key(&folder.file("a.csv", b"id,branch,came,wait,end,remark\n")), "source_empty");
    assert_eq!(key(&folder.file("a.csv.gz", &gz[..gz.len() / 2])), "source_truncated");
    assert_eq!(key(&folder.file("a.csv.gz", &gzip(b""))), "source_empty");
    assert_eq!(import_file(&folder.file("a.csv", &utf16)).0.unwrap().report.read, 11);
    assert_eq!(key(&folder.file("a.csv", b"id,\xe9t\xe9,\xff\xfe\n1,2\n")), "source_encoding");
    assert_eq!(key(&folder.file("a.csv", b"id\0,branch\n")), "source_encoding");
    assert_eq!(key(&folder.file("a.csv", "x".repeat(LONGEST_LINE + 2).as_bytes())), "source_line");
    assert_eq!(key(&folder.file("a.csv.gz", &gzip(&vec![b'x'; 64 << 20]))), "source_line");
    assert_eq!(key(&folder.file("a.csv", b"id,branch,came,wait,end,remark,id\n1\n")), "source_duplicate_column");
    assert_eq!(key(&folder.file("a.csv", b"id,branch\n1,2\n")), "mapping_absent_columns");
    assert_eq!(key(&folder.file("a.csv", b"id,branch,came,wait,end,remark\n1,2,3,4,5,6\n")), "import_no_visits");
    assert_eq!(key(&folder.file("a.parquet", b"PAR1 and then nothing")), "source_parquet");
    let mut kept = Vec::new();
    write_visits(&import_file(&folder.file("a.csv", ROWS.as_bytes())).0.unwrap().history.visits, &mut kept)
        .unwrap();
    for cut in [5, kept.len() / 2, kept.len() - 1] {
        assert_eq!(key(&folder.file("cut.parquet", &kept[..cut])), "source_parquet");
    }
}

#[test]
fn rows_that_are_not_utf8_are_set_aside_when_the_file_is() {
    let folder = Folder::new();
    let mut bytes = ROWS.as_bytes().to_vec();
    while bytes.len() < 1 << 17 {
        bytes.extend_from_slice(format!("a{},x,2020-01-02 10:00,1,served,\n", bytes.len()).as_bytes());
    }
    bytes.extend_from_slice(b"zz,x\xcf,2020-01-02 10:00,1,served,\n");
    let imported = import_file(&folder.file("a.csv", &bytes)).0.unwrap();
    assert_eq!(imported.report.found(Check::NotText), 1);
    assert!(imported.report.adds_up());
}

#[test]
fn a_mapping_is_read_strictly() {
    let broken = |yaml: &str| Mapping::from_yaml(yaml).unwrap_err();
    assert!(matches!(broken("visit: [a"), MappingError::Unreadable { .. }));
    assert!(matches!(broken(&MAPPING.replace("zone:", "zonne:")), MappingError::Unreadable { .. }));
    assert!(matches!(broken(&MAPPING.replace("Asia/Tehran", "Asia/Nowhere")), MappingError::Unreadable { .. }));
    let folder = Folder::new();
    let path = folder.file("a.csv", ROWS.as_bytes());
    let refused = |yaml: String| {
        let mapping = Mapping::from_yaml(&yaml).unwrap();
        match import_with(&path, &mapping, &mut Vec::new()) {
            Err(ImportError::Mapping(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let absent = refused(MAPPING.replace("column: came", "column: arrival").replace("[id]", "[number]"));
    assert!(matches!(absent, MappingError::AbsentColumns { absent, .. } if absent == ["arrival", "number"]));
    let circular = refused(MAPPING.replace(
        "after: arrived, plus: wait, unit: minutes, only: { column: end, values: [served] }",
        "after: called, plus: wait, unit: minutes",
    ));
    assert!(matches!(circular, MappingError::Circular { field: "called" }));
    let unclear = refused(MAPPING.replace("arrived: { column: came }", "arrived: { column: came, date: came }"));
    assert!(matches!(unclear, MappingError::UnclearTime { field: "arrived" }));
    assert!(matches!(import_canonical(&path), Err(ImportError::Mapping(MappingError::Needed { .. }))));
}

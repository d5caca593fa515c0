//! Everything that can be handed to the program and should not be: each is told in three sentences with the right exit
//! code, and nothing is kept or changed.

use std::path::Path;

use crate::fixture::{Project, text};

const HEADER: &str = "visit_id,site,service,arrived_at,called_at,finished_at,left_at\n";
const ROW: &str = "1,Tehran,Reception,2025-09-20T08:00:00,2025-09-20T08:05:00,2025-09-20T08:09:00,\n";

fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn files_that_hold_no_history_are_refused_and_nothing_is_kept() {
    let project = Project::empty();
    let many: String = (0..2_000).map(|n| ROW.replacen('1', &n.to_string(), 1)).collect();
    let zipped = gzip(&format!("{HEADER}{many}"));
    let visits = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/visits.parquet")).unwrap();
    let files: [(&str, &[u8], &str); 7] = [
        ("empty.csv", b"", "no rows"),
        ("header.csv", HEADER.as_bytes(), "no rows"),
        ("cut.csv.gz", &zipped[..zipped.len() / 2], "cut off"),
        ("no-gzip.csv.gz", &zipped[..7], "cut off"),
        ("cut.parquet", &visits[..visits.len() / 3], "Parquet"),
        ("text.parquet", b"PAR1 and nothing else that is of Parquet PAR1", "Parquet"),
        ("late.csv", b"visit_id,site,service,arrived_at\n1,Tehran,Reception,tomorrow\n", "None of the 1 rows"),
    ];
    for (name, bytes, says) in files {
        let file = project.write(name, bytes);
        let told = project.nobat(["import", text(&file)]).refuses(1);
        assert!(told.happened.contains(name) || told.happened.contains(says), "{}", told.happened);
        told.says(says);
        project.nobat(["--lang", "fa", "import", text(&file)]).refuses(1);
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{name} was changed");
        assert_eq!(project.kept_files(), Vec::<String>::new(), "{name}");
    }
    project.nobat(["import", text(&project.path("nowhere.csv"))]).refuses(1).says("There is no file");
    // A folder is a source of all that is in it.
    project.nobat(["import", text(project.path("x").parent().unwrap())]).refuses(1);
    assert_eq!(project.kept_files(), Vec::<String>::new());
}

#[test]
fn older_encodings_are_read() {
    let project = Project::empty();
    let arabic = [HEADER.as_bytes(), b"1,\xCA\xE5\xD1\xC7\xE4,x,2025-09-20T08:00:00,,,\n"].concat();
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(format!("{HEADER}{}", ROW.replace("Tehran", "تهران")).encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (name, bytes) in [("windows-1256.csv", arabic), ("utf-16.csv", utf16)] {
        let file = project.write(name, bytes);
        project.nobat(["import", text(&file)]).exits(0);
        let profile = project.nobat(["--json", "data", "profile", "latest"]).exits(0).json();
        assert!(profile.to_string().contains("تهران"), "{name}: {profile}");
    }
}

#[test]
fn a_history_without_an_arrival_and_mappings_that_do_not_fit_are_refused() {
    let project = Project::empty();
    let file = project.write("a.csv", "id,branch,queue\n1,Tehran,Reception\n");
    project.nobat(["import", text(&file)]).refuses(2).says("--map").says("id, branch, queue");
    let good = project.write("good.csv", format!("{HEADER}{ROW}"));
    let visit = "zone: Asia/Tehran\nvisit:\n  visit_id: [visit_id]\n  site: { column: site }\n  service: { column: service }\n";
    let mappings = [
        (
            "absent.yaml",
            format!("{visit}  arrived: {{ column: came }}\n  called: {{ column: went }}\n"),
            "came, went",
        ),
        ("no-arrival.yaml", visit.to_owned(), "arrived"),
        ("unclear.yaml", format!("{visit}  arrived: {{ date: arrived_at }}\n"), "arrived"),
        ("extra.yaml", format!("{visit}  arrived: {{ column: arrived_at }}\n  colour: red\n"), "colour"),
        ("not.yaml", "][ nothing".to_owned(), "mapping"),
        (
            "zone.yaml",
            format!("{visit}  arrived: {{ column: arrived_at }}\n").replace("Asia/Tehran", "Mars/Olympus"),
            "Mars",
        ),
    ];
    for (name, mapping, says) in mappings {
        let mapping = project.write(name, mapping);
        project.nobat(["import", text(&good), "--map", text(&mapping)]).refuses(2).says(says);
    }
    let binary = project.write("binary.yaml", [0xFF, 0x00, 0xC0]);
    project.nobat(["import", text(&good), "--map", text(&binary)]).refuses(1).says("binary.yaml");
    let absent = project.path("absent-file.yaml");
    project.nobat(["import", text(&good), "--map", text(&absent)]).refuses(1).says("absent-file.yaml");
    assert_eq!(project.kept_files(), Vec::<String>::new());
}

#[test]
fn recipes_that_cannot_be_simulated_are_refused_by_field() {
    let project = Project::empty();
    let out = project.path("out.parquet");
    for (find, replace, says) in [
        ("days: 45", "days: 0", "days"),
        ("counters: 2", "counters: -1", "sites[0].queues[1].counters"),
        ("service: doc", "service: spa", "spa"),
        ("seed: 7", "seed: 7\nweather: rain", "weather"),
        ("start: 2025-09-20", "start: someday", "someday"),
    ] {
        let recipe = project.write("recipe.yaml", crate::fixture::SMALL_RECIPE.replace(find, replace));
        project.nobat(["simulate", "--recipe", text(&recipe), "--out", text(&out)]).refuses(2).says(says);
        assert!(!out.exists());
    }
    let nowhere = project.path("no/such/folder/out.parquet");
    project.nobat(["simulate", "--out", text(&nowhere)]).refuses(1).says("no/such/folder");
}

#[test]
fn names_that_name_nothing_are_wrong_usage() {
    let project = Project::released();
    let parameters = project.write("p.yaml", "depth: 3\n");
    let odd = project.write("odd.yaml", "penalty: -1\n");
    let questions: [(&[&str], &str); 11] = [
        (&["train", "--family", "forest"], "forest"),
        (&["train", "--family", "rule", "--data", "summer"], "summer"),
        (&["train", "--family", "elastic-net", "--params", text(&parameters)], "depth"),
        (&["train", "--family", "elastic-net", "--params", text(&odd)], "penalty"),
        (&["compare", "--candidate", "oracle"], "oracle"),
        (&["compare", "--candidate", "run:99"], "99"),
        (&["compare", "--candidate", "9.9.9"], "9.9.9"),
        (&["runs", "show", "99"], "99"),
        (&["data", "show", "summer"], "summer"),
        (&["release", "promote", "9.9.9"], "9.9.9"),
        (&["release", "check", "9.9.9"], "9.9.9"),
    ];
    for (words, says) in questions {
        project.nobat(words).refuses(2).says(says);
        project.nobat(["--lang", "fa"].iter().chain(words)).refuses(2).says(says);
    }
    for words in [&["train"][..], &["release", "promote", "one"], &["fly"], &["--lang", "de", "verify"], &["demo"]]
    {
        let ended = project.nobat(words).exits(2);
        assert!(ended.err.contains("--help") && ended.out.is_empty(), "{ended}");
    }
    let told = project.nobat(["--json", "train", "--family", "forest"]).exits(2);
    let document: serde_json::Value = serde_json::from_str(&told.err).unwrap();
    assert_eq!(document["error"]["key"], "unknown_family", "{told}");
}

#[test]
fn checks_that_say_no_have_exit_codes_of_their_own() {
    let project = Project::released();
    project.nobat(["compare", "--current", "rule", "--candidate", "run:2"]).exits(0);
    project.nobat(["compare", "--current", "run:2", "--candidate", "constant"]).exits(3);
    project.nobat(["release", "promote", "1.0.0"]).refuses(3).says("1.0.0");
    project.nobat(["--as", "stranger", "release", "promote", "2.0.0"]).refuses(2).says("stranger");
    project.nobat(["people", "add", "ana", "--role", "data_analyst"]).exits(0);
    project.nobat(["--as", "ana", "release", "promote", "2.0.0"]).refuses(3).says("ana");
    project.nobat(["release", "rollback"]).refuses(3);
    let elsewhere = |words: &[&str]| {
        let mut command = crate::fixture::program();
        command.env("NOBAT_HOME", project.path("elsewhere")).args(words);
        crate::fixture::Ended::of(command)
    };
    elsewhere(&["verify"]).refuses(2).says("elsewhere");
    elsewhere(&["data", "list"]).refuses(2).says("elsewhere");
    assert!(!project.path("elsewhere").exists());
    project.nobat(["verify"]).exits(0);
}

/// What asks the registry, and what would change it.
const QUESTIONS: [&[&str]; 4] =
    [&["verify"], &["release", "list"], &["release", "promote", "2.0.0"], &["audit", "--limit", "3"]];

/// Each of [`QUESTIONS`] is refused with `says`, and the registry is byte for byte as it was.
#[track_caller]
fn is_refused_untouched(project: &Project, says: &str) {
    let before = nobat::base::Digest::of(&std::fs::read(project.registry()).unwrap());
    for words in QUESTIONS {
        project.nobat(words).refuses(1).says(says).says("registry.db");
    }
    let after = nobat::base::Digest::of(&std::fs::read(project.registry()).unwrap());
    assert_eq!(before, after, "{says}: the registry was changed");
}

fn shell(path: &Path, sql: &str) {
    let shell = rusqlite::Connection::open(path).unwrap();
    shell.execute_batch(sql).unwrap();
    shell.close().unwrap();
}

#[test]
fn registries_that_cannot_be_trusted_are_refused_and_left_as_they_are() {
    let foreign = Project::released();
    std::fs::remove_file(foreign.registry()).unwrap();
    shell(&foreign.registry(), "CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('a');");
    is_refused_untouched(&foreign, "another");

    let text_file = Project::released();
    std::fs::write(text_file.registry(), "These are notes about our models.\n".repeat(400)).unwrap();
    is_refused_untouched(&text_file, "not");

    let newer = Project::released();
    shell(&newer.registry(), "PRAGMA user_version = 99");
    is_refused_untouched(&newer, "99");

    let altered = Project::released();
    shell(&altered.registry(), "DROP TRIGGER IF EXISTS events_stay; CREATE TABLE notes (text TEXT)");
    is_refused_untouched(&altered, "registry.db");
}

#[test]
fn damaged_registries_are_refused_and_left_as_they_are() {
    let sound = std::fs::read(Project::released().registry()).unwrap();
    assert!(sound.len() > 40_000, "{}", sound.len());
    let page = 4_096;
    let damages: [(&str, Vec<u8>); 3] = [
        ("cut in the middle", sound[..sound.len() / 2 / page * page].to_vec()),
        ("pages overwritten", {
            let mut bytes = sound.clone();
            bytes[page..5 * page].fill(0xA5);
            bytes
        }),
        ("its head is gone", {
            let mut bytes = sound.clone();
            bytes[..100].fill(0);
            bytes
        }),
    ];
    for (what, bytes) in damages {
        let project = Project::released();
        std::fs::write(project.registry(), &bytes).unwrap();
        println!("{what}");
        is_refused_untouched(&project, "registry.db");
    }
}

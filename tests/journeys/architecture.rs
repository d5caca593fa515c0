//! The sources, read and held to what they promise: layers, style that no lint knows, and words in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nobat::base::language::{Catalogue, Language};

/// A source file: where it is below `src`, and its lines outside of tests.
struct Source {
    path: String,
    text: String,
    /// Lines with their numbers; comments and `#[cfg(test)]` modules left out.
    code: Vec<(usize, String)>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    find(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let code = if is_test(&path) { Vec::new() } else { code(&text) };
        Source { path, text, code }
    };
    paths.into_iter().map(read).collect()
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

/// Files that are compiled for tests only, by their names: their `mod` line says `#[cfg(test)]`.
fn is_test(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
    path.contains("/tests/")
        || stem == "tests"
        || stem.ends_with("_tests")
        || matches!(stem, "oracle" | "golden" | "golden_pairs" | "golden_comparison" | "explained" | "fixture")
}

/// The lines that are compiled into the program, without comments.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut all = text.lines().enumerate();
    while let Some((number, line)) = all.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() == "#[cfg(test)]" {
            // To the end of what it applies to: a line, or a block that is closed at the same indent.
            for (_, line) in all.by_ref() {
                let ends =
                    line.len() - line.trim_start().len() == indent && (line.ends_with(';') || line.trim() == "}");
                if ends {
                    break;
                }
            }
        } else if !line.trim_start().starts_with("//") {
            lines.push((number + 1, line.to_owned()));
        }
    }
    lines
}

impl Source {
    fn is_in(&self, layer: &str) -> bool {
        self.path == format!("{layer}.rs") || self.path.starts_with(&format!("{layer}/"))
    }

    /// Where `word` stands as a word in the code.
    fn says(&self, word: &str) -> Vec<String> {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let has = |line: &str| {
            line.match_indices(word).any(|(at, _)| {
                !is_part(line[..at].chars().last()) && !is_part(line[at + word.len()..].chars().next())
            })
        };
        let told = |(number, line): &(usize, String)| format!("src/{}:{number}: {}", self.path, line.trim());
        self.code.iter().filter(|(_, line)| has(line)).map(told).collect()
    }
}

/// Fails with every line in `found`.
#[track_caller]
fn none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn use_goes_down_only() {
    let all = ["base", "analysis", "store", "workflows", "cli", "workbench", "serving"];
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("base", &[][..]),
        ("analysis", &["base"]),
        ("store", &["base"]),
        ("workflows", &["base", "analysis", "store"]),
        ("serving", &["base", "analysis", "store"]),
        ("workbench", &["base", "analysis", "store", "workflows"]),
        ("cli", &["base", "analysis", "store", "workflows", "serving"]),
    ]);
    let sources = sources();
    for (layer, may) in allowed {
        let mut found = Vec::new();
        for other in all.into_iter().filter(|other| *other != layer && !may.contains(other)) {
            for source in sources.iter().filter(|source| source.is_in(layer)) {
                found.extend(source.says(&format!("crate::{other}")));
            }
        }
        none(&format!("{layer} may use {may:?} only"), &found);
    }
}

#[test]
fn each_dependency_stays_in_its_place() {
    let places: &[(&[&str], &[&str])] = &[
        (&["egui", "eframe", "egui_plot", "egui_material_icons", "rfd", "unicode_bidi"], &["workbench"]),
        (&["axum", "tokio"], &["serving"]),
        (&["polars", "polars_parquet", "polars_parquet_format"], &["analysis/history", "analysis/features"]),
        (&["rusqlite"], &["store"]),
        (&["minisign"], &["store/keys"]),
        (&["linfa", "linfa_elasticnet", "linfa_linear", "linfa_linalg", "ndarray"], &["analysis/models"]),
        (&["clap", "rpassword"], &["cli", "main"]),
        (&["ureq"], &["workflows"]),
        (&["evalexpr"], &["analysis/features"]),
        (&["icu_calendar", "jiff"], &["base/calendar", "base"]),
    ];
    let sources = sources();
    for (names, layers) in places {
        for source in sources.iter().filter(|source| !layers.iter().any(|layer| source.is_in(layer))) {
            for name in *names {
                let found: Vec<String> =
                    source.says(name).into_iter().filter(|line| line.contains(&format!("{name}::"))).collect();
                none(&format!("{name} belongs into {layers:?}"), &found);
            }
        }
    }
}

#[test]
fn the_ground_layer_knows_no_files_no_clock_and_no_network() {
    let sources = sources();
    for word in [
        "std::fs",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant",
        "Zoned::now",
        "Timestamp::now",
        "env::var",
    ] {
        let found: Vec<String> =
            sources.iter().filter(|source| source.is_in("base")).flat_map(|source| source.says(word)).collect();
        none(word, &found);
    }
}

#[test]
fn sql_stays_in_the_store() {
    let statements = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE", "PRAGMA "];
    for source in sources().iter().filter(|source| !source.is_in("store")) {
        let found: Vec<String> = source
            .code
            .iter()
            .filter(|(_, line)| statements.iter().any(|word| line.contains(word)))
            .map(|(number, line)| format!("src/{}:{number}: {}", source.path, line.trim()))
            .collect();
        none("SQL outside of src/store", &found);
    }
}

#[test]
fn modules_say_what_they_are_and_lints_are_never_silenced() {
    let mut found = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            found.push(format!("src/{} does not begin with what it is", source.path));
        }
        for silenced in ["#[allow(", "#![allow("] {
            if source.text.contains(silenced) {
                found.push(format!("src/{}: {silenced}", source.path));
            }
        }
        if source.text.lines().count() > 420 {
            found.push(format!("src/{} is too long to be about one thing", source.path));
        }
    }
    none("style", &found);
}

#[test]
fn the_program_does_not_panic_where_it_could_say_something() {
    let mut found = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        // A proof that it cannot happen stands on the line, above it, or as the expected lint of the function.
        let is_proven = |number: usize| {
            let above = &lines[number.saturating_sub(12)..number];
            lines[number - 1].contains("//")
                || lines[number.saturating_sub(2)].trim().starts_with("//")
                || above.iter().any(|line| line.trim().starts_with("#[expect(clippy::"))
        };
        for (number, line) in &source.code {
            let may_panic = [".unwrap()", ".expect(\"", "panic!(", "todo!(", "unimplemented!(", "unreachable!("]
                .iter()
                .any(|word| line.contains(word));
            if may_panic && !is_proven(*number) {
                found.push(format!("src/{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none("panics without a reason why they cannot happen", &found);
}

/// The string literals of a line of code; escapes are left as they are.
fn literals(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((_, after)) = rest.split_once('"') {
        let mut escaped = false;
        let end = after.find(|c| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        });
        let Some(end) = end else { break };
        found.push(&after[..end]);
        rest = &after[end + 1..];
    }
    found
}

fn is_key(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    text.contains('.') && text.split('.').all(is_part)
}

/// The keys in the bodies of `fn key` of errors: those that [`nobat::base::Explain`] asks for.
fn error_keys(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut in_explain, mut in_key) = (false, false);
    for (number, line) in &source.code {
        match line.as_str() {
            line if line.starts_with("impl") => in_explain = line.contains("Explain for"),
            "}" => in_explain = false,
            "    }" => in_key = false,
            line if in_explain && line.starts_with("    fn key(&self)") => in_key = true,
            _ => {}
        }
        if in_key {
            found.extend(literals(line).into_iter().map(|key| (*number, key.to_owned())));
        }
    }
    found
}

fn keys_of(language: Language) -> BTreeSet<&'static str> {
    Catalogue::get(language).keys().collect()
}

#[test]
fn every_word_that_the_sources_name_is_in_both_catalogues() {
    let sources = sources();
    let mut missing = BTreeSet::new();
    let mut errors = 0;
    for language in Language::ALL {
        let keys = keys_of(language);
        let areas: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
        for source in &sources {
            let told =
                |number: usize, key: &str| format!("{}: {key} (src/{}:{number})", language.id(), source.path);
            for (number, key) in error_keys(source) {
                errors += 1;
                for part in ["happened", "untouched", "next"] {
                    let key = format!("error.{key}.{part}");
                    if !keys.contains(key.as_str()) {
                        missing.insert(told(number, &key));
                    }
                }
            }
            for (number, line) in &source.code {
                for literal in literals(line) {
                    let is_ours = is_key(literal) && areas.contains(literal.split('.').next().unwrap_or_default());
                    let is_asked = [".text(\"", ".fill(\"", ".fill_owned(\"", ".report(\""]
                        .iter()
                        .any(|call| line.contains(&format!("{call}{literal}\"")));
                    let is_file =
                        [".db", ".txt", ".yaml", ".png", ".parquet", ".csv", ".json", ".pub", ".key", ".ron"]
                            .iter()
                            .any(|ending| literal.ends_with(ending));
                    if (is_asked || is_ours && !is_file) && !keys.contains(literal) {
                        missing.insert(told(*number, literal));
                    }
                    // `format!("verdict.{}", …)`: there must be words that begin so.
                    if let Some((area, _)) = literal.split_once(".{")
                        && areas.contains(area)
                        && !keys.iter().any(|key| key.starts_with(&format!("{area}.")))
                    {
                        missing.insert(told(*number, literal));
                    }
                }
            }
        }
    }
    assert!(errors > 100, "only {errors} error keys were found: the search no longer fits the sources");
    none("words that are missing", &missing.into_iter().collect::<Vec<_>>());
}

#[test]
fn no_word_of_the_catalogues_is_there_for_nothing() {
    let sources = sources();
    let mut named = BTreeSet::new();
    let mut areas = BTreeSet::new();
    for source in &sources {
        for (_, line) in &source.code {
            for literal in literals(line) {
                // A value that starts with `@` is a key.
                let literal = literal.trim_start_matches('@');
                named.insert(literal.to_owned());
                // `verdict.{}` and `train.about_{}` name everything that begins so.
                areas.extend(
                    literal.split_once('{').map(|(area, _)| area.to_owned()).filter(|area| area.contains('.')),
                );
            }
        }
    }
    let is_named = |key: &str| {
        let error = key.strip_prefix("error.").and_then(|rest| rest.split('.').next());
        match error {
            Some(error) => named.contains(error),
            None => named.contains(key) || areas.iter().any(|area| key.starts_with(area.as_str())),
        }
    };
    let idle: Vec<String> =
        keys_of(Language::English).into_iter().filter(|key| !is_named(key)).map(str::to_owned).collect();
    none("words that nothing says", &idle);
}

#[test]
fn keys_are_written_one_way() {
    let odd: Vec<String> = keys_of(Language::English)
        .into_iter()
        .filter(|key| key.starts_with("error.") && key.contains('-'))
        .map(str::to_owned)
        .collect();
    none("error keys are written with _", &odd);
}

#[test]
fn no_key_stands_in_two_files() {
    for language in Language::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/strings").join(language.id());
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let file = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            for (key, _) in lines.filter_map(|line| line.split_once('=')) {
                let before = seen.insert(key.trim().to_owned(), file.clone());
                assert_eq!(before, None, "{} stands in {file} and before that in another file", key.trim());
            }
        }
        assert_eq!(seen.len(), keys_of(language).len(), "a catalogue file is not compiled in");
    }
}

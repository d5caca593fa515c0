//! Which files make up a source: those that were named, and in a folder those whose names end like a source's.

use std::path::{Path, PathBuf};

use super::SourceError;

/// How the names of sources end, after the ending of a packed file was taken away.
const ENDINGS: &[&str] = &[
    "csv", "tsv", "tab", "txt", "psv", "json", "jsonl", "ndjson", "parquet", "pq", "sqlite", "sqlite3", "db",
    "xlsx", "xlsm", "xlsb", "xls", "ods",
];
const PACKED: &[&str] = &["gz", "gzip", "zst", "zstd"];

/// The files behind `paths`: folders are replaced by the sources in them, sorted by name. Folders in folders are left out, and
/// so is what is hidden or belongs to a program that has a workbook open (`~$…`).
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = sources_in(path)?;
            if found.is_empty() {
                return Err(SourceError::NoFiles { path: path.clone() });
            }
            files.extend(found);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn sources_in(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: folder.to_owned(), cause };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if is_source(&path) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_source(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else { return false };
    if name.starts_with(['.', '_', '~']) {
        return false;
    }
    let unpacked = PACKED.iter().find_map(|ending| name.strip_suffix(&format!(".{ending}"))).unwrap_or(&name);
    unpacked.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_known_by_the_ends_of_their_names() {
        for name in ["a.csv", "A.CSV.GZ", "b.tsv.zst", "ژانویه.xlsx", "v.1.parquet", "x.jsonl.gz", "q.db"] {
            assert!(is_source(Path::new(name)), "{name}");
        }
        for name in [".csv", ".a.csv", "_SUCCESS", "~$a.xlsx", "readme.md", "a.gz", "csv", "a.csv.bak", "map.yaml"]
        {
            assert!(!is_source(Path::new(name)), "{name}");
        }
    }
}

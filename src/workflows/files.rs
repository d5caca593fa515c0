//! Small files that people write and read, and files by their names.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::WorkflowError;

/// `visits` of `visits.csv.gz`.
#[must_use]
pub fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(&name).to_owned()
}

/// The text of a small file that a person wrote.
///
/// # Errors
/// [`WorkflowError::File`] where it cannot be read or is larger than `most_bytes`.
pub fn read_text(path: &Path, most_bytes: u64) -> Result<String, WorkflowError> {
    let mut text = String::new();
    let file = File::open(path).map_err(|cause| file_error(path, cause))?;
    let read = file.take(most_bytes + 1).read_to_string(&mut text).map_err(|cause| file_error(path, cause))?;
    if read as u64 > most_bytes {
        return Err(file_error(path, std::io::Error::other(format!("larger than {most_bytes} bytes"))));
    }
    Ok(text)
}

/// Writes a text; a file that is there is replaced as a whole, or not at all. The folder must be there.
///
/// # Errors
/// [`WorkflowError::File`].
pub fn write_text(path: &Path, text: &str) -> Result<(), WorkflowError> {
    unfinished(path, text.as_bytes())?.persist(path).map(drop).map_err(|error| file_error(path, error.error))
}

/// Writes a text to a file that is not there yet, as a whole or not at all. The folder must be there.
///
/// # Errors
/// [`WorkflowError::File`], also where there is a file of that name: it stays as it is.
pub fn write_new_text(path: &Path, text: &str) -> Result<(), WorkflowError> {
    write_new_bytes(path, text.as_bytes())
}

/// As [`write_new_text`].
///
/// # Errors
/// [`WorkflowError::File`], also where there is a file of that name: it stays as it is.
pub fn write_new_bytes(path: &Path, bytes: &[u8]) -> Result<(), WorkflowError> {
    unfinished(path, bytes)?.persist_noclobber(path).map(drop).map_err(|error| file_error(path, error.error))
}

/// The bytes on the disk, not yet under their name; without one they are gone again.
pub(crate) fn unfinished(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, WorkflowError> {
    let failed = |cause| file_error(path, cause);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    // These files are handed on: others may read them where the system lets them read what this person makes.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut unfinished = builder.prefix(".nobat-").tempfile_in(folder).map_err(failed)?;
    unfinished.write_all(bytes).map_err(failed)?;
    unfinished.as_file().sync_all().map_err(failed)?;
    Ok(unfinished)
}

/// Whether two files hold the same; not where one cannot be read.
#[must_use]
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    let same = || -> std::io::Result<bool> {
        let mut files = [BufReader::new(File::open(a)?), BufReader::new(File::open(b)?)];
        loop {
            let [a, b] = &mut files;
            let (left, right) = (a.fill_buf()?, b.fill_buf()?);
            let both = left.len().min(right.len());
            if left.get(..both) != right.get(..both) || left.is_empty() != right.is_empty() {
                return Ok(false);
            }
            if both == 0 {
                return Ok(true);
            }
            a.consume(both);
            b.consume(both);
        }
    };
    same().unwrap_or(false)
}

/// An error at a file.
pub(crate) fn file_error(path: &Path, cause: std::io::Error) -> WorkflowError {
    WorkflowError::File { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_what_stands_before_the_first_dot() {
        for (path, expected) in [("/a.b/visits.csv.gz", "visits"), (".hidden", ".hidden"), ("x", "x"), ("/", "")] {
            assert_eq!(stem(Path::new(path)), expected);
        }
    }

    #[test]
    fn a_text_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        write_text(&path, "one").unwrap();
        write_text(&path, "two").unwrap();
        assert!(write_new_text(&path, "three").is_err());
        assert_eq!(read_text(&path, 3).unwrap(), "two");
        assert!(read_text(&path, 2).is_err());
        let other = folder.path().join("b.yaml");
        for (text, same) in [("two", true), ("tw", false), ("twos", false), ("", false)] {
            std::fs::write(&other, text).unwrap();
            assert_eq!(is_same_file(&path, &other), same, "{text}");
        }
        std::fs::remove_file(&other).unwrap();
        assert!(!is_same_file(&path, &other));
        assert!(write_text(&folder.path().join("absent/a.yaml"), "x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

//! Files that are put in place whole, under the digest of their content, and read back only with it.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::WorkspaceError;
use crate::base::Digest;
use crate::base::digest::Digester;
use crate::store::sqlite::DatabaseError;

/// A file that is being written. It disappears unless it is kept.
#[derive(Debug)]
pub struct Draft(NamedTempFile);

/// The digest and the size of a file.
pub(super) struct Measure {
    pub digest: Digest,
    pub bytes: u64,
}

impl Draft {
    /// In the folder in which it is to be kept, so that keeping it is a rename.
    pub(super) fn new(folder: &Path) -> Result<Draft, WorkspaceError> {
        let make = || -> io::Result<NamedTempFile> {
            std::fs::create_dir_all(folder)?;
            let mut builder = tempfile::Builder::new();
            builder.prefix(".nobat-").suffix(".new");
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            builder.tempfile_in(folder)
        };
        make().map(Draft).map_err(|error| wrong(error, folder))
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Brings the bytes to the disk and digests them.
    pub(super) fn measure(&mut self) -> Result<Measure, WorkspaceError> {
        let mut measure = || {
            let file = self.0.as_file_mut();
            file.sync_all()?;
            file.rewind()?;
            digest_of(file)
        };
        measure().map_err(|error| wrong(error, self.0.path()))
    }

    /// Puts the file in place. One that is there already, which no row speaks of or which is the same, is replaced.
    pub(super) fn keep(self, path: &Path) -> Result<(), WorkspaceError> {
        self.0.persist(path).map_err(|error| wrong(error.error, path))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        crate::store::sync_folder(folder).map_err(|error| wrong(error, folder))
    }
}

/// Puts `bytes` in place at `path`.
pub(super) fn keep_bytes(path: &Path, bytes: &[u8]) -> Result<(), WorkspaceError> {
    let mut draft = Draft::new(path.parent().unwrap_or(Path::new(".")))?;
    let write = |file: &mut File| file.write_all(bytes).and_then(|()| file.sync_all());
    write(draft.file()).map_err(|error| wrong(error, path))?;
    draft.keep(path)
}

/// Opens `path` and checks that it has `expected`.
pub(super) fn check(path: &Path, expected: Digest) -> Result<(), WorkspaceError> {
    let found = open(path).and_then(|mut file| digest_of(&mut file).map_err(|error| wrong(error, path)))?.digest;
    if found == expected {
        Ok(())
    } else {
        Err(WorkspaceError::FileAltered { expected, found, path: path.to_owned() })
    }
}

/// The bytes of `path`, which have `expected`.
pub(super) fn read(path: &Path, expected: Digest) -> Result<Vec<u8>, WorkspaceError> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(|error| wrong(error, path))?;
    let found = Digest::of(&bytes);
    if found == expected {
        Ok(bytes)
    } else {
        Err(WorkspaceError::FileAltered { expected, found, path: path.to_owned() })
    }
}

fn open(path: &Path) -> Result<File, WorkspaceError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => WorkspaceError::FileGone { path: path.to_owned() },
        _ => wrong(error, path),
    })
}

fn digest_of(file: &mut File) -> io::Result<Measure> {
    let (mut digester, mut bytes) = (Digester::default(), 0);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(filled) = buffer.get(..read).filter(|filled| !filled.is_empty()) else { break };
        digester.update(filled);
        bytes += filled.len() as u64;
    }
    Ok(Measure { digest: digester.finish(), bytes })
}

fn wrong(error: io::Error, path: &Path) -> WorkspaceError {
    WorkspaceError::Database(DatabaseError::of_io(error, path))
}

//! The bytes of one file: counted and digested as they are read, and unpacked within bounds.
//!
//! It does not know what the bytes mean beyond their first few. The invariant: an [`Input`] that [`Input::finish`]
//! accepts was read whole, and was the same file from the first byte to the last.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use crate::base::Digest;
use crate::base::digest::Digester;

use super::SourceError;

/// How much of a file is looked at to recognise it, in bytes.
pub(super) const START: usize = 1 << 16;
/// How many times its size a file may unpack to …
pub(super) const MOST_GROWTH: u64 = 200;
/// … beyond this many bytes, which every file may.
const FREE_GROWTH: u64 = 256 << 20;
const BUFFER: usize = 1 << 18;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames.
    Zstd,
}

impl Compression {
    /// The name for people, which is the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "Zstandard",
        }
    }
}

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Parquet,
    Sqlite,
    /// A ZIP archive, which modern workbooks are.
    Zip,
    /// A compound document, which old workbooks are.
    Compound,
}

impl Kind {
    fn of(start: &[u8]) -> Kind {
        const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        match start {
            _ if start.starts_with(b"PAR1") => Kind::Parquet,
            _ if start.starts_with(b"SQLite format 3\0") => Kind::Sqlite,
            _ if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") => Kind::Zip,
            _ if start.starts_with(COMPOUND) => Kind::Compound,
            _ => Kind::Text,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Parquet => "Parquet",
            Kind::Sqlite => "SQLite",
            Kind::Zip => "ZIP",
            Kind::Compound => "XLS",
        }
    }
}

/// An open file, of which the beginning was read.
pub(super) struct Input {
    pub path: PathBuf,
    /// The size of the file in bytes.
    pub length: u64,
    pub kind: Kind,
    pub compression: Option<Compression>,
    /// The beginning, unpacked.
    pub start: Vec<u8>,
    /// What follows, unpacked.
    pub rest: Box<dyn Read + Send>,
    pub seal: Seal,
}

/// What an open file was, to be compared once it has been read.
#[derive(Clone)]
pub(super) struct Seal {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    meter: Meter,
}

/// Bytes that were read, and their digest.
#[derive(Clone, Default)]
struct Meter {
    bytes: Arc<AtomicU64>,
    digester: Arc<Mutex<Digester>>,
}

/// Opens the file at `path` and reads its beginning.
pub(super) fn open(path: &Path) -> Result<Input, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
    let file = File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "not a file")));
    }
    let meter = Meter::default();
    let seal =
        Seal { path: path.to_owned(), length: meta.len(), modified: meta.modified().ok(), meter: meter.clone() };
    let mut raw = Metered { file, meter };
    let start = read_start(&mut raw).map_err(unreadable)?;
    if start.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let length = meta.len();
    let Some(compression) = compression(&start) else {
        let kind = Kind::of(&start);
        return Ok(Input {
            path: path.to_owned(),
            length,
            kind,
            compression: None,
            start,
            rest: Box::new(raw),
            seal,
        });
    };
    let broken = |cause| SourceError::of_read(path, true, cause);
    let raw = BufReader::with_capacity(BUFFER, io::Cursor::new(start).chain(raw));
    let inner: Box<dyn Read + Send> = match compression {
        Compression::Gzip => Box::new(MultiGzDecoder::new(raw)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(raw).map_err(broken)?),
    };
    let mut rest = Unpacked { inner, bytes: 0, packed: seal.meter.bytes.clone() };
    let start = read_start(&mut rest).map_err(broken)?;
    if start.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    match Kind::of(&start) {
        Kind::Text if self::compression(&start).is_none() => {}
        Kind::Text => return Err(SourceError::Packed { what: "gzip/zstd", path: path.to_owned() }),
        kind => return Err(SourceError::Packed { what: kind.name(), path: path.to_owned() }),
    }
    Ok(Input {
        path: path.to_owned(),
        length,
        kind: Kind::Text,
        compression: Some(compression),
        start,
        rest: Box::new(rest),
        seal,
    })
}

fn compression(start: &[u8]) -> Option<Compression> {
    match start {
        [0x1f, 0x8b, ..] => Some(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
        _ => None,
    }
}

/// The first [`START`] bytes, or all there are.
fn read_start(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    from.take(START as u64).read_to_end(&mut start)?;
    Ok(start)
}

impl Seal {
    /// The bytes of the file that were read so far.
    pub fn done_bytes(&self) -> u64 {
        self.meter.bytes.load(Ordering::Relaxed)
    }

    /// Reads what is left of the file, so that all of it is in the digest.
    pub fn read_rest(&self, rest: &mut dyn Read) -> Result<(), SourceError> {
        io::copy(rest, &mut io::sink())
            .map(|_| ())
            .map_err(|cause| SourceError::Unreadable { path: self.path.clone(), cause })
    }

    /// The size and the digest of the file, of which all was read.
    ///
    /// # Errors
    /// [`SourceError::Changed`] where it is not the file any more that was opened.
    pub fn finish(&self) -> Result<(u64, Digest), SourceError> {
        let meta = std::fs::metadata(&self.path)
            .map_err(|cause| SourceError::Unreadable { path: self.path.clone(), cause })?;
        let is_same = meta.len() == self.length && meta.modified().ok() == self.modified;
        if !is_same || self.done_bytes() != self.length {
            return Err(SourceError::Changed { path: self.path.clone() });
        }
        let mut digester = self.meter.digester.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((self.length, std::mem::take(&mut *digester).finish()))
    }
}

/// Counts and digests what is read from a file.
struct Metered {
    file: File,
    meter: Meter,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.meter.bytes.fetch_add(read as u64, Ordering::Relaxed);
        let fresh = buffer.get(..read).unwrap_or_default();
        self.meter.digester.lock().unwrap_or_else(PoisonError::into_inner).update(fresh);
        Ok(read)
    }
}

/// Fails once more comes out than goes in, in no proportion.
struct Unpacked {
    inner: Box<dyn Read + Send>,
    bytes: u64,
    packed: Arc<AtomicU64>,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        let most = self.packed.load(Ordering::Relaxed).saturating_mul(MOST_GROWTH).max(FREE_GROWTH);
        if self.bytes > most { Err(io::ErrorKind::QuotaExceeded.into()) } else { Ok(read) }
    }
}

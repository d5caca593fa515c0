//! What is kept: the registry of versions, signing keys, what serving said, an analyst's data sets and runs.
//!
//! The store keeps bytes, digests and documents; it does not know what a model or a visit is, and it has no
//! clock: whoever calls it says what time it is. SQL stays in here, in `.sql` files. The invariant: a change is
//! written whole or not at all, and what is read back was checked against its digest or signature first.

pub mod foreign;
pub mod keys;
pub mod predictions;
pub mod registry;
pub mod sqlite;
pub mod workspace;

/// Makes a rename in `folder` outlive the loss of power.
fn sync_folder(folder: &std::path::Path) -> std::io::Result<()> {
    // Windows keeps its directory entries by itself and does not open folders as files.
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod explained;

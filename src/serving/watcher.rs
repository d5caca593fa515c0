//! Follows the registry: which generation is live, and whether it may answer here.
//!
//! One look costs about 10 µs as long as nothing changed. A generation that is refused is noted and tried again only
//! when the registry changes; a registry that cannot be read is opened anew every second. Versions that were live
//! lately stay loaded, so that a rollback only swaps a pointer. It never writes to the registry.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::LoadError;
use super::clock::now;
use super::deployment::{Deployment, Model, Refused, Told};
use super::online::Online;
use super::routes::App;
use crate::base::Version;
use crate::store::keys::TrustedKeys;
use crate::store::predictions::LiveEntry;
use crate::store::registry::{Registry, RegistryError, Rollout};
use crate::store::sqlite::{Access, DatabaseError};

/// Versions that stay loaded.
const KEPT_MODELS: usize = 4;

/// How long a registry that cannot be read is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// The watcher's side of the service.
pub(super) struct Watcher {
    app: Arc<App>,
    path: PathBuf,
    opened: Option<Opened>,
    /// A registry that could not be read is not tried again before then.
    retry_at: Option<Instant>,
    loader: Loader,
}

/// The registry, and the state of it that was looked at last.
struct Opened {
    registry: Registry,
    file: FileIdentity,
    data_version: Option<i64>,
    live: Option<Rollout>,
}

/// Loads versions, and remembers the last few.
struct Loader {
    trusted: TrustedKeys,
    /// The one used last is at the end.
    kept: Vec<Arc<Model>>,
}

/// Tells a file from another one that was put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileIdentity(Option<(u64, u64)>);

impl Watcher {
    pub fn new(app: Arc<App>, registry: Registry, trusted: TrustedKeys) -> Watcher {
        let path = registry.path().to_owned();
        // Where the file cannot be looked at, the first look says so.
        let file = FileIdentity::of(&path).unwrap_or(FileIdentity(None));
        let opened = Some(Opened { registry, file, data_version: None, live: None });
        Watcher { app, path, opened, retry_at: None, loader: Loader { trusted, kept: Vec::new() } }
    }

    /// Looks every `poll` until the other end of `stop` is gone.
    pub fn run(mut self, poll: Duration, stop: &Receiver<()>) {
        while stop.recv_timeout(poll) == Err(RecvTimeoutError::Timeout) {
            // Whatever goes wrong with one version must not end the watching.
            if catch_unwind(AssertUnwindSafe(|| self.look())).is_err() {
                let reason = "the watcher panicked".to_owned();
                self.give_up(Told { reason, key: "watcher_panicked", fields: BTreeMap::new() });
            }
        }
    }

    /// Follows the registry once.
    pub fn look(&mut self) {
        if self.retry_at.is_some_and(|retry_at| Instant::now() < retry_at) {
            return;
        }
        match self.follow() {
            Ok(()) => {
                self.retry_at = None;
                if self.app.live.notes().registry_error.is_some() {
                    self.app.live.note(|notes| notes.registry_error = None);
                }
            }
            Err(error) => self.give_up(Told::of(&error)),
        }
    }

    fn give_up(&mut self, why: Told) {
        self.opened = None;
        self.retry_at = Some(Instant::now() + RETRY);
        self.app.live.note(|notes| notes.registry_error = Some(why));
    }

    fn follow(&mut self) -> Result<(), RegistryError> {
        let file = FileIdentity::of(&self.path)?;
        let opened = match self.opened.take() {
            Some(opened) if opened.file == file => opened,
            _ => Opened {
                registry: Registry::open(&self.path, Access::Read)?,
                file,
                data_version: None,
                live: None,
            },
        };
        let Opened { registry, data_version, live, .. } = self.opened.insert(opened);
        let found = registry.data_version()?;
        if *data_version == Some(found) {
            return Ok(());
        }
        let now_live = registry.live()?;
        if let Some(rollout) = &now_live
            && (now_live != *live || self.app.live.notes().refused.is_some())
        {
            let loaded = match self.loader.load(registry, rollout.version) {
                // Not the version's fault: the whole look is done again.
                Err(LoadError::Registry(error @ RegistryError::Database(_))) => return Err(error),
                loaded => loaded,
            };
            put_in_place(&self.app, rollout, loaded);
        }
        follow_online(&self.app, registry)?;
        (*data_version, *live) = (Some(found), now_live);
        Ok(())
    }
}

/// Puts the online values in place that were published last. Values that were altered are not used, nor are those before
/// them: what they were computed from is no longer known to be what was published.
fn follow_online(app: &App, registry: &Registry) -> Result<(), RegistryError> {
    let last = registry.last_publication()?;
    let notes = app.live.notes();
    if last == app.live.online().map(|online| online.identity) && notes.online_error.is_none() {
        return Ok(());
    }
    let (online, error) = match registry.publication() {
        Ok(publication) => (publication.as_ref().map(Online::of), None),
        Err(RegistryError::Database(error)) => return Err(error.into()),
        Err(error) => (None, Some(Told::of(&error))),
    };
    app.live.put_online(online);
    if notes.online_error != error {
        app.live.note(|notes| notes.online_error = error);
    }
    Ok(())
}

/// Lets a version answer that was loaded, or says why it was not; writes down which.
fn put_in_place(app: &App, rollout: &Rollout, loaded: Result<Arc<Model>, LoadError>) {
    let Rollout { generation, version, .. } = *rollout;
    let (before, notes, at) = (app.live.deployment(), app.live.notes(), now());
    let (refused, is_news) = match loaded {
        Ok(model) => {
            let is_same =
                |before: &Deployment| before.generation == generation && Arc::ptr_eq(&before.model, &model);
            let is_news = !before.as_deref().is_some_and(is_same);
            if is_news {
                app.live.deploy(Deployment { generation, loaded_at: at, model });
            }
            (None, is_news)
        }
        Err(error) => {
            let refused = Some(Refused { generation, version, why: Told::of(&error) });
            let is_news = notes.refused != refused;
            (refused, is_news)
        }
    };
    let reason = refused.as_ref().map(|refused| refused.why.reason.clone());
    app.live.note(|notes| notes.refused = refused);
    if is_news {
        let written = app.log.record_live(LiveEntry { at, generation, version, refused: reason });
        app.live.note(|notes| notes.log_error = written.err().map(|error| error.to_string()));
    }
}

impl Loader {
    /// Versions never change, so that one with the statement of one that is kept is that one.
    fn load(&mut self, registry: &Registry, version: Version) -> Result<Arc<Model>, LoadError> {
        let statement = registry.statement(version)?;
        let model = match self.kept.iter().position(|kept| kept.statement == statement) {
            Some(place) => self.kept.remove(place),
            None => Arc::new(Model::load(registry, version, &self.trusted)?),
        };
        if self.kept.len() >= KEPT_MODELS {
            self.kept.remove(0);
        }
        self.kept.push(Arc::clone(&model));
        Ok(model)
    }
}

impl FileIdentity {
    /// Asks for the file's name only: see [`crate::store::sqlite`] on opening it by other means than SQLite's.
    fn of(path: &Path) -> Result<FileIdentity, DatabaseError> {
        let metadata = path.metadata().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => DatabaseError::Missing { path: path.to_owned() },
            _ => DatabaseError::of_io(error, path),
        })?;
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino()))
        };
        // Elsewhere a file that is open cannot be replaced.
        #[cfg(not(unix))]
        let identity = {
            let _ = metadata;
            None
        };
        Ok(FileIdentity(identity))
    }
}

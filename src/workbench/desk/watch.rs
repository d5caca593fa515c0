//! Notices what changes outside of the window: the registry, and what the serving side says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use egui::Context;

use crate::store::registry::Registry;
use crate::store::sqlite::Access;
use crate::workflows::Home;
use crate::workflows::server::{Client, LiveStatus};

/// A thread that looks, and asks for a frame when something is new. It ends when this is dropped.
pub(super) struct Watch {
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    over: AtomicBool,
    changed: AtomicBool,
    server: Mutex<Option<SocketAddr>>,
    live: Mutex<Option<LiveStatus>>,
}

const PAUSE: Duration = Duration::from_millis(250);

impl Watch {
    /// Starts looking.
    pub fn start(home: Home, context: Context) -> Watch {
        let seen = Arc::new(Seen::default());
        let seen_by_thread = seen.clone();
        let thread = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || look(&home, &context, &seen_by_thread))
            // Without it the window still refreshes after its own commands.
            .ok();
        Watch { seen, thread }
    }

    /// Whether the registry changed since this was asked last.
    pub fn take_change(&self) -> bool {
        self.seen.changed.swap(false, Ordering::Relaxed)
    }

    /// Asks the service at `address` what is live, from now on.
    pub fn follow(&self, address: Option<SocketAddr>) {
        *lock(&self.seen.server) = address;
        *lock(&self.seen.live) = None;
    }

    /// What the service said last.
    pub fn live(&self) -> Option<LiveStatus> {
        lock(&self.seen.live).clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.seen.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It holds nothing that could be lost.
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn look(home: &Home, context: &Context, seen: &Seen) {
    let mut registry: Option<(Registry, i64)> = None;
    let mut client: Option<(SocketAddr, Client)> = None;
    while !seen.over.load(Ordering::Relaxed) {
        if registry_changed(home, &mut registry) {
            seen.changed.store(true, Ordering::Relaxed);
            context.request_repaint();
        }
        let address = *lock(&seen.server);
        if client.as_ref().map(|(of, _)| *of) != address {
            client = address.map(|address| (address, Client::new(address)));
        }
        if let Some((_, client)) = &client {
            let said = client.live().ok();
            let mut live = lock(&seen.live);
            if *live != said && *lock(&seen.server) == address {
                *live = said;
                context.request_repaint();
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// A registry that cannot be opened is not watched; the job that reads it says why.
fn registry_changed(home: &Home, registry: &mut Option<(Registry, i64)>) -> bool {
    match registry {
        None => {
            let opened =
                home.registry().exists().then(|| Registry::open(home.registry(), Access::Read).ok()).flatten();
            *registry =
                opened.and_then(|registry| Some((registry.data_version().ok()?, registry))).map(|(v, r)| (r, v));
            registry.is_some()
        }
        Some((open, last)) => match open.data_version() {
            Ok(now) if now != *last => {
                *last = now;
                true
            }
            Ok(_) => false,
            Err(_) => {
                *registry = None;
                false
            }
        },
    }
}

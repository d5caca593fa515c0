//! Starting, running and ending the service.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::serve::ListenerExt;

use super::clock::now;
use super::deployment::Live;
use super::online::OnlineCounts;
use super::routes::{App, routes};
use super::watcher::Watcher;
use super::{Options, ServeError};
use crate::base::task::CancelToken;
use crate::store::keys::TrustedKeys;
use crate::store::predictions::PredictionLog;
use crate::store::registry::Registry;
use crate::store::sqlite::Access;

/// Threads that answer.
const THREADS: usize = 2;
/// How often it is asked whether to stop.
const STOP_POLL: Duration = Duration::from_millis(50);
/// The registry is not asked more often, whatever the options say.
const SHORTEST_POLL: Duration = Duration::from_millis(5);
/// Requests under way have this long to end when the service stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// Answers until `stop` is cancelled; then ends requests under way, writes what is to be logged, and returns.
/// `on_ready` is told where it listens, once the live version is in place or was refused.
///
/// A live version that is refused or absent is no error: the service runs, says so, and waits for one.
///
/// # Errors
/// [`ServeError`]; nothing was answered then.
pub fn run(options: Options, stop: &CancelToken, on_ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let trusted = TrustedKeys::read(&options.trust).map_err(ServeError::Trust)?;
    let registry = Registry::open(&options.registry, Access::Read).map_err(ServeError::Registry)?;
    let listener = listen(options.listen)?;
    let threads = |source| ServeError::Threads { source };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("answers")
        .enable_all()
        .build()
        .map_err(threads)?;
    let log = PredictionLog::open(&options.predictions).map_err(ServeError::Predictions)?;
    let app = Arc::new(App { live: Live::default(), log, online: OnlineCounts::default(), clock: now });
    let mut watcher = Watcher::new(Arc::clone(&app), registry, trusted);
    watcher.look();
    let (stop_watching, watched) = channel();
    let poll = options.poll.max(SHORTEST_POLL);
    let watching = std::thread::Builder::new()
        .name("watcher".to_owned())
        .spawn(move || watcher.run(poll, &watched))
        .map_err(threads)?;
    let served = runtime.block_on(serve(listener, Arc::clone(&app), options.listen, stop, on_ready));
    runtime.shutdown_timeout(FAREWELL);
    drop(stop_watching);
    // A panic of the watcher was caught inside of it.
    let _ = watching.join();
    // The log writes what waits when the last of `app` goes, which is here.
    drop(app);
    served
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let wrong = |source| ServeError::of_listening(source, address);
    let listener = TcpListener::bind(address).map_err(wrong)?;
    listener.set_nonblocking(true).map_err(wrong)?;
    Ok(listener)
}

async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    address: SocketAddr,
    stop: &CancelToken,
    on_ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let wrong = |source| ServeError::of_listening(source, address);
    let listener = tokio::net::TcpListener::from_std(listener).map_err(wrong)?;
    on_ready(listener.local_addr().map_err(wrong)?);
    let listener = listener.tap_io(|connection| {
        // Answers are small and must not wait for the next; without it they are only slower.
        let _ = connection.set_nodelay(true);
    });
    let until = stop.clone();
    let serving = axum::serve(listener, routes(app)).with_graceful_shutdown(stopped(until));
    tokio::select! {
        served = serving => served.map_err(wrong),
        () = async { stopped(stop.clone()).await; tokio::time::sleep(FAREWELL).await } => Ok(()),
    }
}

async fn stopped(stop: CancelToken) {
    while !stop.is_cancelled() {
        tokio::time::sleep(STOP_POLL).await;
    }
}

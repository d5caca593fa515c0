//! Work on many threads whose results come out in the order in which the work went in.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// Hands what `produce` gives to `work` on every core, and its results to `consume` in the same order. Producing and
/// consuming happen on this thread. At most four pieces a core are on their way at a time, so that memory stays
/// bounded however slow a piece is. The first error ends everything.
pub(super) fn in_order<T: Send, R: Send, E: Send>(
    mut produce: impl FnMut() -> Result<Option<T>, E>,
    work: impl Fn(T) -> Result<R, E> + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let most_on_the_way = threads * 4;
    let (jobs, waiting) = mpsc::channel::<(u64, T)>();
    let (done, results) = mpsc::channel::<(u64, Result<R, E>)>();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (waiting, done, work) = (&waiting, done.clone(), &work);
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((index, piece)) = job else { return };
                    if done.send((index, work(piece))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        // Dropped on every way out, so that the threads end.
        let jobs = jobs;
        let (mut sent, mut consumed, mut ended) = (0, 0, false);
        let mut early: BTreeMap<u64, R> = BTreeMap::new();
        loop {
            while !ended && sent - consumed < most_on_the_way as u64 {
                match produce()? {
                    Some(piece) => {
                        // The threads end only after this sender is gone.
                        let _ = jobs.send((sent, piece));
                        sent += 1;
                    }
                    None => ended = true,
                }
            }
            if consumed == sent {
                return Ok(());
            }
            let Ok((index, result)) = results.recv() else { return Ok(()) };
            early.insert(index, result?);
            while let Some(result) = early.remove(&consumed) {
                consume(result)?;
                consumed += 1;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_order_and_the_first_error_ends_it() {
        let mut next = 0;
        let mut seen = Vec::new();
        let produce = || {
            next += 1;
            Ok((next <= 1_000).then_some(next))
        };
        // Later pieces are quicker, so that they would overtake.
        let work = |piece: u64| {
            std::thread::yield_now();
            Ok((0..(1_000 - piece) * 50).fold(piece, |sum, n| std::hint::black_box(sum ^ n ^ n)))
        };
        in_order::<u64, u64, ()>(produce, work, |result| {
            seen.push(result);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, (1..=1_000).collect::<Vec<_>>());

        let mut produced = 0;
        let produce = || {
            produced += 1;
            Ok(Some(produced))
        };
        let work = |piece: u64| if piece == 100 { Err("stop") } else { Ok(piece) };
        let mut last = 0;
        let result = in_order(produce, work, |result| {
            last = result;
            Ok(())
        });
        assert_eq!(result, Err("stop"));
        assert!(last < 100, "nothing beyond the error is consumed");
        assert!(produced < 200, "what is on its way is bounded");
    }
}

//! Work on several threads, results in the order in which the work was given out.
//!
//! One thread feeds, some work, the caller takes. Between them stands a queue that holds a few jobs for each thread: when
//! the caller is slow, the feeder waits, so that what is in memory does not grow with what is to be done.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Jobs in flight for each thread: one that it works on, one that waits, one that is done and waits for its turn.
const PER_THREAD: usize = 3;

/// How long the caller waits for a result before it is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the caller is told.
#[derive(Debug)]
pub enum Step<D> {
    /// The next result.
    Done(D),
    /// The next result is not there yet; now and then while it is not.
    Waiting,
}

/// Where the feeder puts jobs; false when nobody wants more.
pub type Push<'a, J> = &'a mut dyn FnMut(J) -> bool;

/// Feeds jobs, works on them on some threads, and hands over the results in the order of the jobs. An error of the caller
/// ends everything.
pub fn ordered<J: Send, D: Send, E>(
    threads: usize,
    feed: impl FnOnce(Push<'_, J>) + Send,
    work: impl Fn(J) -> D + Sync,
    take: &mut dyn FnMut(Step<D>) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.max(1);
    let (todo, jobs) = channel::<(J, SyncSender<D>)>();
    let (turns, results) = sync_channel::<Receiver<D>>(threads * PER_THREAD);
    let (jobs, work) = (Mutex::new(jobs), &work);
    let jobs = &jobs;
    std::thread::scope(move |scope| {
        scope.spawn(move || {
            feed(&mut |job| {
                let (done, result) = sync_channel(1);
                turns.send(result).is_ok() && todo.send((job, done)).is_ok()
            });
        });
        for _ in 0..threads {
            scope.spawn(move || {
                loop {
                    let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((job, done)) = next else { return };
                    // Where the caller has gone, so has the receiver.
                    if done.send(work(job)).is_err() {
                        return;
                    }
                }
            });
        }
        // Gone when the caller wants no more, which the feeder must see before it is waited for.
        let results = results;
        while let Some(result) = patiently(&results, take)? {
            // A worker that panicked leaves nothing; the panic goes on when the threads are joined.
            match patiently(&result, take)? {
                Some(done) => take(Step::Done(done))?,
                None => break,
            }
        }
        Ok(())
    })
}

/// The next message; nothing when there will be none.
fn patiently<T, D, E>(from: &Receiver<T>, take: &mut dyn FnMut(Step<D>) -> Result<(), E>) -> Result<Option<T>, E> {
    match from.try_recv() {
        Ok(message) => return Ok(Some(message)),
        Err(TryRecvError::Disconnected) => return Ok(None),
        Err(TryRecvError::Empty) => take(Step::Waiting)?,
    }
    loop {
        match from.recv_timeout(PATIENCE) {
            Ok(message) => return Ok(Some(message)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => take(Step::Waiting)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn squares(threads: usize) -> Vec<u64> {
        let mut all = Vec::new();
        let feed = |push: Push<'_, u64>| {
            (0..500).for_each(|number| {
                push(number);
            })
        };
        let work = |number: u64| {
            // The later ones of a group are done first.
            std::thread::sleep(Duration::from_micros((7 - number % 8) * 20));
            number * number
        };
        let ended: Result<(), ()> = ordered(threads, feed, work, &mut |step| {
            if let Step::Done(square) = step {
                all.push(square);
            }
            Ok(())
        });
        assert_eq!(ended, Ok(()));
        all
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let wanted: Vec<u64> = (0..500).map(|number| number * number).collect();
        assert_eq!(squares(1), wanted);
        assert_eq!(squares(7), wanted);
    }

    #[test]
    fn whoever_takes_slowly_or_stops_holds_up_the_feeder() {
        let fed = AtomicUsize::new(0);
        let feed = |push: Push<'_, usize>| {
            for number in 0..100_000 {
                if !push(number) {
                    return;
                }
                fed.fetch_add(1, Ordering::Relaxed);
            }
        };
        let mut taken = 0;
        let ended = ordered(2, feed, |number| number, &mut |step| {
            taken += usize::from(matches!(step, Step::Done(_)));
            if taken == 10 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(ended, Err("enough"));
        assert!(fed.load(Ordering::Relaxed) <= 10 + 2 * PER_THREAD + 3);
    }
}

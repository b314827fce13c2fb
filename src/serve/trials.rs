//! Trials of changed settings and templates: what runs for as long as the settings ask, because a page shows what a
//! change would do.
//!
//! A trial has its own thread. It is stopped after [`TRIAL_TIME`], and its request is answered once the server shuts
//! down; few run at a time. Trials write nothing.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use crate::pipeline::StopSignal;

/// How long a trial may take, without the time in which ledgers are read for the pages.
const TRIAL_TIME: Duration = Duration::from_secs(60);
/// How often it is looked whether the server shuts down.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Trials of a notice, so many at a time.
pub(super) struct Trials {
    slots: Arc<Semaphore>,
    /// True when the server shuts down.
    stopped: watch::Receiver<bool>,
    time: Duration,
}

impl Trials {
    /// At most `most` at a time, until `stopped` is true.
    pub(super) fn new(most: usize, stopped: watch::Receiver<bool>) -> Self {
        Self { slots: Arc::new(Semaphore::new(most)), stopped, time: TRIAL_TIME }
    }

    /// Runs a trial and waits for it.
    ///
    /// # Errors
    /// With why there is no result, in Chinese.
    pub(super) fn run<T: Send + 'static>(
        &self,
        trial: impl FnOnce(&StopSignal) -> T + Send + 'static,
    ) -> Result<T, String> {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            return Err("别处正在试算改动，请过一会儿再看一次".to_owned());
        };
        let stop = StopSignal::default();
        let (sender, result) = channel();
        let stopped = stop.clone();
        std::thread::spawn(move || {
            let outcome = trial(&stopped);
            // A client that has a result may ask for the next.
            drop(slot);
            // The request of one that was stopped is answered already.
            let _ = sender.send(outcome);
        });
        let started = Instant::now();
        loop {
            let reason = match result.recv_timeout(POLL_INTERVAL) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Disconnected) => "程序内部出错".to_owned(),
                Err(RecvTimeoutError::Timeout) if *self.stopped.borrow() => "网页程序正在结束".to_owned(),
                Err(RecvTimeoutError::Timeout) if started.elapsed() > self.time => format!(
                    "试算超过 {} 秒没有算完，已停下：看看有没有对每一行再数一遍全部行的算式、循环套循环的模板",
                    self.time.as_secs()
                ),
                Err(RecvTimeoutError::Timeout) => continue,
            };
            stop.stop();
            return Err(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use tokio::sync::watch;

    use super::{StopSignal, Trials};

    /// Runs until it is stopped.
    fn endless(stop: &StopSignal) {
        while !stop.is_stopped() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_trial_without_end_is_stopped() {
        let (end, stopped) = watch::channel(false);
        let trials = Trials { time: Duration::ZERO, ..Trials::new(1, stopped.clone()) };
        assert_eq!(trials.run(|_| 1), Ok(1));
        let (sender, ended) = channel();
        let refused = trials.run(move |stop| {
            endless(stop);
            sender.send(()).expect("the test waits");
        });
        assert!(refused.expect_err("it has no end").starts_with("试算超过 0 秒没有算完"));
        ended.recv().expect("its thread ends");
        // The end of the server comes before the end of the time.
        let trials = Trials::new(2, stopped);
        assert_eq!(trials.run(|_| panic!("a fault of the program")), Err::<(), _>("程序内部出错".to_owned()));
        end.send(true).expect("the trials listen");
        assert_eq!(trials.run(endless), Err("网页程序正在结束".to_owned()));
    }

    #[test]
    fn few_trials_run_at_a_time() {
        let (_end, stopped) = watch::channel(false);
        let trials = Trials { time: Duration::ZERO, ..Trials::new(4, stopped) };
        let waiting: Vec<_> = (0..4)
            .map(|_| {
                let (sender, go_on) = channel::<()>();
                // These do not look whether they are stopped.
                assert!(trials.run(move |_| go_on.recv().is_err()).is_err());
                sender
            })
            .collect();
        assert!(trials.run(|_| 1).expect_err("too many").starts_with("别处正在试算改动"));
        drop(waiting);
    }
}

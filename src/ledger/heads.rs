//! The head, read for many at once. An answer is never older than the last acknowledged write if the head that it goes
//! by is read after the request has arrived; requests that arrive while a reading is under way share the next one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::Head;
use crate::kernel::{Fault, TenantCode};
use crate::tenancy::TenantDb;

/// The heads of all tenants.
#[derive(Clone, Default)]
pub struct Heads(Arc<Mutex<HashMap<TenantCode, Arc<Line>>>>);

impl Heads {
    /// The head as a statement sees it that begins after this call.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn read(&self, db: &TenantDb) -> Result<Head, Fault> {
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match lines.get(db.code()) {
                Some(line) => Arc::clone(line),
                None => Arc::clone(lines.entry(db.code().clone()).or_default()),
            }
        };
        let db = db.clone();
        let reading = line.join(|| {
            let head = async move {
                let snapshot = db.snapshot();
                super::head(&mut *snapshot.read_once().await?).await
            };
            head.boxed()
        });
        reading.await
    }
}

type Reading = BoxFuture<'static, Result<Head, Fault>>;

/// One tenant's readings: one under way at most, and one that has not begun.
#[derive(Default)]
struct Line {
    turn: tokio::sync::Mutex<()>,
    next: Mutex<Option<Shared<Reading>>>,
}

impl Line {
    /// The reading that begins next. All who wait for it drive it, so that nobody depends on another who leaves.
    fn join(self: &Arc<Self>, read: impl FnOnce() -> Reading) -> Shared<Reading> {
        let joined = |reading: &mut Option<Shared<Reading>>| {
            let reading = reading.get_or_insert_with(|| self.in_turn(read()).boxed().shared());
            reading.clone()
        };
        joined(&mut self.next())
    }

    fn in_turn(
        self: &Arc<Self>,
        read: Reading,
    ) -> impl Future<Output = Result<Head, Fault>> + use<> {
        let line = Arc::clone(self);
        async move {
            let _turn = line.turn.lock().await;
            // From here on it is under way, and whoever comes must not be told what it saw.
            line.next().take();
            read.await
        }
    }

    fn next(&self) -> MutexGuard<'_, Option<Shared<Reading>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    /// A ledger that says where it stood when it was asked, and answers when it is let.
    #[derive(Default)]
    struct Ledger {
        seq: AtomicI64,
        readings: AtomicUsize,
        begun: Notify,
        let_go: Notify,
    }

    impl Ledger {
        fn reading(self: &Arc<Self>) -> Reading {
            let ledger = Arc::clone(self);
            let read = async move {
                let seq = ledger.seq.load(Ordering::SeqCst);
                ledger.readings.fetch_add(1, Ordering::SeqCst);
                ledger.begun.notify_one();
                ledger.let_go.notified().await;
                Ok(Head { seq, epoch: 1 })
            };
            read.boxed()
        }

        fn write(&self) -> i64 {
            self.seq.fetch_add(1, Ordering::SeqCst) + 1
        }
    }

    fn seq(told: &Result<Head, Fault>) -> i64 {
        told.as_ref().expect("a head").seq
    }

    #[tokio::test]
    async fn who_comes_during_a_reading_waits_for_the_next_which_all_share() {
        let (line, ledger) = (Arc::<Line>::default(), Arc::<Ledger>::default());
        let ask = || tokio::spawn(line.join(|| ledger.reading()));
        let first = ask();
        ledger.begun.notified().await;
        let written = ledger.write();
        let late: Vec<_> = (0..50).map(|_| ask()).collect();
        ledger.let_go.notify_one();
        assert_eq!(seq(&first.await.expect("told")), 0);
        ledger.begun.notified().await;
        ledger.let_go.notify_one();
        for one in late {
            assert_eq!(seq(&one.await.expect("told")), written);
        }
        assert_eq!(ledger.readings.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_leaves_holds_nobody_up() {
        let (line, ledger) = (Arc::<Line>::default(), Arc::<Ledger>::default());
        let ask = || tokio::spawn(line.join(|| ledger.reading()));
        let (first, stays) = (ask(), ask());
        ledger.begun.notified().await;
        first.abort();
        assert!(first.await.expect_err("it has left").is_cancelled());
        let alone = ask();
        tokio::task::yield_now().await;
        alone.abort();
        assert!(alone.await.expect_err("it has left").is_cancelled());
        ledger.let_go.notify_one();
        assert_eq!(seq(&stays.await.expect("told")), 0);
        // What the last one left behind, unbegun, is taken up by the next.
        let written = ledger.write();
        let next = ask();
        ledger.begun.notified().await;
        ledger.let_go.notify_one();
        assert_eq!(seq(&next.await.expect("told")), written);
        // All leave in the middle of a reading.
        let gone = ask();
        ledger.begun.notified().await;
        gone.abort();
        assert!(gone.await.expect_err("it has left").is_cancelled());
        let next = ask();
        ledger.begun.notified().await;
        ledger.let_go.notify_one();
        assert_eq!(seq(&next.await.expect("told")), written);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_those_who_waited_and_to_nobody_later() {
        let (line, ledger) = (Arc::<Line>::default(), Arc::<Ledger>::default());
        let lost = || async { Err(Fault::unavailable("lost")) }.boxed();
        let told = futures_util::join!(line.join(lost), line.join(lost));
        assert!(told.0.is_err_and(|fault| fault.is_unavailable()) && told.1.is_err());
        ledger.let_go.notify_one();
        assert_eq!(seq(&line.join(|| ledger.reading()).await), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nobody_is_told_of_a_moment_before_they_asked() {
        let (line, seq_now) = (Arc::<Line>::default(), Arc::new(AtomicI64::new(0)));
        let clients = (0..64).map(|_| {
            let (line, now) = (Arc::clone(&line), Arc::clone(&seq_now));
            tokio::spawn(async move {
                for _ in 0..200 {
                    let written = now.fetch_add(1, Ordering::SeqCst) + 1;
                    let now = Arc::clone(&now);
                    let read = || {
                        let read = async move {
                            let seq = now.load(Ordering::SeqCst);
                            tokio::task::yield_now().await;
                            Ok(Head { seq, epoch: 1 })
                        };
                        read.boxed()
                    };
                    let told = seq(&line.join(read).await);
                    assert!(told >= written, "{told} is older than {written}");
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.expect("nobody was told of the past");
        }
    }
}

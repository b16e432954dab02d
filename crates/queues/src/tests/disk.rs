//! A disk that lets go of what it was given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use freehold_store::Error;
use freehold_store::messages::{Change, Contents, Deduplication, Disk, Journal, MemoryJournal, Message};

use super::{Bench, clock, outgoing};

/// A journal in memory whose disk fails once, as kernels report it: the next call succeeds.
struct Flaky {
    journal: MemoryJournal,
    fails: Arc<AtomicBool>,
}

impl Journal for Flaky {
    fn write(&mut self, changes: &[Change]) -> Result<(), Error> {
        self.journal.write(changes)
    }

    fn disk(&self) -> Box<dyn Disk> {
        Box::new(FlakyDisk(Arc::clone(&self.fails)))
    }

    fn reserved(&mut self) -> Result<u64, Error> {
        self.journal.reserved()
    }

    fn messages(&mut self, each: &mut dyn FnMut(Message)) -> Result<(), Error> {
        self.journal.messages(each)
    }

    fn deduplications(&mut self) -> Result<Vec<Deduplication>, Error> {
        self.journal.deduplications()
    }

    fn contents(&self) -> Box<dyn Contents> {
        self.journal.contents()
    }
}

struct FlakyDisk(Arc<AtomicBool>);

impl Disk for FlakyDisk {
    fn synchronise(&mut self) -> Result<(), Error> {
        if self.0.swap(false, Ordering::Relaxed) { Err(Error::Engine("lost a page".into())) } else { Ok(()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_disk_lost_a_page_nothing_is_acknowledged_until_a_restart() {
    let (journal, fails) = (MemoryJournal::default(), Arc::new(AtomicBool::new(false)));
    let flaky = Flaky { journal: journal.clone(), fails: Arc::clone(&fails) };
    let bench = Bench::over(flaky, clock()).standard();
    bench.send("before").await;
    fails.store(true, Ordering::Relaxed);
    assert!(bench.queues.send(vec![outgoing("lost")]).await.is_err());
    // The disk says that all is well again, and nobody believes it.
    assert!(bench.queues.send(vec![outgoing("after")]).await.is_err());
    assert_eq!(bench.texts(10, 30).await, ["before"]);
    bench.queues.close();
    let again = Bench::over(journal, clock()).standard();
    assert!(again.texts(10, 30).await.contains(&"before".to_owned()));
    again.send("later").await;
}

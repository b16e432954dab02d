//! A disk that fills up: nothing acknowledged is lost, the error says so, and writing goes on when there is room.
//!
//! The disk is a small tmpfs, or an ext4 file system in a file, in a mount namespace of the test's own thread, which
//! ends with it and takes mount and loop device along.

use std::path::Path;
use std::process::Command;

use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::thread::{UnshareFlags, unshare_unsafe};

use super::super::SqliteStore;
use crate::conformance::Ship;
use crate::{Error, Filter, StoreExt, TxExt};

/// Runs `test` once on a tmpfs and once on an ext4 of `size_kib`, each mounted where only the test's thread sees it.
fn on_small_disks(size_kib: u64, test: fn(&Path)) {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: mounting a small disk takes root");
        return;
    }
    // SAFETY: this thread only tries whether it may; it ends at once, and its view of mounts with it.
    let may_mount = std::thread::spawn(|| unsafe { unshare_unsafe(UnshareFlags::NEWNS) }.is_ok());
    if !may_mount.join().unwrap() {
        eprintln!("SKIPPED: this root may not mount (CAP_SYS_ADMIN is missing)");
        return;
    }
    let mut disks: Vec<fn(u64, &Path, &Path)> = vec![mount_tmpfs];
    if Path::new("/dev/loop-control").exists() {
        disks.push(mount_ext4);
    } else {
        eprintln!("SKIPPED: the part on ext4, for want of loop devices");
    }
    for mount in disks {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        let thread = std::thread::spawn(move || {
            // SAFETY: only this thread's view of mounts changes; no file descriptor table is unshared.
            unsafe { unshare_unsafe(UnshareFlags::NEWNS) }.unwrap();
            mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
            let disk = path.join("disk");
            std::fs::create_dir(&disk).unwrap();
            mount(size_kib, &path, &disk);
            test(&disk);
        });
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

fn mount_tmpfs(size_kib: u64, _: &Path, disk: &Path) {
    let size = std::ffi::CString::new(format!("size={size_kib}k")).unwrap();
    mount("tmpfs", disk, "tmpfs", MountFlags::empty(), size.as_c_str()).unwrap();
}

fn mount_ext4(size_kib: u64, directory: &Path, disk: &Path) {
    let image = directory.join("image");
    std::fs::File::create(&image).unwrap().set_len(size_kib * 1024).unwrap();
    let run = |command: &mut Command| {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(Command::new("mkfs.ext4").args(["-q", "-m0", "-b4096", "-O^has_journal"]).arg(&image));
    run(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(disk));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn open(directory: &Path) -> Result<SqliteStore, Error> {
    SqliteStore::open(directory, "eu-test-1")
}

/// A document of about 20 KiB.
fn laden(id: &str) -> Ship {
    Ship::new(id, &"9".repeat(20_000), None)
}

fn put(store: &SqliteStore, ship: Ship) -> Result<(), Error> {
    block_on(store.transact(move |tx| tx.put(&ship)))
}

fn ids(store: &SqliteStore) -> Vec<String> {
    store.list::<Ship>(&Filter::all()).unwrap().into_iter().map(|ship| ship.id).collect()
}

/// Takes all the room that is left.
fn fill(directory: &Path) {
    use std::io::Write;
    let mut ballast = std::fs::File::create(directory.join("ballast")).unwrap();
    while ballast.write_all(&[0; 4096]).is_ok() {}
}

fn empty(directory: &Path) {
    std::fs::remove_file(directory.join("ballast")).unwrap();
}

#[test]
fn writing_stops_with_full_and_goes_on_when_there_is_room() {
    on_small_disks(6144, |directory| {
        // More than half of the disk: closing folds the log into the database, which takes as much room again.
        std::fs::write(directory.join("ballast"), vec![0; 3328 * 1024]).unwrap();
        let store = open(directory).unwrap();
        let mut written = Vec::new();
        let error = (0..1000).find_map(|number| {
            let id = format!("{number:04}");
            match put(&store, laden(&id)) {
                Ok(()) => {
                    written.push(id);
                    None
                }
                Err(error) => Some(error),
            }
        });
        assert!(matches!(error, Some(Error::Full)), "{error:?}");
        assert!(!written.is_empty());
        assert_eq!(ids(&store), written);
        assert!(matches!(put(&store, laden("again")), Err(Error::Full)));
        empty(directory);
        put(&store, laden("later")).unwrap();
        written.push("later".into());
        assert_eq!(ids(&store), written);
        drop(store);
        assert_eq!(ids(&open(directory).unwrap()), written);
    });
}

#[test]
fn of_a_group_that_did_not_fit_nothing_is_there_and_everybody_is_told() {
    on_small_disks(2048, |directory| {
        let store = open(directory).unwrap();
        put(&store, Ship::new("first", "1", None)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let told = runtime.block_on(async {
            let (holding, held) = (store.transact::<_, Error, _>(hold), async {
                let puts = (0..300).map(|number| {
                    let ship = laden(&format!("{number:04}"));
                    store.transact::<_, Error, _>(move |tx| tx.put(&ship))
                });
                join_all(puts).await
            });
            tokio::join!(holding, held).1
        });
        let kept = told.iter().filter(|told| told.is_ok()).count();
        assert!(told.iter().any(Result::is_err));
        assert!(told.iter().all(|told| matches!(told, Ok(()) | Err(Error::Full))), "{told:?}");
        assert_eq!(ids(&store).len(), kept + 1);
        drop(store);
        assert_eq!(ids(&open(directory).unwrap()).len(), kept + 1);
    });
}

/// Keeps the writer long enough for others to queue up behind it; nothing depends on how long.
fn hold(_: &mut dyn crate::Tx) -> Result<(), Error> {
    std::thread::sleep(std::time::Duration::from_millis(20));
    Ok(())
}

async fn join_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut pending {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if pending.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[test]
fn a_full_disk_at_the_first_start_is_named() {
    on_small_disks(1024, |directory| {
        fill(directory);
        let error = open(directory).unwrap_err();
        assert!(matches!(error, Error::Full), "{error}");
        empty(directory);
        put(&open(directory).unwrap(), laden("a")).unwrap();
    });
}

#[test]
fn state_that_was_there_survives_a_start_on_a_full_disk() {
    on_small_disks(1024, |directory| {
        put(&open(directory).unwrap(), laden("a")).unwrap();
        fill(directory);
        match open(directory) {
            Ok(store) => {
                assert_eq!(ids(&store), ["a"]);
                assert!(matches!(put(&store, laden("b")), Err(Error::Full)));
            }
            Err(error) => assert!(matches!(error, Error::Full), "{error}"),
        }
        empty(directory);
        let store = open(directory).unwrap();
        assert_eq!(ids(&store), ["a"]);
        put(&store, laden("b")).unwrap();
    });
}

//! Starting, ending, restarting, adopting.

use super::*;

#[tokio::test]
async fn a_machine_boots_is_limited_and_leaves_nothing_behind() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    assert!(matches!(region.driver.state(&id).await.unwrap(), MachineState::Running { .. }));
    region.console_shows(&id, "boot finished").await;
    region.console_shows(&id, "BEGIN SSH HOST KEY FINGERPRINTS").await;
    assert_eq!(region.inside(&id, "hostname"), "ip-10-0-0-5");
    assert_eq!(region.inside(&id, "nproc"), "1");
    assert_eq!(region.inside(&id, "grep -c ^processor /proc/cpuinfo"), "1");
    let total = region.inside(&id, "free -m | awk '/^Mem/ {print $2}'");
    assert_eq!(total, "64");
    let group = |file: &str| region.inside(&id, &format!("cat /sys/fs/cgroup/{file}"));
    if !cgroup::is_unified() {
        assert_eq!(group("memory/memory.limit_in_bytes"), "67108864");
        assert_eq!(group("cpu/cpu.cfs_quota_us"), "50000");
        assert_eq!(group("pids/pids.max"), "4096");
    }
    region.inside(&id, "echo to whom it may concern > /dev/console");
    region.console_shows(&id, "to whom it may concern").await;
    // 100 MiB do not fit into 64: the kernel ends what asks for them, and the machine goes on.
    let hungry = region.inside(&id, "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo survived");
    assert!(!hungry.contains("survived"), "{hungry}");
    let full = region.inside(&id, "dd if=/dev/zero of=/big bs=1M; rm -f /big");
    assert!(full.contains("No space left"), "{full}");
    assert!(region.inside(&id, "ps").contains("dropbear"));
    region.driver.destroy(&id).await.unwrap();
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Absent);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn powering_off_inside_ends_the_machine_and_keeps_its_disk() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let mut events = region.driver.events();
    region.inside(&id, "echo kept > /root/file; poweroff");
    exited(&mut events, &id).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Stopped);
    region.console_shows(&id, "powering off").await;
    let more = Resources { memory_mib: 128, ..region.spec(1).resources };
    region.driver.resize(&id, &more).await.unwrap();
    region.driver.start(&id).await.unwrap();
    region.console_shows_times(&id, "boot finished", 2).await;
    assert_eq!(region.inside(&id, "cat /root/file"), "kept");
    assert_eq!(region.inside(&id, "free -m | awk '/^Mem/ {print $2}'"), "128");
    region.driver.shut_down(&id).await.unwrap();
    exited(&mut events, &id).await;
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_reboot_keeps_the_process_and_starts_everything_again() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let before = region.driver.state(&id).await.unwrap();
    region.driver.reboot(&id).await.unwrap();
    region.console_shows_times(&id, "boot finished", 2).await;
    region.inside(&id, "reboot");
    region.console_shows_times(&id, "boot finished", 3).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_new_driver_adopts_what_runs() {
    let Some(mut region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let before = region.driver.state(&id).await.unwrap();
    region.driver = driver(&region.place, &region.images);
    assert_eq!(region.driver.list().await.unwrap(), std::slice::from_ref(&id));
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    region.driver.start(&id).await.unwrap();
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    let mut events = region.driver.events();
    region.driver.kill(&id).await.unwrap();
    exited(&mut events, &id).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Stopped);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_failed_start_leaves_nothing_running() {
    let Some(region) = Region::new() else { return };
    let mut spec = region.spec(1);
    // No such CPU: runc fails after it has made the control groups.
    spec.resources.cpuset = vec![4000];
    region.driver.create(&spec).await.unwrap();
    let error = region.driver.start(&spec.id).await.unwrap_err();
    assert!(matches!(error, Error::Program { program: "runc", .. }), "{error}");
    assert_eq!(region.driver.state(&spec.id).await.unwrap(), MachineState::Stopped);
    region.assert_clean();
    region.driver.destroy(&spec.id).await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let Some(region) = Region::new() else { return };
    let mut spec = region.spec(1);
    spec.image = "ami-0".into();
    assert!(matches!(region.driver.create(&spec).await, Err(Error::NoImage(_))));
    assert!(matches!(region.driver.start("nobody").await, Err(Error::NoMachine(_))));
    assert!(matches!(region.driver.start("../etc").await, Err(Error::NoMachine(_))));
    region.driver.destroy("nobody").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_machines_start_at_once() {
    let Some(region) = Region::new() else { return };
    let began = std::time::Instant::now();
    let starts: Vec<_> = (0..50)
        .map(|number| {
            let (driver, spec) = (region.driver.clone(), region.spec(number));
            tokio::spawn(async move {
                driver.create(&spec).await?;
                driver.start(&spec.id).await?;
                Ok::<_, Error>(spec.id)
            })
        })
        .collect();
    let mut ids = Vec::new();
    for start in starts {
        ids.push(start.await.unwrap().unwrap());
    }
    eprintln!("50 machines started in {:?}", began.elapsed());
    for id in &ids {
        assert!(matches!(region.driver.state(id).await.unwrap(), MachineState::Running { .. }));
        region.console_shows(id, "boot finished").await;
    }
    eprintln!("50 machines booted in {:?}", began.elapsed());
    for id in &ids {
        region.driver.destroy(id).await.unwrap();
    }
    region.assert_clean();
}

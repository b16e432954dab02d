//! What keeps the guest in.

use super::*;

#[tokio::test]
async fn root_inside_is_nobody_outside_and_the_disk_keeps_plain_owners() {
    use std::os::unix::fs::MetadataExt;
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    let MachineState::Running { pid } = region.driver.state(&id).await.unwrap() else { panic!("not running") };
    let owner = std::fs::metadata(format!("/proc/{pid}")).unwrap().uid();
    if owner == 0 {
        eprintln!("SKIPPED: this host cannot shift the owners of files");
    } else {
        assert_eq!(owner, bundle::Users::of(&id).first);
    }
    region.console_shows(&id, "boot finished").await;
    assert_eq!(region.inside(&id, "touch /root/mine && stat -c %u /root/mine /root /etc/passwd"), "0\n0\n0");
    let mine = region.place.path().join("machines").join(&id).join("disk/upper/root/mine");
    assert_eq!(std::fs::metadata(mine).unwrap().uid(), 0);
    // No other user of the host gets to the guest's files.
    let passed = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "ls"])
        .arg(directory::Directory::new(&region.place.path().canonicalize().unwrap(), &id).unwrap().rootfs())
        .output()
        .unwrap();
    assert!(!passed.status.success());
    // Neither the host's kernel nor its devices.
    assert!(!region.inside(&id, "echo 1 > /proc/sys/kernel/sysrq && echo done").contains("done"));
    assert!(!region.inside(&id, "mount -t tmpfs none /mnt && echo done").contains("done"));
    assert!(!region.inside(&id, "mknod /root/disk b 7 0 && head -c 1 /root/disk && echo done").contains("done"));
    assert!(!region.inside(&id, "unshare -U true && echo done").contains("done"));
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_machine_runs_on_the_cpus_that_it_may_and_no_others() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let allowed = || {
        let status = region.inside(&id, "grep Cpus_allowed_list /proc/self/status");
        crate::capacity::list(status.split_once(':').unwrap().1)
    };
    let online = allowed();
    region.driver.pin(&id, &[0]).await.unwrap();
    assert_eq!(allowed(), [0]);
    // The next start keeps to it.
    region.driver.kill(&id).await.unwrap();
    region.driver.start(&id).await.unwrap();
    region.console_shows_times(&id, "boot finished", 2).await;
    assert_eq!(allowed(), [0]);
    region.driver.pin(&id, &[]).await.unwrap();
    assert_eq!(allowed(), online);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

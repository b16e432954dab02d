//! Images made from machines.

use super::*;

#[tokio::test]
async fn an_image_of_a_machine_starts_another_with_the_same_files() {
    let Some(region) = Region::new() else { return };
    let images = ImageStore::open(region.place.path()).unwrap();
    let base = Recipe::Minimal.image_id();
    let linked = region.place.path().join("images").join(&base);
    std::os::unix::fs::symlink(image_store().unwrap().join("images").join(&base), linked).unwrap();
    let driver = driver(&region.place, &images);
    let spec = region.spec(1);
    driver.create(&spec).await.unwrap();
    driver.start(&spec.id).await.unwrap();
    region.console_shows(&spec.id, "boot finished").await;
    region.inside(&spec.id, "echo golden > /etc/mine; rm /etc/motd; chown 1000:7 /etc/mine; sync");
    let machine = region.place.path().join("machines").join(&spec.id);
    let about = |name: &str| crate::image::Description { name: name.into(), description: String::new() };
    let running = images.from_machine(&machine, &base, about("running")).unwrap();
    driver.kill(&spec.id).await.unwrap();
    let stopped = images.from_machine(&machine, &base, about("stopped")).unwrap();
    for image in [&running, &stopped] {
        let root = images.rootfs_dir(&image.id).unwrap();
        let mine = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(root.join("etc/mine")).unwrap());
        assert_eq!(mine, 1000);
        assert!(!root.join("etc/motd").exists());
    }
    let copy = MachineSpec { image: stopped.id.clone(), ..region.spec(2) };
    driver.create(&copy).await.unwrap();
    driver.start(&copy.id).await.unwrap();
    region.console_shows(&copy.id, "boot finished").await;
    assert_eq!(region.inside(&copy.id, "cat /etc/mine"), "golden");
    for id in [&spec.id, &copy.id] {
        driver.destroy(id).await.unwrap();
    }
    assert!(images.erofs(&stopped.id).unwrap().is_file());
    images.remove(&stopped.id).unwrap();
    assert!(images.get(&stopped.id).is_err());
    region.assert_clean();
}

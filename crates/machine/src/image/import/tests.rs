use std::os::unix::fs::symlink;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;

fn tar(tree: &Path, archive: &Path) {
    let mut command = Command::new("tar");
    program::run("tar", command.arg("-cf").arg(archive).arg("-C").arg(tree).arg(".")).unwrap();
}

/// Puts a file into a layout's blobs; answers its digest.
fn add_blob(layout: &Path, content: &[u8]) -> String {
    let hash = hex::encode(Sha256::digest(content));
    fs::create_dir_all(layout.join("blobs/sha256")).unwrap();
    fs::write(layout.join("blobs/sha256").join(&hash), content).unwrap();
    format!("sha256:{hash}")
}

fn oci_archive(place: &Path, layers: &[&dyn Fn(&Path)]) -> std::path::PathBuf {
    let layout = place.join("layout");
    let mut digests = Vec::new();
    for (index, make) in layers.iter().enumerate() {
        let tree = place.join(format!("layer{index}"));
        fs::create_dir_all(&tree).unwrap();
        make(&tree);
        let archive = place.join(format!("layer{index}.tar"));
        tar(&tree, &archive);
        digests.push(json!({"digest": add_blob(&layout, &fs::read(archive).unwrap())}));
    }
    let manifest = add_blob(&layout, json!({"layers": digests}).to_string().as_bytes());
    let other = json!({"digest": "sha256:0", "platform": {"os": "linux", "architecture": "arm64"}});
    let index = json!({"manifests": [other, {"digest": manifest}]});
    fs::write(layout.join("index.json"), index.to_string()).unwrap();
    fs::write(layout.join("oci-layout"), "{}").unwrap();
    let archive = place.join("image.tar");
    tar(&layout, &archive);
    archive
}

#[test]
fn layers_are_applied_in_order_with_their_whiteouts() {
    if !crate::testing::is_root("overlay mounts") {
        return;
    }
    let place = crate::testing::directory("oci");
    let archive = oci_archive(
        place.path(),
        &[
            &|tree| {
                fs::create_dir_all(tree.join("bin")).unwrap();
                fs::create_dir_all(tree.join("etc/old")).unwrap();
                fs::write(tree.join("bin/sh"), "one").unwrap();
                fs::write(tree.join("bin/gone"), "").unwrap();
                fs::write(tree.join("etc/old/file"), "").unwrap();
            },
            &|tree| {
                fs::create_dir_all(tree.join("bin")).unwrap();
                fs::create_dir_all(tree.join("etc/old")).unwrap();
                fs::write(tree.join("bin/.wh.gone"), "").unwrap();
                fs::write(tree.join("bin/sh"), "two").unwrap();
                fs::write(tree.join("etc/old/.wh..wh..opq"), "").unwrap();
                fs::write(tree.join("etc/old/new"), "").unwrap();
            },
        ],
    );
    let root = place.path().join("root");
    unpack(&archive, &root, &place.path().join("scratch"), &|_| {}).unwrap();
    assert_eq!(fs::read(root.join("bin/sh")).unwrap(), b"two");
    assert!(!root.join("bin/gone").exists());
    assert!(!root.join("etc/old/file").exists());
    assert!(root.join("etc/old/new").exists());
}

#[test]
fn a_link_in_one_layer_does_not_lead_another_out_of_the_tree() {
    if !crate::testing::is_root("overlay mounts") {
        return;
    }
    let place = crate::testing::directory("oci");
    let outside = place.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    let archive = oci_archive(
        place.path(),
        &[
            &|tree| {
                fs::create_dir_all(tree.join("bin")).unwrap();
                symlink(&outside, tree.join("trap")).unwrap();
            },
            &|tree| {
                fs::create_dir_all(tree.join("trap")).unwrap();
                fs::write(tree.join("trap/file"), "").unwrap();
            },
        ],
    );
    let root = place.path().join("root");
    unpack(&archive, &root, &place.path().join("scratch"), &|_| {}).unwrap();
    assert!(!outside.join("file").exists());
    assert!(root.join("trap/file").exists());
}

#[test]
fn a_changed_blob_is_refused() {
    let place = crate::testing::directory("oci");
    let layout = place.path().join("layout");
    let digest = add_blob(&layout, b"{\"layers\": []}");
    fs::write(layout.join("blobs/sha256").join(&digest[7..]), "{\"layers\": [] }").unwrap();
    let index = json!({"manifests": [{"digest": digest}]});
    fs::write(layout.join("index.json"), index.to_string()).unwrap();
    assert!(oci::layers(&layout).unwrap_err().to_string().contains("does not have that digest"));
}

#[test]
fn an_archive_without_a_system_is_refused() {
    let place = crate::testing::directory("tar");
    let tree = place.path().join("tree");
    fs::create_dir_all(&tree).unwrap();
    fs::write(tree.join("readme"), "").unwrap();
    let archive = place.path().join("a.tar");
    tar(&tree, &archive);
    let refused = unpack(&archive, &place.path().join("root"), &place.path().join("scratch"), &|_| {});
    assert!(matches!(refused, Err(Error::Unsupported(_))));
}

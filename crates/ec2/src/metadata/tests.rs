//! What an instance is told about itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use freehold_api::ec2::{InstanceMetadataOptionsRequest, RunInstancesRequest, Tag, TagSpecification, op};
use freehold_machine::net::metadata::MetadataSource;

use super::Metadata;
use crate::testing::{ACCOUNT, IMAGE, World, call};

#[tokio::test]
async fn an_instance_is_known_by_its_address_and_told_who_it_is() {
    let world = World::new();
    let ec2 = world.region();
    let tag = Tag { key: Some("Name".into()), value: Some("web".into()) };
    let request = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(1),
        max_count: Some(1),
        user_data: Some(STANDARD.encode("#!/bin/sh\n")),
        metadata_options: Some(InstanceMetadataOptionsRequest {
            http_tokens: Some("required".into()),
            instance_metadata_tags: Some("enabled".into()),
            ..Default::default()
        }),
        tag_specifications: Some(vec![TagSpecification {
            resource_type: Some("instance".into()),
            tags: Some(vec![tag]),
        }]),
        ..Default::default()
    };
    let made = call(&ec2, op::RunInstances, request).await.unwrap().instances.unwrap().remove(0);
    let (vpc, address) = (made.vpc_id.unwrap(), made.private_ip_address.unwrap());
    let source = Metadata::new(ec2);

    let told = source.instance(&vpc, address.parse().unwrap()).await.unwrap();
    assert!(told.enabled && told.tokens_required);
    assert_eq!(told.user_data.as_deref(), Some(b"#!/bin/sh\n".as_slice()));
    let leaf = |path: &str| told.leaves.get(path).map(String::as_str);
    assert_eq!(leaf("meta-data/instance-id"), made.instance_id.as_deref());
    assert_eq!(leaf("meta-data/local-ipv4"), Some(address.as_str()));
    assert_eq!(leaf("meta-data/tags/instance/Name"), Some("web"));
    assert_eq!(leaf("meta-data/placement/availability-zone-id"), Some("use1-az1"));
    let mac = leaf("meta-data/mac").unwrap();
    assert_eq!(leaf(&format!("meta-data/network/interfaces/macs/{mac}/vpc-ipv4-cidr-block")), Some("172.31.0.0/16"));
    let document: serde_json::Value =
        serde_json::from_str(leaf("dynamic/instance-identity/document").unwrap()).unwrap();
    assert_eq!(document["accountId"], ACCOUNT);
}

#[tokio::test]
async fn nobody_is_told_anything_under_an_address_that_nobody_has() {
    let world = World::new();
    let source = Metadata::new(world.region());
    assert_eq!(source.instance("vpc-0123456789abcdef0", "172.31.0.9".parse().unwrap()).await, None);
    assert_eq!(source.resolve("vpc-0123456789abcdef0", "ip-172-31-0-9.ec2.internal").await, None);
    assert_eq!(source.resolve("vpc-0123456789abcdef0", "example.org").await, None);
}

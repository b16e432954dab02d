//! A product as the price list has it (*Price List guide, Reading the service price list file*).

use std::collections::BTreeMap;

use freehold_billing::bill::{Described, sku};
use freehold_billing::engine::{FargatePlatform, Instance, Platform, Product, Tenancy};

use crate::{Costs, offered};

/// By name.
pub(super) type Attributes = BTreeMap<&'static str, String>;

/// What is known of a product.
pub(super) struct Listed {
    pub sku: String,
    /// `Compute Instance`
    pub family: &'static str,
    pub attributes: Attributes,
    /// What its terms are like, each with all values that they have.
    pub terms: &'static [Choice],
}

/// An attribute of terms, and what products with such terms may have there.
pub(super) type Choice = (&'static str, &'static [&'static str]);

const ON_DEMAND_ONLY: &[Choice] = &[("termType", &["OnDemand"])];
const RESERVABLE: &[Choice] = &[
    ("termType", &["OnDemand", "Reserved"]),
    ("LeaseContractLength", &["1yr", "3yr"]),
    ("OfferingClass", &["standard", "convertible"]),
    ("PurchaseOption", &["No Upfront", "Partial Upfront", "All Upfront"]),
];

/// Only what runs Linux can be reserved here.
fn terms_of(product: &Product) -> &'static [Choice] {
    let is_reservable = matches!(product, Product::Instance(Instance { platform: Platform::Linux, tenancy, .. }) if *tenancy != Tenancy::Host);
    if is_reservable { RESERVABLE } else { ON_DEMAND_ONLY }
}

/// Of the region, as the price list writes it.
const LOCATION: &str = "US East (N. Virginia)";

impl Costs {
    /// What the price list says of a product; `None` if its type is not in the catalogue.
    pub(super) fn listed(&self, product: &Product) -> Option<Listed> {
        let service = product.service();
        let Described { usage_type, .. } = Described::of(product);
        let operation = offered::operation(product);
        let mut attributes = Attributes::from([
            ("servicecode", service.to_owned()),
            ("servicename", service_name(service).to_owned()),
            ("location", LOCATION.to_owned()),
            ("locationType", "AWS Region".to_owned()),
            ("regionCode", product.region().to_string()),
            ("usagetype", usage_type),
            ("operation", operation.to_owned()),
        ]);
        let family = self.describe(product, &mut attributes)?;
        Some(Listed { sku: sku(product), family, attributes, terms: terms_of(product) })
    }

    /// Adds what is special about a product, and says which family it is of.
    fn describe(&self, product: &Product, attributes: &mut Attributes) -> Option<&'static str> {
        let mut add = |pairs: &[(&'static str, &str)]| {
            attributes.extend(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
        };
        Some(match product {
            Product::Instance(instance) => {
                self.describe_instance(instance, attributes)?;
                "Compute Instance"
            }
            Product::Room(instance) => {
                self.describe_instance(instance, attributes)?;
                attributes.insert("capacitystatus", "UnusedCapacityReservation".to_owned());
                "Compute Instance"
            }
            Product::Host { family, .. } => {
                add(&[("instanceType", family), ("tenancy", "Host"), ("capacitystatus", "AllocatedHost")]);
                "Dedicated Host"
            }
            Product::FargateCpu { platform, .. } => {
                add(&[("cputype", "perCPU"), ("tenancy", "Shared"), ("cpuArchitecture", architecture(*platform))]);
                add(&[("operatingSystem", fargate_system(*platform))]);
                "Compute"
            }
            Product::FargateMemory { platform, .. } => {
                add(&[("memorytype", "perGB"), ("tenancy", "Shared"), ("cpuArchitecture", architecture(*platform))]);
                add(&[("operatingSystem", fargate_system(*platform))]);
                "Compute"
            }
            Product::LambdaDuration { is_arm, .. } => {
                add(&[("group", if *is_arm { "AWS-Lambda-Duration-ARM" } else { "AWS-Lambda-Duration" })]);
                "Serverless"
            }
            Product::LambdaProvisioned { is_arm, .. } => {
                let group = if *is_arm {
                    "AWS-Lambda-Provisioned-Concurrency-ARM"
                } else {
                    "AWS-Lambda-Provisioned-Concurrency"
                };
                add(&[("group", group)]);
                "Serverless"
            }
            Product::LambdaOnProvisioned { is_arm, .. } => {
                let group =
                    if *is_arm { "AWS-Lambda-Duration-Provisioned-ARM" } else { "AWS-Lambda-Duration-Provisioned" };
                add(&[("group", group)]);
                "Serverless"
            }
            Product::LambdaRequests { .. } => {
                add(&[("group", "AWS-Lambda-Requests")]);
                "Serverless"
            }
            Product::Other { service, usage_type, .. } => describe_other(service, usage_type, add),
            Product::Spot { .. } => return None,
        })
    }

    fn describe_instance(&self, instance: &Instance, attributes: &mut Attributes) -> Option<()> {
        let name = instance.kind.to_string();
        let facts = self.hardware.attributes(&name)?;
        let yes_no = |is| if is { "Yes" } else { "No" };
        let (system, license) = match &instance.platform {
            Platform::Linux => ("Linux", "No License required"),
            Platform::Other(description) => match &**description {
                "Red Hat Enterprise Linux" => ("RHEL", "No License required"),
                "SUSE Linux" => ("SUSE", "No License required"),
                other => (other, "No License required"),
            },
        };
        attributes.extend([
            ("instanceType", name),
            ("instanceFamily", facts.family.to_owned()),
            ("currentGeneration", yes_no(facts.is_current).to_owned()),
            ("vcpu", instance.kind.vcpus.to_string()),
            ("memory", facts.memory()),
            ("storage", facts.storage()),
            ("networkPerformance", facts.network.to_owned()),
            ("physicalProcessor", facts.manufacturer.to_owned()),
            ("processorArchitecture", "64-bit".to_owned()),
            ("operatingSystem", system.to_owned()),
            ("licenseModel", license.to_owned()),
            ("preInstalledSw", "NA".to_owned()),
            ("capacitystatus", "Used".to_owned()),
            ("marketoption", "OnDemand".to_owned()),
            ("normalizationSizeFactor", crate::money::plain(instance.kind.units())),
        ]);
        let tenancy = match instance.tenancy {
            Tenancy::Shared => "Shared",
            Tenancy::Dedicated => "Dedicated",
            Tenancy::Host => "Host",
        };
        attributes.insert("tenancy", tenancy.to_owned());
        if let Some(ghz) = facts.clock_ghz {
            attributes.insert("clockSpeed", format!("{ghz} GHz"));
        }
        if facts.gpus > 0 {
            attributes.insert("gpu", facts.gpus.to_string());
        }
        Some(())
    }
}

fn architecture(platform: FargatePlatform) -> &'static str {
    if platform == FargatePlatform::LinuxArm { "ARM" } else { "x86" }
}

fn fargate_system(platform: FargatePlatform) -> &'static str {
    if platform == FargatePlatform::Windows { "Windows" } else { "Linux" }
}

/// Volumes, addresses, load balancers, requests.
fn describe_other(service: &str, usage_type: &str, mut add: impl FnMut(&[(&'static str, &str)])) -> &'static str {
    match (service, usage_type) {
        ("AmazonEC2", volume) if volume.starts_with("EBS:") => {
            let (api_name, kind, media) = match volume.rsplit_once('.').map_or("standard", |(_, kind)| kind) {
                "piops" => ("io1", "Provisioned IOPS", "SSD-backed"),
                "io2" => ("io2", "Provisioned IOPS", "SSD-backed"),
                "gp2" => ("gp2", "General Purpose", "SSD-backed"),
                "gp3" => ("gp3", "General Purpose", "SSD-backed"),
                "st1" => ("st1", "Throughput Optimized HDD", "HDD-backed"),
                "sc1" => ("sc1", "Cold HDD", "HDD-backed"),
                _ => ("standard", "Magnetic", "HDD-backed"),
            };
            add(&[("volumeApiName", api_name), ("volumeType", kind), ("storageMedia", media)]);
            "Storage"
        }
        ("AmazonEC2", _) => "Fee",
        ("AmazonVPC", _) => {
            add(&[("group", "VPCPublicIPv4Address")]);
            "VpcPublicIpv4"
        }
        ("AWSELB", name) if name.ends_with(":Application") => "Load Balancer-Application",
        ("AWSELB", name) if name.ends_with(":Network") => "Load Balancer-Network",
        ("AWSELB", _) => "Load Balancer",
        ("AWSQueueService", name) => {
            add(&[("queueType", if name.contains("FIFO") { "FIFO (first-in, first-out)" } else { "Standard" })]);
            "API Request"
        }
        ("AmazonSNS", name) if name.starts_with("DeliveryAttempts") => {
            add(&[("endpointType", name.rsplit_once('-').map_or("", |(_, to)| to))]);
            "Message Delivery"
        }
        _ => "API Request",
    }
}

/// `Amazon Elastic Compute Cloud` of `AmazonEC2`
fn service_name(code: &str) -> &str {
    match code {
        "AmazonEC2" => "Amazon Elastic Compute Cloud",
        "AmazonECS" => "Amazon Elastic Container Service",
        "AmazonSNS" => "Amazon Simple Notification Service",
        "AmazonVPC" => "Amazon Virtual Private Cloud",
        "AWSELB" => "Elastic Load Balancing",
        "AWSLambda" => "AWS Lambda",
        "AWSQueueService" => "Amazon Simple Queue Service",
        other => other,
    }
}

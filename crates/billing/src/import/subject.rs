//! What of ours a price is for.

use crate::engine::Tenancy;

/// Something with prices in a sheet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Instance {
        /// `m5.large`
        kind: String,
        /// The product description: `Linux/UNIX`.
        description: &'static str,
        tenancy: Tenancy,
    },
    /// Dedicated Hosts of this family.
    Host(String),
    /// Of tasks and functions, which Compute plans pay for.
    Usage(&'static str),
    /// What only ever has its list price, by service and usage type.
    Other(String, String),
}

/// Usage types of tasks and functions.
const USAGE: &[(&str, &str)] = &[
    ("AmazonECS", "Fargate-vCPU-Hours:perCPU"),
    ("AmazonECS", "Fargate-GB-Hours"),
    ("AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU"),
    ("AmazonECS", "Fargate-ARM-GB-Hours"),
    ("AmazonECS", "Fargate-Windows-vCPU-Hours:perCPU"),
    ("AmazonECS", "Fargate-Windows-GB-Hours"),
    ("AWSLambda", "Lambda-GB-Second"),
    ("AWSLambda", "Lambda-GB-Second-ARM"),
    ("AWSLambda", "Lambda-Provisioned-Concurrency"),
    ("AWSLambda", "Lambda-Provisioned-Concurrency-ARM"),
    ("AWSLambda", "Lambda-Provisioned-GB-Second"),
    ("AWSLambda", "Lambda-Provisioned-GB-Second-ARM"),
    ("AWSLambda", "Request"),
];

impl Subject {
    /// By what AWS calls it; `None` for what no bill of ours has. Usage types begin with the region's letters in all regions
    /// but the first.
    pub fn of(service: &str, usage_type: &str, operation: &str) -> Option<Self> {
        let usage_type = without_region(usage_type);
        match (service, usage_type.split_once(':')) {
            ("AmazonEC2", Some(("HostUsage", family))) => return Some(Self::Host(family.to_owned())),
            ("AmazonEC2", Some((usage @ ("BoxUsage" | "DedicatedUsage" | "HostBoxUsage"), kind))) => {
                let tenancy = match usage {
                    "BoxUsage" => Tenancy::Shared,
                    "DedicatedUsage" => Tenancy::Dedicated,
                    _ => Tenancy::Host,
                };
                let (kind, description) = (kind.to_owned(), description(operation)?);
                return Some(Self::Instance { kind, description, tenancy });
            }
            _ => {}
        }
        if let Some((_, name)) = USAGE.iter().find(|known| **known == (service, usage_type)) {
            return Some(Self::Usage(name));
        }
        // Of balancers the price list tells kinds apart by the operation.
        let kind = operation.strip_prefix("LoadBalancing:").filter(|_| service == "AWSELB");
        let name = kind.map_or_else(|| usage_type.to_owned(), |kind| format!("{usage_type}:{kind}"));
        Some(Self::Other(service.to_owned(), name))
    }
}

/// The product description of what this operation launches (*EC2 user guide, AMI billing information fields*). Those with a
/// database, or with a licence that the customer brings, are not run here.
fn description(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "RunInstances" => "Linux/UNIX",
        "RunInstances:0002" => "Windows",
        "RunInstances:0010" => "Red Hat Enterprise Linux",
        "RunInstances:000g" => "SUSE Linux",
        _ => return None,
    })
}

/// `BoxUsage:m5.large` of `APN1-BoxUsage:m5.large`
fn without_region(usage_type: &str) -> &str {
    let Some((region, rest)) = usage_type.split_once('-') else { return usage_type };
    let letters = region.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_region = (2..=4).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        && region.len() - letters.len() <= 1;
    if is_region { rest } else { usage_type }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_types_are_known_in_every_region() {
        let instance = |usage_type, operation| Subject::of("AmazonEC2", usage_type, operation);
        let expected = |description, tenancy| Some(Subject::Instance { kind: "m5.large".into(), description, tenancy });
        let (shared, dedicated) = (Tenancy::Shared, Tenancy::Dedicated);
        assert_eq!(instance("BoxUsage:m5.large", "RunInstances"), expected("Linux/UNIX", shared));
        assert_eq!(instance("APN1-BoxUsage:m5.large", "RunInstances:0002"), expected("Windows", shared));
        assert_eq!(instance("EU-DedicatedUsage:m5.large", "RunInstances:000g"), expected("SUSE Linux", dedicated));
        // With SQL Server, and with the customer's own Windows.
        assert_eq!(instance("BoxUsage:m5.large", "RunInstances:0202"), None);
        assert_eq!(instance("BoxUsage:m5.large", "RunInstances:0800"), None);
        assert_eq!(Subject::of("AmazonEC2", "USE1-HostUsage:m5", "RunInstances"), Some(Subject::Host("m5".into())));
    }

    #[test]
    fn balancers_are_told_apart_by_their_operation() {
        let of = |usage_type, operation| match Subject::of("AWSELB", usage_type, operation) {
            Some(Subject::Other(_, name)) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(of("LCUUsage", "LoadBalancing:Network"), "LCUUsage:Network");
        assert_eq!(of("USW2-LoadBalancerUsage", "LoadBalancing"), "LoadBalancerUsage");
        assert_eq!(of("DataProcessing-Bytes", "LoadBalancing"), "DataProcessing-Bytes");
    }

    #[test]
    fn every_usage_type_of_tasks_and_functions_is_one_that_bills_have() {
        use crate::bill::Described;
        use crate::engine::{FargatePlatform, Product};
        let region = || "us-east-1".into();
        let fargate = [FargatePlatform::LinuxX86, FargatePlatform::LinuxArm, FargatePlatform::Windows];
        let fargate = fargate.into_iter().flat_map(|platform| {
            [Product::FargateCpu { region: region(), platform }, Product::FargateMemory { region: region(), platform }]
        });
        let lambda = [false, true].into_iter().flat_map(|is_arm| {
            [
                Product::LambdaDuration { region: region(), is_arm },
                Product::LambdaProvisioned { region: region(), is_arm },
                Product::LambdaOnProvisioned { region: region(), is_arm },
            ]
        });
        let requests = Product::LambdaRequests { region: region() };
        let all: Vec<_> = fargate.chain(lambda).chain([requests]).collect();
        assert_eq!(all.len(), USAGE.len());
        for product in all {
            let (service, name) = (product.service(), Described::of(&product).usage_type);
            assert!(USAGE.contains(&(service, &*name)), "{service} {name}");
            assert!(matches!(Subject::of(service, &format!("USE1-{name}"), ""), Some(Subject::Usage(_))), "{name}");
        }
    }
}

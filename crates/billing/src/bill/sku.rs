//! Stock keeping units: what a product is called. Those of AWS are random; here they follow from what the product is, so
//! that they are the same in every region of a user and after every start.

use sha2::{Digest, Sha256};

use super::Described;
use crate::engine::{Platform, Product};

/// Capital letters and digits, without those that are mistaken for others.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKMNPQRSTUVWXYZ123456789";
const LENGTH: usize = 16;

/// The unit of a product. A Spot instance is of the same as one that runs On-Demand: only the price is another.
pub fn sku(product: &Product) -> String {
    match product {
        Product::Spot { instance, .. } => sku(&Product::Instance(instance.clone())),
        product => named(&[product.service(), &Described::of(product).usage_type, operation(product)]),
    }
}

/// What of AWS's API brought the usage about.
pub fn operation(product: &Product) -> &'static str {
    match product {
        Product::Instance(instance) | Product::Room(instance) | Product::Spot { instance, .. } => {
            operation_of(&instance.platform)
        }
        Product::Host { .. } => "RunInstances",
        Product::FargateCpu { .. } | Product::FargateMemory { .. } => "FargateTask",
        Product::LambdaDuration { .. }
        | Product::LambdaProvisioned { .. }
        | Product::LambdaOnProvisioned { .. }
        | Product::LambdaRequests { .. } => "Invoke",
        Product::Other { .. } => "",
    }
}

/// *EC2 user guide, AMI billing information fields*: what runs an instance of a system.
pub fn operation_of(platform: &Platform) -> &'static str {
    match platform {
        Platform::Linux => "RunInstances",
        Platform::Other(description) => match &**description {
            "Windows" => "RunInstances:0002",
            "Red Hat Enterprise Linux" => "RunInstances:0010",
            "SUSE Linux" => "RunInstances:000g",
            _ => "RunInstances",
        },
    }
}

fn named(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    digest.finalize().iter().take(LENGTH).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Instance, InstanceType, Tenancy};

    fn instance(platform: &str) -> Instance {
        Instance {
            kind: InstanceType::parse("m5.large", 2).unwrap(),
            region: "us-east-1".into(),
            zone: "us-east-1a".into(),
            platform: Platform::parse(platform),
            tenancy: Tenancy::Shared,
        }
    }

    #[test]
    fn a_product_is_always_called_the_same() {
        let one = named(&["AmazonEC2", "BoxUsage:m5.large"]);
        assert_eq!(one, named(&["AmazonEC2", "BoxUsage:m5.large"]));
        assert_ne!(one, named(&["AmazonEC2B", "oxUsage:m5.large"]));
        assert!(one.len() == 16 && one.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{one}");
    }

    #[test]
    fn the_system_makes_another_product_and_the_market_and_the_zone_do_not() {
        let linux = sku(&Product::Instance(instance("Linux/UNIX")));
        assert_ne!(linux, sku(&Product::Instance(instance("Windows"))));
        let elsewhere = Instance { zone: "".into(), ..instance("Linux/UNIX") };
        assert_eq!(linux, sku(&Product::Spot { instance: elsewhere, usd_per_hour: Default::default() }));
    }
}

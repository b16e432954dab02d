//! What the specification calls things.

use serde_json::json;

use crate::engine::{Instance, Platform, Product};

/// AWS's codes of the On-Demand term and of its price for a unit, as the price list has them.
const ON_DEMAND: &str = "JRTCKXETXF.6YS6EN2CT7";

/// *FOCUS, Unit Format: `<singular-unit>-<plural-time-units>`*.
pub fn unit(unit: &'static str) -> &'static str {
    match unit {
        "Hrs" => "Hours",
        "GB-Mo" => "GB-Months",
        "LCU-Hrs" => "LCU-Hours",
        "Lambda-GB-Second" => "GB-Seconds",
        other => other,
    }
}

/// Where the price list has the price of a unit; Spot prices are in none.
pub fn price_id(product: &Product, sku: &str) -> String {
    match product {
        Product::Spot { .. } => format!("{sku}.Spot"),
        _ => format!("{sku}.{ON_DEMAND}"),
    }
}

/// *SkuPriceDetails*: what tells one price from another, as JSON.
pub fn details(product: &Product) -> Option<String> {
    let (Product::Instance(instance) | Product::Room(instance) | Product::Spot { instance, .. }) = product else {
        return None;
    };
    let Instance { kind, platform, .. } = instance;
    let system = match platform {
        Platform::Linux => "Linux",
        Platform::Other(description) => description,
    };
    let details = json!({
        "CoreCount": kind.vcpus,
        "InstanceSeries": kind.family,
        "InstanceType": kind.to_string(),
        "OperatingSystem": system,
    });
    Some(details.to_string())
}

/// What used a product.
pub struct Resource {
    /// Empty for a fee that no resource causes.
    pub id: String,
    pub kind: &'static str,
    /// The Capacity Reservation, if this is room in one that nobody used.
    pub room: Option<String>,
}

impl Resource {
    pub fn of(product: &Product, id: &str) -> Self {
        let kind = match product {
            Product::Room(_) => "Capacity Reservation",
            Product::Instance(_) | Product::Spot { .. } => "Instance",
            Product::Host { .. } => "Dedicated Host",
            Product::FargateCpu { .. } | Product::FargateMemory { .. } => "Task",
            Product::LambdaDuration { .. }
            | Product::LambdaProvisioned { .. }
            | Product::LambdaOnProvisioned { .. }
            | Product::LambdaRequests { .. } => "Function",
            Product::Other { service, usage_type, .. } => of_other(service, usage_type, id),
        };
        let room = product.is_room().then(|| id.to_owned());
        Self { id: if kind.is_empty() { String::new() } else { id.to_owned() }, kind, room }
    }
}

fn of_other(service: &str, usage_type: &str, id: &str) -> &'static str {
    match (service, usage_type) {
        ("AmazonEC2", "EBS:SnapshotUsage") => "Snapshot",
        ("AmazonEC2", volume) if volume.starts_with("EBS:") => "Volume",
        ("AmazonVPC", _) if id.starts_with("eipalloc-") => "Elastic IP Address",
        ("AmazonVPC", _) => "Network Interface",
        ("AWSELB", _) => "Load Balancer",
        ("AWSQueueService", _) => "Queue",
        ("AmazonSNS", _) => "Topic",
        _ => "",
    }
}

/// *ServiceCategory* and *ServiceSubcategory*.
pub fn categories(service: &str) -> (&'static str, &'static str) {
    match service {
        "AWSQueueService" | "AmazonSNS" => ("Integration", "Messaging"),
        "AmazonVPC" => ("Networking", "Network Infrastructure"),
        "AWSELB" => ("Networking", "Application Networking"),
        "AWSLambda" => ("Compute", "Serverless Compute"),
        "AmazonECS" => ("Compute", "Containers"),
        "ComputeSavingsPlans" => ("Compute", "Other (Compute)"),
        _ => ("Compute", "Virtual Machines"),
    }
}

/// As the price list writes it.
pub fn region(code: &str) -> &str {
    match code {
        "us-east-1" => "US East (N. Virginia)",
        other => other,
    }
}

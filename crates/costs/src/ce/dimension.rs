//! What charges and commitments are told apart by (*Cost Explorer API reference, GetDimensionValues: Context*).

use std::borrow::Cow;

use super::errors::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Dimension {
    Az,
    BillingEntity,
    CacheEngine,
    DatabaseEngine,
    DeploymentOption,
    InstanceType,
    InstanceTypeFamily,
    InvoicingEntity,
    LegalEntityName,
    LinkedAccount,
    OperatingSystem,
    Operation,
    PaymentOption,
    Platform,
    PurchaseType,
    RecordType,
    Region,
    ReservationId,
    /// Only where resources are told apart one by one.
    ResourceId,
    SavingsPlanArn,
    SavingsPlansType,
    Scope,
    Service,
    SubscriptionId,
    Tenancy,
    UsageType,
    UsageTypeGroup,
}

/// By AWS's name, with what stands for no value.
const NAMES: [(&str, Dimension, &str); 27] = [
    ("AZ", Dimension::Az, "NoAZ"),
    ("BILLING_ENTITY", Dimension::BillingEntity, "NoBillingEntity"),
    ("CACHE_ENGINE", Dimension::CacheEngine, "NoCacheEngine"),
    ("DATABASE_ENGINE", Dimension::DatabaseEngine, "NoDatabaseEngine"),
    ("DEPLOYMENT_OPTION", Dimension::DeploymentOption, "NoDeploymentOption"),
    ("INSTANCE_TYPE", Dimension::InstanceType, "NoInstanceType"),
    ("INSTANCE_TYPE_FAMILY", Dimension::InstanceTypeFamily, "NoInstanceTypeFamily"),
    ("INVOICING_ENTITY", Dimension::InvoicingEntity, "NoInvoicingEntity"),
    ("LEGAL_ENTITY_NAME", Dimension::LegalEntityName, "NoLegalEntityName"),
    ("LINKED_ACCOUNT", Dimension::LinkedAccount, "NoLinkedAccount"),
    ("OPERATING_SYSTEM", Dimension::OperatingSystem, "NoOperatingSystem"),
    ("OPERATION", Dimension::Operation, "NoOperation"),
    ("PAYMENT_OPTION", Dimension::PaymentOption, "NoPaymentOption"),
    ("PLATFORM", Dimension::Platform, "NoPlatform"),
    ("PURCHASE_TYPE", Dimension::PurchaseType, "NoPurchaseType"),
    ("RECORD_TYPE", Dimension::RecordType, "NoRecordType"),
    ("REGION", Dimension::Region, "NoRegion"),
    ("RESERVATION_ID", Dimension::ReservationId, "NoReservationId"),
    ("RESOURCE_ID", Dimension::ResourceId, "NoResourceId"),
    ("SAVINGS_PLAN_ARN", Dimension::SavingsPlanArn, "NoSavingsPlanArn"),
    ("SAVINGS_PLANS_TYPE", Dimension::SavingsPlansType, "NoSavingsPlansType"),
    ("SCOPE", Dimension::Scope, "NoScope"),
    ("SERVICE", Dimension::Service, "NoService"),
    ("SUBSCRIPTION_ID", Dimension::SubscriptionId, "NoSubscriptionId"),
    ("TENANCY", Dimension::Tenancy, "NoTenancy"),
    ("USAGE_TYPE", Dimension::UsageType, "NoUsageType"),
    ("USAGE_TYPE_GROUP", Dimension::UsageTypeGroup, "NoUsageTypeGroup"),
];

impl Dimension {
    /// One that every operation knows.
    pub fn parse(name: &str) -> Result<Self> {
        match Self::parse_with_resources(name)? {
            Self::ResourceId => Err(Error::invalid(
                "The dimension RESOURCE_ID is only supported by the operation GetCostAndUsageWithResources.",
            )),
            other => Ok(other),
        }
    }

    pub fn parse_with_resources(name: &str) -> Result<Self> {
        let known = NAMES.iter().find(|(known, ..)| *known == name).map(|(_, dimension, _)| *dimension);
        known.ok_or_else(|| Error::unsupported(format_args!("The dimension {name}")))
    }

    pub fn name(self) -> &'static str {
        NAMES[self as usize].0
    }

    /// What stands in groups and filters for a charge to which it does not apply.
    pub fn none(self) -> &'static str {
        NAMES[self as usize].2
    }
}

/// What has dimensions and tags.
pub(super) trait Subject {
    /// `None` if the dimension does not apply.
    fn value(&self, dimension: Dimension) -> Option<Cow<'_, str>>;

    /// `None` without the tag.
    fn tag(&self, key: &str) -> Option<&str>;

    fn has_tags(&self) -> bool;

    /// As it stands in groups.
    fn shown(&self, dimension: Dimension) -> Cow<'_, str> {
        self.value(dimension).unwrap_or(Cow::Borrowed(dimension.none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (name, dimension, none) in NAMES {
            assert_eq!((dimension.name(), dimension.none()), (name, none));
            assert_eq!(Dimension::parse_with_resources(name).unwrap(), dimension);
            assert_eq!(Dimension::parse(name).is_ok(), dimension != Dimension::ResourceId);
        }
        assert!(Dimension::parse("COLOUR").is_err());
    }
}

//! What Reserved Instances may be modified into (*EC2 user guide, Modify Reserved Instances*): other zones, the region
//! instead of a zone and back, and, on Linux with default tenancy, other sizes of the family that are worth as much.

use freehold_billing::engine::{Hour, InstanceType, Tenancy};
use rust_decimal::Decimal;

use super::Bought;

/// Some of what is wanted instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub kind: InstanceType,
    /// The letter of its zone; `None` for the region.
    pub zone: Option<char>,
    pub count: u32,
}

/// What an instance of a part costs: its share of what the old ones do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// USD for a whole term, paid already.
    pub upfront: Decimal,
    /// USD an hour.
    pub hourly: Decimal,
}

/// Why a modification is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The Reserved Instances to be modified must have the same {0}.")]
    Mixed(&'static str),
    #[error("The instance type {target} is not of the family {family} of the Reserved Instances to be modified.")]
    OtherFamily { target: String, family: String },
    #[error("The instance size of Reserved Instances of the family {0} cannot be modified.")]
    FixedSizes(String),
    #[error("The instance size of Reserved Instances with dedicated tenancy cannot be modified.")]
    Dedicated,
    #[error(
        "The instance size footprint of the target configurations is {target} units, and that of the Reserved Instances to be \
         modified is {source_units} units."
    )]
    Footprint { target: Decimal, source_units: Decimal },
    #[error("The target configurations are what the Reserved Instances are already.")]
    Nothing,
}

/// What each part costs.
///
/// # Errors
/// The old ones differ in what cannot be modified, or the parts are not worth what they are.
pub fn plan(sources: &[Bought], targets: &[Part]) -> Result<Vec<Terms>, Refusal> {
    let Some(first) = sources.first() else { return Err(Refusal::Nothing) };
    alike(first, sources)?;
    let family = &first.kind.family;
    if let Some(other) = targets.iter().find(|target| target.kind.family != *family) {
        return Err(Refusal::OtherFamily { target: other.kind.to_string(), family: family.clone() });
    }
    let kinds = || sources.iter().map(|source| &source.kind).chain(targets.iter().map(|target| &target.kind));
    if kinds().any(|kind| kind.size != first.kind.size) {
        if !first.kind.has_flexible_sizes() {
            return Err(Refusal::FixedSizes(family.clone()));
        }
        if first.offer.tenancy == Tenancy::Dedicated {
            return Err(Refusal::Dedicated);
        }
    }
    let footprint = |kind: &InstanceType, count: u32| kind.units() * Decimal::from(count);
    let old = || sources.iter().map(|source| (source, Decimal::from(source.reserved.count)));
    let source_units = sources.iter().map(|source| footprint(&source.kind, source.reserved.count)).sum::<Decimal>();
    let target = targets.iter().map(|target| footprint(&target.kind, target.count)).sum::<Decimal>();
    if source_units != target {
        return Err(Refusal::Footprint { target: target.normalize(), source_units: source_units.normalize() });
    }
    if is_same(sources, targets) {
        return Err(Refusal::Nothing);
    }
    let upfront = old().map(|(source, count)| source.reserved.upfront * count).sum::<Decimal>();
    let hourly = old().map(|(source, count)| source.reserved.hourly * count).sum::<Decimal>();
    let share = |kind: &InstanceType| Terms {
        upfront: (upfront * kind.units() / source_units).normalize(),
        hourly: (hourly * kind.units() / source_units).normalize(),
    };
    Ok(targets.iter().map(|target| share(&target.kind)).collect())
}

/// *API reference, ModifyReservedInstances: identical, except for Availability Zone, network platform, and instance type*.
fn alike(first: &Bought, all: &[Bought]) -> Result<(), Refusal> {
    let differs = |attribute: fn(&Bought, &Bought) -> bool| all.iter().any(|one| !attribute(first, one));
    if differs(|a, b| a.offer.class == b.offer.class) {
        return Err(Refusal::Mixed("offering class"));
    }
    if differs(|a, b| a.offer.payment == b.offer.payment) {
        return Err(Refusal::Mixed("offering type"));
    }
    if differs(|a, b| a.offer.term == b.offer.term) {
        return Err(Refusal::Mixed("term"));
    }
    if differs(|a, b| a.offer.tenancy == b.offer.tenancy) {
        return Err(Refusal::Mixed("tenancy"));
    }
    if differs(|a, b| a.kind.family == b.kind.family) {
        return Err(Refusal::Mixed("instance family"));
    }
    // *The original Reserved Instances must expire within the same hour.*
    if differs(|a, b| Hour::of(a.reserved.end) == Hour::of(b.reserved.end)) {
        return Err(Refusal::Mixed("hour of expiry"));
    }
    Ok(())
}

fn is_same(sources: &[Bought], targets: &[Part]) -> bool {
    let mut before: Vec<_> =
        sources.iter().map(|one| (one.kind.to_string(), one.offer.zone, one.reserved.count)).collect();
    let mut after: Vec<_> = targets.iter().map(|one| (one.kind.to_string(), one.zone, one.count)).collect();
    before.sort();
    after.sort();
    before == after
}

#[cfg(test)]
mod tests {
    use freehold_billing::offers::{Class, Payment};
    use proptest::prelude::*;

    use super::super::tests::{bought, kind};
    use super::*;

    fn part(name: &str, count: u32) -> Part {
        Part { kind: kind(name), zone: None, count }
    }

    fn refusal(sources: &[Bought], targets: &[Part]) -> String {
        plan(sources, targets).unwrap_err().to_string()
    }

    #[test]
    fn sizes_are_split_and_merged_by_what_they_are_worth() {
        let of = |name, count| [bought(name, count)];
        assert!(plan(&of("t3.large", 1), &[part("t3.small", 4)]).is_ok());
        assert!(plan(&of("t3.small", 4), &[part("t3.large", 1)]).is_ok());
        // *A reservation with two t2.nano and one with three t2.micro*, of one t2.medium.
        assert!(plan(&of("t3.medium", 1), &[part("t3.nano", 2), part("t3.micro", 3)]).is_ok());
        // *Two t2.micro and one t2.small into one t2.medium.*
        assert!(plan(&[bought("t3.micro", 2), bought("t3.small", 1)], &[part("t3.medium", 1)]).is_ok());
        assert_eq!(
            refusal(&of("t3.small", 2), &[part("t3.large", 1)]),
            "The instance size footprint of the target configurations is 4 units, and that of the Reserved Instances to be \
             modified is 2 units."
        );
    }

    #[test]
    fn only_sizes_of_the_family_are_exchanged_and_only_where_there_are_any() {
        assert!(refusal(&[bought("m5.large", 1)], &[part("c5.large", 1)]).contains("c5.large"));
        assert!(refusal(&[bought("g4dn.2xlarge", 1)], &[part("g4dn.xlarge", 2)]).contains("g4dn"));
        let mut dedicated = bought("m5.xlarge", 1);
        dedicated.offer.tenancy = Tenancy::Dedicated;
        assert!(refusal(&[dedicated.clone()], &[part("m5.large", 2)]).contains("dedicated tenancy"));
        assert!(plan(&[dedicated], &[Part { zone: Some('a'), ..part("m5.xlarge", 1) }]).is_ok());
    }

    #[test]
    fn reservations_that_differ_are_not_merged() {
        let one = bought("m5.large", 1);
        let differing = |change: fn(&mut Bought)| {
            let mut other = one.clone();
            change(&mut other);
            refusal(&[one.clone(), other], &[part("m5.xlarge", 1)])
        };
        assert!(differing(|other| other.offer.class = Class::Convertible).contains("offering class"));
        assert!(differing(|other| other.offer.payment = Payment::AllUpfront).contains("offering type"));
        assert!(
            differing(|other| other.reserved.end += jiff::SignedDuration::from_hours(1)).contains("hour of expiry")
        );
    }

    #[test]
    fn what_changes_nothing_is_refused() {
        assert_eq!(plan(&[bought("m5.large", 2)], &[part("m5.large", 2)]), Err(Refusal::Nothing));
        assert!(plan(&[bought("m5.large", 2)], &[part("m5.large", 1), part("m5.large", 1)]).is_ok());
    }

    proptest! {
        #[test]
        fn a_modification_costs_what_was_bought(large in 1..20u32, split in 0..20u32, upfront in 0..5000i64, hourly in 0..5000i64) {
            let mut source = bought("m5.large", large);
            source.reserved.upfront = Decimal::from(upfront);
            source.reserved.hourly = Decimal::new(hourly, 5);
            let split = split.min(large);
            let targets = [part("m5.large", large - split), Part { zone: Some('b'), ..part("m5.large", split) }];
            let targets: Vec<_> = targets.into_iter().filter(|part| part.count > 0).collect();
            if let Ok(terms) = plan(&[source.clone()], &targets) {
                let sum = |of: fn(&Terms) -> Decimal| -> Decimal {
                    terms.iter().zip(&targets).map(|(terms, target)| of(terms) * Decimal::from(target.count)).sum()
                };
                prop_assert_eq!(sum(|terms| terms.upfront), source.reserved.upfront * Decimal::from(large));
                prop_assert_eq!(sum(|terms| terms.hourly), source.reserved.hourly * Decimal::from(large));
            }
        }
    }
}

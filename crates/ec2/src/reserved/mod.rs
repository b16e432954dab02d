//! Reserved Instances: what may be modified into what ([`modification`]), and what an exchange gives and costs
//! ([`exchange`]); both are pure. Those of a zone keep [`room`]. What was bought is a [`Reserved`], which bills apply to
//! what runs.

pub mod exchange;
pub mod modification;
pub mod room;

use freehold_billing::engine::InstanceType;
use freehold_billing::model::Reserved;
use freehold_billing::offers::ReservationOffer;
use freehold_billing::sheet::InstanceTypes;

use crate::errors::{Error, Result};

/// Reserved Instances with what their offer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    pub reserved: Reserved,
    pub offer: ReservationOffer,
    pub kind: InstanceType,
}

impl Bought {
    /// # Errors
    /// The type is one that the catalogue does not have any more.
    pub fn new(reserved: Reserved, types: &dyn InstanceTypes) -> Result<Self> {
        let offer = ReservationOffer::parse(&reserved.offering, types);
        let known = offer.and_then(|offer| Some((types.parse(&offer.instance_type)?, offer)));
        let (kind, offer) =
            known.ok_or_else(|| Error::Internal(format!("the offer of {} is not known", reserved.id)))?;
        Ok(Self { reserved, offer, kind })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use freehold_billing::engine::Tenancy;
    use freehold_billing::offers::{Class, Payment, Term};
    use jiff::{SignedDuration, Timestamp};
    use rust_decimal::Decimal;

    use super::*;
    use crate::catalogue::Priced;

    pub fn kind(name: &str) -> InstanceType {
        Priced.parse(name).unwrap()
    }

    /// So many for a year from 2026-11-30T10:20:30Z, standard, of the region, with nothing paid upfront.
    pub fn bought(name: &str, count: u32) -> Bought {
        let offer = ReservationOffer {
            instance_type: name.into(),
            zone: None,
            tenancy: Tenancy::Shared,
            class: Class::Standard,
            term: Term::OneYear,
            payment: Payment::NoUpfront,
        };
        let start: Timestamp = "2026-11-30T10:20:30Z".parse().unwrap();
        let reserved = Reserved {
            id: format!("ri-{name}"),
            account: "111122223333".into(),
            offering: offer.id(),
            count,
            upfront: Decimal::ZERO,
            paid: None,
            hourly: Decimal::new(6, 2),
            purchased: Some(start),
            start,
            end: start + SignedDuration::from_secs(offer.term.seconds()),
            retired: None,
            deleted: None,
            tags: Default::default(),
        };
        Bought { kind: kind(name), reserved, offer }
    }

    pub fn convertible(name: &str, count: u32) -> Bought {
        let mut one = bought(name, count);
        one.offer.class = Class::Convertible;
        one.reserved.offering = one.offer.id();
        one
    }

    #[test]
    fn an_offer_is_read_from_what_is_stored() {
        let one = convertible("c5.large", 2);
        assert_eq!(Bought::new(one.reserved.clone(), &Priced).unwrap(), one);
        let unknown = Reserved { offering: "x".into(), ..one.reserved };
        assert!(Bought::new(unknown, &Priced).is_err());
    }
}

//! Reserved Instances on offer (*EC2 API reference, ReservedInstancesOffering*). Only for what the region runs: Linux.

use rust_decimal::Decimal;

use super::id::{Parts, hash};
use super::{Payment, Term};
use crate::engine::{Instance, InstanceType, Platform, Tenancy};
use crate::sheet::{Discounted, InstanceTypes, ReservedPrice, Sheet};

const STANDARD: u8 = 3;
const CONVERTIBLE: u8 = 4;
const DEDICATED: u16 = 1 << 8;

/// Digits after the point of a recurring price.
const HOURLY_DIGITS: u32 = 5;

/// Whether it can be exchanged for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Standard,
    Convertible,
}

impl Class {
    pub const ALL: [Self; 2] = [Self::Standard, Self::Convertible];

    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Convertible => "convertible",
        }
    }
}

/// A Reserved Instance that can be bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationOffer {
    /// `t3.micro`
    pub instance_type: String,
    /// The letter of the zone for one that keeps room there; `None` for one of the region.
    pub zone: Option<char>,
    /// Never [`Tenancy::Host`].
    pub tenancy: Tenancy,
    pub class: Class,
    pub term: Term,
    pub payment: Payment,
}

/// What an instance of it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservationPrice {
    /// USD at once; in whole dollars where it follows from a discount.
    pub upfront: Decimal,
    /// USD an hour.
    pub hourly: Decimal,
}

impl ReservationPrice {
    /// USD an hour over the term, with the hour's share of what is paid at once.
    pub fn effective(&self, term: Term) -> Decimal {
        self.hourly + self.upfront / Decimal::from(term.hours())
    }
}

impl ReservationOffer {
    /// A UUID.
    pub fn id(&self) -> String {
        let product = if self.class == Class::Standard { STANDARD } else { CONVERTIBLE };
        let tenancy = if self.tenancy == Tenancy::Dedicated { DEDICATED } else { 0 };
        let zone = self.zone.map_or(0, |letter| letter as u16 & 0xff);
        let (name, details) = (hash(&self.instance_type), tenancy | zone);
        Parts { name, product, term: self.term, payment: self.payment, details }.text()
    }

    /// Reads an id, given all types there are.
    pub fn parse(id: &str, types: &dyn InstanceTypes) -> Option<Self> {
        let Parts { name, product, term, payment, details } = Parts::parse(id)?;
        let class = match product {
            STANDARD => Class::Standard,
            CONVERTIBLE => Class::Convertible,
            _ => return None,
        };
        let zone = match (details & 0xff) as u8 {
            0 => None,
            letter => Some(char::from(letter)),
        };
        let tenancy = if details & DEDICATED == 0 { Tenancy::Shared } else { Tenancy::Dedicated };
        let instance_type = types.names().into_iter().find(|known| hash(known) == name)?;
        Some(Self { instance_type, zone, tenancy, class, term, payment })
    }

    /// What it costs by this sheet; `None` if the type has no price.
    pub fn price(&self, sheet: &Sheet, region: &str) -> Option<ReservationPrice> {
        let kind = InstanceType::parse(&self.instance_type, 0)?;
        let of = match self.class {
            Class::Standard => Discounted::StandardReservation,
            Class::Convertible => Discounted::ConvertibleReservation,
        };
        let share = sheet.share(of, &kind.family, self.term, self.payment);
        let (region, zone) = (region.into(), "".into());
        let instance = Instance { kind, region, zone, platform: Platform::Linux, tenancy: self.tenancy };
        let published = sheet.reserved(&instance, self.class).and_then(|prices| prices.get(self.term, self.payment));
        if let Some(&ReservedPrice { upfront, hourly }) = published {
            return Some(ReservationPrice { upfront, hourly });
        }
        let (on_demand, share) = (sheet.instance(&instance)?, share?);
        let (each, at_once) = (on_demand * share, self.payment.upfront_share());
        Some(ReservationPrice {
            upfront: (each * at_once * Decimal::from(self.term.hours())).round(),
            hourly: (each * (Decimal::ONE - at_once)).round_dp(HOURLY_DIGITS),
        })
    }
}

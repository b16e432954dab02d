//! `DescribeReservedInstancesOfferings`: what the region sells, which is Linux. The marketplace has nothing.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeReservedInstancesOfferingsRequest, DescribeReservedInstancesOfferingsResult, ReservedInstancesOffering,
};
use freehold_billing::engine::Tenancy;
use freehold_billing::offers::{Class, Payment, ReservationOffer, Term};
use freehold_wire::Call;

use super::view::{self, Offered, PRODUCT, price_texts};
use super::{find, names};
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::region::Zone;
use crate::{Ec2, catalogue};

/// *API reference, DescribeReservedInstancesOfferings: Filter.N*
const FILTERS: Table<Offered> = Table {
    values: &[
        ("availability-zone", |o| o.zone.iter().map(|zone| zone.name.clone()).collect()),
        ("availability-zone-id", |o| o.zone.iter().map(|zone| zone.id.clone()).collect()),
        ("duration", |o| vec![o.offer.term.seconds().to_string()]),
        ("fixed-price", |o| price_texts(Some(view::single(o.price.upfront)))),
        ("instance-type", |o| vec![o.offer.instance_type.clone()]),
        ("marketplace", |_| vec!["false".into()]),
        ("product-description", |_| vec![PRODUCT.into()]),
        ("reserved-instances-offering-id", |o| vec![o.offer.id()]),
        ("scope", |o| vec![view::scope(o.offer.zone).into()]),
        ("usage-price", |_| price_texts(Some(0.0))),
    ],
    tags: None,
};

/// *The same: MaxResults: the maximum is 100. Default: 100*
const MOST: i32 = 100;
/// *The same: MinDuration: default 2592000 (1 month); MaxDuration: default 94608000 (3 years)*
const SHORTEST: i64 = 2_592_000;
const LONGEST: i64 = 94_608_000;

pub async fn describe_reserved_instances_offerings(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeReservedInstancesOfferingsRequest,
) -> Result<DescribeReservedInstancesOfferingsResult> {
    let filters = Filters::parse(&FILTERS, input.filters.clone())?;
    let zone = check(&ec2, &input)?;
    let size = Some(input.max_results.unwrap_or(MOST));
    let paging = Paging::new(&call, size, input.next_token.clone()).within(1..=MOST)?;
    dry_run(input.dry_run)?;

    let offered: Box<dyn Iterator<Item = Offered> + Send> =
        match input.reserved_instances_offering_ids.as_deref().filter(|ids| !ids.is_empty()) {
            Some(ids) => {
                let mut named = ids.iter().map(|id| find::offer(&ec2, id)).collect::<Result<Vec<_>>>()?;
                named.sort_by_key(|one| key(&one.offer));
                Box::new(named.into_iter())
            }
            None => Box::new(all(&ec2, &input)),
        };
    let asked = offered.filter(|one| is_asked(one, zone, &input) && filters.admit(one));
    let page = paging.next_of(asked.map(|one| (key(&one.offer), one)), |(key, _)| key)?;
    let shown = page.items.iter().map(|(_, offered)| ReservedInstancesOffering::from(offered)).collect();
    Ok(DescribeReservedInstancesOfferingsResult {
        next_token: page.next_token,
        reserved_instances_offerings: Some(shown),
    })
}

fn check<'r>(ec2: &'r Ec2, input: &DescribeReservedInstancesOfferingsRequest) -> Result<Option<&'r Zone>> {
    names::check_instance_type(input.instance_type.as_deref())?;
    names::check_class(input.offering_class.as_deref())?;
    names::check_type(input.offering_type.as_deref())?;
    names::check_tenancy(input.instance_tenancy.as_deref())?;
    names::check_product(input.product_description.as_deref())?;
    // It is about offers of the marketplace; of others there are as many as are wanted.
    if let Some(count) = input.max_instance_count.filter(|count| *count < 1) {
        return Err(Error::invalid_value("MaxInstanceCount", count, "It must be at least 1."));
    }
    find::zone(ec2, input.availability_zone.as_deref(), input.availability_zone_id.as_deref())
}

/// All offers of the types that are asked for, in the order of their keys. There are a hundred thousand, so they are made
/// as they are looked at.
fn all<'a>(
    ec2: &'a Ec2,
    input: &'a DescribeReservedInstancesOfferingsRequest,
) -> impl Iterator<Item = Offered> + Send + 'a {
    let is_named = |name: &str| input.instance_type.as_deref().is_none_or(|asked| asked == name);
    let kinds = catalogue::all().filter(move |kind| is_named(kind.name));
    kinds.flat_map(|kind| of_type(kind.name)).flat_map(|regional| everywhere(ec2, &regional))
}

/// Those of the region.
fn of_type(name: &str) -> impl Iterator<Item = ReservationOffer> {
    let terms = || Term::ALL.into_iter().flat_map(|term| Payment::ALL.map(|payment| (term, payment)));
    let classes = move || Class::ALL.into_iter().flat_map(move |class| terms().map(move |(t, p)| (class, t, p)));
    [Tenancy::Shared, Tenancy::Dedicated].into_iter().flat_map(move |tenancy| {
        classes().map(move |(class, term, payment)| {
            let instance_type = name.to_owned();
            ReservationOffer { instance_type, zone: None, tenancy, class, term, payment }
        })
    })
}

/// An offer of the region with its like in each zone. They cost the same.
fn everywhere(ec2: &Ec2, regional: &ReservationOffer) -> Vec<Offered> {
    let Some(price) = regional.price(ec2.bills.sheet(), ec2.bills.region()) else { return Vec::new() };
    let zones = std::iter::once(None).chain(ec2.region.zones.iter().map(Some));
    let offered = zones.map(|zone| Offered {
        offer: ReservationOffer { zone: zone.and_then(find::letter), ..regional.clone() },
        price,
        zone: zone.cloned(),
    });
    offered.collect()
}

fn is_asked(one: &Offered, zone: Option<&Zone>, input: &DescribeReservedInstancesOfferingsRequest) -> bool {
    let is = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|asked| asked == name);
    let term = one.offer.term.seconds();
    zone.is_none_or(|zone| one.zone.as_ref() == Some(zone))
        && is(&input.instance_type, &one.offer.instance_type)
        && is(&input.offering_class, one.offer.class.name())
        && is(&input.offering_type, one.offer.payment.name())
        && is(&input.instance_tenancy, view::tenancy(one.offer.tenancy))
        && input.product_description.as_deref().is_none_or(|asked| names::without_vpc(asked) == PRODUCT)
        && input.min_duration.unwrap_or(SHORTEST) <= term
        && term <= input.max_duration.unwrap_or(LONGEST)
}

/// By which pages are ordered. Nothing in the name of a type sorts before the space.
fn key(offer: &ReservationOffer) -> String {
    let ReservationOffer { instance_type, zone, tenancy, class, term, payment } = offer;
    let (zone, is_dedicated) = (zone.map_or(String::new(), String::from), u8::from(*tenancy == Tenancy::Dedicated));
    format!("{instance_type} {is_dedicated}{}{}{}{zone}", *class as u8, term.years(), *payment as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn offers_come_in_the_order_of_their_keys() {
        let ec2 = World::new().region();
        let input = DescribeReservedInstancesOfferingsRequest::default();
        let keys: Vec<String> = all(&ec2, &input).map(|one| key(&one.offer)).collect();
        assert!(keys.len() > 10_000 && keys.is_sorted_by(|a, b| a < b));
    }
}

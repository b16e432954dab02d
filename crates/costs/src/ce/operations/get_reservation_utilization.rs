//! GetReservationUtilization: how much of what the account reserved ran, whoever's it was.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{
    GetReservationUtilizationRequest, GetReservationUtilizationResponse, ReservationUtilizationGroup, UtilizationByTime,
};
use freehold_billing::engine::{Instance, Product, Reservation, Scope};
use freehold_wire::Call;
use rust_decimal::Decimal;

use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::lines::{EC2_COMPUTE, of_reservation};
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::super::sort::Order;
use super::super::statement::{Part, Statement};
use super::super::used::Reserved;
use super::blocking;
use super::groups::Group;
use crate::Costs;

const OPERATION: &str = "GetReservationUtilization";
/// Months, days or groups of an answer.
const MOST: usize = 500;
/// *GetReservationUtilization: Filter*
const DIMENSIONS: [Dimension; 9] = [
    Dimension::Az,
    Dimension::InstanceType,
    Dimension::InstanceTypeFamily,
    Dimension::LinkedAccount,
    Dimension::Platform,
    Dimension::Region,
    Dimension::Scope,
    Dimension::SubscriptionId,
    Dimension::Tenancy,
];
/// *GetReservationUtilization: SortBy*
const KEYS: [&str; 17] = [
    "UtilizationPercentage",
    "UtilizationPercentageInUnits",
    "PurchasedHours",
    "PurchasedUnits",
    "TotalActualHours",
    "TotalActualUnits",
    "UnusedHours",
    "UnusedUnits",
    "OnDemandCostOfRIHoursUsed",
    "NetRISavings",
    "TotalPotentialRISavings",
    "AmortizedUpfrontFee",
    "AmortizedRecurringFee",
    "TotalAmortizedFee",
    "RICostForUnusedHours",
    "RealizedSavings",
    "UnrealizedSavings",
];

/// A reservation, for filters.
struct Bought<'a>(&'a Reservation);

impl Subject for Bought<'_> {
    fn value(&self, dimension: Dimension) -> Option<Cow<'_, str>> {
        of_reservation(self.0, dimension)
    }

    fn tag(&self, _: &str) -> Option<&str> {
        None
    }

    fn has_tags(&self) -> bool {
        false
    }
}

pub(in super::super) async fn get_reservation_utilization(
    costs: Arc<Costs>,
    call: Call,
    input: GetReservationUtilizationRequest,
) -> std::result::Result<GetReservationUtilizationResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetReservationUtilizationRequest,
) -> Result<GetReservationUtilizationResponse> {
    let query =
        format!("{:?}", GetReservationUtilizationRequest { next_page_token: None, max_results: None, ..input.clone() });
    let granularity = Granularity::coarse(input.granularity.as_deref(), OPERATION)?;
    let groups = input.group_by.unwrap_or_default();
    let is_grouped = !Group::narrow(&groups, 1, OPERATION, &[Dimension::SubscriptionId])?.is_empty();
    if is_grouped && granularity.is_some() {
        return Err(Error::invalid("Granularity can't be set if GroupBy is set."));
    }
    let order = Order::read(input.sort_by, &KEYS)?;
    let filter = Filter::narrow(input.filter, OPERATION, &[&DIMENSIONS[..], &[Dimension::Service]].concat())?;
    check_service(filter.as_ref())?;
    let period = Period::of_commitments(input.time_period, costs.now())?;
    let by = (!is_grouped).then(|| granularity.unwrap_or(Granularity::Daily));
    let statement = costs.statement(call.account(), period, by)?;
    let reserved = Question { costs, statement: &statement, filter: filter.as_ref() };
    let mut total = Reserved::default();
    let mut results = Vec::new();
    for part in &statement.parts {
        let each = reserved.of(part);
        let mut sum = Reserved::default();
        each.iter().for_each(|(at, _)| reserved.add(part, *at, &mut sum));
        each.iter().for_each(|(at, _)| reserved.add(part, *at, &mut total));
        if !each.is_empty() {
            results.push((part, sum, each));
        }
    }
    if let Some(order) = &order {
        let figure = |reserved: &Reserved| reserved.figure(&order.key).unwrap_or_default();
        order.sort(&mut results, |(_, sum, _)| figure(sum));
        results.iter_mut().for_each(|(.., each)| order.sort(each, |(_, one)| figure(one)));
    }
    let (size, token) = (pages::size(input.max_results, MOST), input.next_page_token.as_deref());
    let (shown, next_page_token) = if is_grouped {
        let groups = results.iter().flat_map(|(.., each)| each).map(|(at, one)| reserved.group(*at, one));
        let (groups, next) = pages::page(groups.collect(), size, token, &query)?;
        let by_time = |(part, sum, _): &(&Part, Reserved, _)| UtilizationByTime {
            time_period: Some(part.period.interval()),
            groups: Some(groups.clone()),
            total: Some(sum.shown()),
        };
        (results.iter().map(by_time).collect(), next)
    } else {
        let by_time = |(part, sum, _): &(&Part, Reserved, _)| UtilizationByTime {
            time_period: Some(part.period.interval()),
            groups: Some(Vec::new()),
            total: Some(sum.shown()),
        };
        pages::page(results.iter().map(by_time).collect(), size, token, &query)?
    };
    Ok(GetReservationUtilizationResponse {
        utilizations_by_time: Some(shown),
        total: Some(total.shown()),
        next_page_token,
    })
}

/// Only instances are reserved here.
pub(super) fn check_service(filter: Option<&Filter>) -> Result<()> {
    match filter {
        Some(Filter::And(parts)) => parts.iter().try_for_each(|part| check_service(Some(part))),
        Some(Filter::Dimension(Dimension::Service, values)) => match values.iter().find(|name| *name != EC2_COMPUTE) {
            Some(other) => Err(Error::unsupported(format_args!("The service {other}"))),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

struct Question<'a> {
    costs: &'a Costs,
    statement: &'a Statement,
    filter: Option<&'a Filter>,
}

impl Question<'_> {
    /// The account's reservations that were in force in a part and that are asked for.
    fn of(&self, part: &Part) -> Vec<(usize, Reserved)> {
        let reservations = self.statement.bill.biller().reservations().iter().enumerate();
        let own = reservations.filter(|(at, reservation)| {
            *reservation.account == *self.statement.account
                && part.reservations[*at].hours > 0
                && lets_pass(self.filter, &Bought(reservation))
        });
        let sum = |at| {
            let mut sum = Reserved::default();
            self.add(part, at, &mut sum);
            (at, sum)
        };
        own.map(|(at, _)| sum(at)).collect()
    }

    fn add(&self, part: &Part, at: usize, sum: &mut Reserved) {
        let reservation = &self.statement.bill.biller().reservations()[at];
        sum.add(reservation, &part.reservations[at], self.on_demand(reservation));
    }

    /// USD an hour of an instance of the reservation's own size.
    fn on_demand(&self, reservation: &Reservation) -> Decimal {
        let Reservation { kind, region, platform, tenancy, .. } = reservation.clone();
        let instance = Instance { kind, region, zone: "".into(), platform, tenancy };
        self.costs.ledger.sheet().list_price(&Product::Instance(instance)).unwrap_or_default()
    }

    fn group(&self, at: usize, reserved: &Reserved) -> ReservationUtilizationGroup {
        let reservation = &self.statement.bill.biller().reservations()[at];
        let text = |dimension| of_reservation(reservation, dimension).map(Cow::into_owned).unwrap_or_default();
        let mut attributes = BTreeMap::from([
            ("accountId".to_owned(), reservation.account.to_string()),
            ("subscriptionId".to_owned(), text(Dimension::SubscriptionId)),
            ("leaseId".to_owned(), reservation.id.to_string()),
            ("instanceType".to_owned(), text(Dimension::InstanceType)),
            ("numberOfInstances".to_owned(), reservation.count.to_string()),
            ("platform".to_owned(), text(Dimension::Platform)),
            ("region".to_owned(), text(Dimension::Region)),
            ("scope".to_owned(), text(Dimension::Scope)),
            ("tenancy".to_owned(), text(Dimension::Tenancy)),
            ("sizeFlexibility".to_owned(), (if reservation.is_flexible() { "FlexRI" } else { "" }).to_owned()),
        ]);
        if let Scope::Zone(zone) = &reservation.scope {
            attributes.insert("availabilityZone".to_owned(), zone.to_string());
        }
        if let Some((row, offer)) = self.statement.reserved_row(&reservation.id) {
            attributes.extend([
                ("startDateTime".to_owned(), row.start.to_string()),
                ("endDateTime".to_owned(), row.end.to_string()),
                ("offeringType".to_owned(), offer.class.name().to_owned()),
                ("paymentOption".to_owned(), offer.payment.name().to_owned()),
                ("subscriptionStatus".to_owned(), row.state(self.costs.now()).name().to_owned()),
            ]);
        }
        ReservationUtilizationGroup {
            key: Some(Dimension::SubscriptionId.name().to_owned()),
            value: Some(text(Dimension::SubscriptionId)),
            attributes: Some(attributes),
            utilization: Some(reserved.shown()),
        }
    }
}

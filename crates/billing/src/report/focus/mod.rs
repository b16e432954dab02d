//! Every charge as a row of the FinOps Open Cost and Usage Specification, version 1.2 (<https://focus.finops.org>): CSV with
//! a head. Costs are in USD; `BilledCost` is what an invoice has, `EffectiveCost` spreads what was paid upfront.

mod commitment;
mod names;
mod row;
#[cfg(test)]
mod tests;

use std::io::Write;

use csv::Result;
use rust_decimal::Decimal;

use crate::bill::{Bill, Described, sku};
use crate::engine::{Charge, Hour, Instance, Pays, Product};
use commitment::Commitment;
use row::{COLUMNS, Row};

/// Writes the charges of a period, hour by hour.
///
/// # Errors
/// Those of the writer.
pub fn focus(bill: &Bill, from: Hour, to: Hour, payer: &str, out: impl Write) -> Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    for (hour, charges) in bill.hours(from, to) {
        for charge in &charges {
            usage(bill, hour, charge, payer).write(&mut out)?;
        }
        if bill.is_to_come(hour) {
            continue;
        }
        for reservation in bill.biller().reservations() {
            purchase(hour, &Commitment::of_reservation(reservation), payer, &mut out)?;
        }
        for plan in bill.biller().plans().iter().filter(|one| one.is_in_force(hour)) {
            purchase(hour, &Commitment::of_plan(plan), payer, &mut out)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// What was used, or promised and not used.
fn usage(bill: &Bill, hour: Hour, charge: &Charge, payer: &str) -> Row {
    let biller = bill.biller();
    let product = charge.product.map(|at| &biller.products()[at]);
    let commitment = match charge.pays {
        Pays::OnDemand => None,
        Pays::Reservation(at) | Pays::UnusedReservation(at) => {
            Some(Commitment::of_reservation(&biller.reservations()[at]))
        }
        Pays::SavingsPlan(at) | Pays::UnusedSavingsPlan(at) => Some(Commitment::of_plan(&biller.plans()[at])),
    };
    let row = Row { hour, payer: payer.to_owned(), account: charge.account.to_string(), ..Row::default() };
    let row = match (product, &commitment) {
        (Some(product), _) => used(row, bill, charge, product),
        (None, Some(commitment)) => commitment.unused(charge, row),
        (None, None) => row,
    };
    Row {
        category: "Usage",
        frequency: "Usage-Based",
        effective: charge.amortized,
        list: charge.on_demand,
        billed: if commitment.is_some() { Decimal::ZERO } else { charge.amortized },
        pricing: match (&commitment, product) {
            (Some(_), _) => "Committed",
            (None, Some(Product::Spot { .. })) => "Dynamic",
            (None, _) => "Standard",
        },
        status: match charge.pays {
            Pays::OnDemand => "",
            pays if pays.is_unused() => "Unused",
            _ => "Used",
        },
        commitment: commitment.map(|one| one.part(product, charge)),
        ..row
    }
}

/// What a row says of the product and of the resource that used it.
fn used(row: Row, bill: &Bill, charge: &Charge, product: &Product) -> Row {
    let Described { usage_type, unit } = Described::of(product);
    let (unit, named) = (names::unit(unit), names::Resource::of(product, &charge.resource));
    let sku = sku(product);
    let tags = bill.timeline().tags_of(&charge.resource);
    let description = match charge.pays {
        Pays::Reservation(_) => format!("{usage_type} covered by {}", commitment::RESERVED),
        Pays::SavingsPlan(_) => format!("{usage_type} covered by {}", commitment::PLANS),
        _ => usage_type.clone(),
    };
    Row {
        description,
        consumed: Some((charge.quantity, unit)),
        priced: Some((charge.quantity, unit)),
        price: charge.product.map(|at| bill.biller().on_demand(at)),
        price_id: names::price_id(product, &sku),
        sku,
        details: names::details(product),
        region: product.region().to_string(),
        zone: match product {
            Product::Instance(Instance { zone, .. })
            | Product::Room(Instance { zone, .. })
            | Product::Spot { instance: Instance { zone, .. }, .. } => zone.to_string(),
            _ => String::new(),
        },
        resource: named.id,
        resource_type: named.kind,
        resource_name: tags.and_then(|tags| tags.get("Name")).cloned().unwrap_or_default(),
        room: named.room,
        service: product.service().to_owned(),
        usage_type,
        tags: tags.and_then(|tags| serde_json::to_string(tags).ok()),
        ..row
    }
}

/// What a commitment costs in this hour, whether it is used or not.
fn purchase(hour: Hour, commitment: &Commitment<'_>, payer: &str, out: &mut csv::Writer<impl Write>) -> Result<()> {
    for fee in commitment.fees(hour) {
        let row = Row { hour, payer: payer.to_owned(), ..fee };
        row.write(out)?;
    }
    Ok(())
}

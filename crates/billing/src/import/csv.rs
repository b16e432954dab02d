//! Price lists as CSV: five rows about the file, a row of names, and a row for each price with all that is known of its
//! product (*Billing user guide, Reading the service price list file: CSV file*).

use std::collections::HashMap;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::found::Found;
use super::price::{self, Condition, day, reserved, sold};
use super::{Error, LeftOut};

/// Rows before the names at most.
const ABOUT: u64 = 20;
/// What the row of names begins with.
const FIRST: &str = "SKU";

pub fn read(file: impl Read, found: &mut Found) -> Result<(), Error> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut row = StringRecord::new();
    let columns = loop {
        let is_there = reader.read_record(&mut row).map_err(unreadable)?;
        let line = row.position().map_or(1, line_of);
        if !is_there || line > ABOUT {
            return Err(wrong(line, "no row of names begins with SKU".to_owned()));
        }
        match row.get(0) {
            Some(FIRST) => break Columns::of(&row, line)?,
            Some("OfferCode") => found.offer = row.get(1).unwrap_or_default().to_owned(),
            Some("Publication Date") => found.date = day(row.get(1).unwrap_or_default()).to_owned(),
            _ => {}
        }
    };
    if columns.are_of_plans {
        found.offer = "ComputeSavingsPlans".to_owned();
    }
    while reader.read_record(&mut row).map_err(unreadable)? {
        let line = row.position().map_or(0, line_of);
        if row.len() != columns.count {
            return Err(wrong(line, format!("there are {} fields where {} are named", row.len(), columns.count)));
        }
        let took = if columns.are_of_plans { plan(&columns, &row, found) } else { offer(&columns, &row, found) };
        took.map_err(|why| wrong(line, why))?;
    }
    Ok(())
}

/// Each row is a line. The reader's own count is off by one where lines end with a carriage return.
fn line_of(position: &csv::Position) -> u64 {
    position.record() + 1
}

fn wrong(line: u64, why: String) -> Error {
    Error::Csv { line, why }
}

fn unreadable(error: csv::Error) -> Error {
    let line = error.position().map_or(0, line_of);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Error::Io(error),
        csv::ErrorKind::Utf8 { err, .. } => wrong(line, err.to_string()),
        other => wrong(line, format!("{other:?}")),
    }
}

/// Where each column is.
struct Columns {
    by_name: HashMap<String, usize>,
    count: usize,
    are_of_plans: bool,
}

/// Those without which a row means nothing.
const OF_OFFERS: &[&str] =
    &["TermType", "Unit", "PricePerUnit", "Currency", "StartingRange", "serviceCode", "usageType", "operation"];
const OF_PLANS: &[&str] = &[
    "DiscountedRate",
    "Currency",
    "DiscountedServiceCode",
    "DiscountedUsageType",
    "DiscountedOperation",
    "PurchaseOption",
    "LeaseContractLength",
    "Product Family",
    "DiscountedRegionCode",
];

impl Columns {
    fn of(row: &StringRecord, line: u64) -> Result<Self, Error> {
        let by_name: HashMap<_, _> = row.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        let are_of_plans = by_name.contains_key("DiscountedRate");
        let needed = if are_of_plans { OF_PLANS } else { OF_OFFERS };
        if let Some(missing) = needed.iter().find(|name| !by_name.contains_key(**name)) {
            return Err(wrong(line, format!("there is no column {missing}")));
        }
        Ok(Self { by_name, count: row.len(), are_of_plans })
    }

    /// Empty where there is no such column.
    fn get<'a>(&self, row: &'a StringRecord, name: &str) -> &'a str {
        self.by_name.get(name).and_then(|at| row.get(*at)).unwrap_or_default()
    }
}

fn offer(columns: &Columns, row: &StringRecord, found: &mut Found) -> Result<(), String> {
    let get = |name| columns.get(row, name);
    let (service, usage_type, operation) = (get("serviceCode"), get("usageType"), get("operation"));
    let Some(subject) = found.subject(get("Region Code"), service, usage_type, operation) else { return Ok(()) };
    if get("Currency") != "USD" {
        found.leave_out(LeftOut::NotInUsd);
        return Ok(());
    }
    let usd = price::usd(get("PricePerUnit"))?;
    let condition = match get("TermType") {
        "OnDemand" => Some(Condition::OnDemand { begin: price::begin(get("StartingRange"))? }),
        "Reserved" => reserved(get("OfferingClass"), get("LeaseContractLength"), get("PurchaseOption"), get("Unit")),
        _ => None,
    };
    found.take(&subject, condition, usd);
    Ok(())
}

fn plan(columns: &Columns, row: &StringRecord, found: &mut Found) -> Result<(), String> {
    let get = |name| columns.get(row, name);
    let (service, usage_type) = (get("DiscountedServiceCode"), get("DiscountedUsageType"));
    let (region, operation) = (get("DiscountedRegionCode"), get("DiscountedOperation"));
    let Some(subject) = found.subject(region, service, usage_type, operation) else { return Ok(()) };
    if get("Currency") != "USD" {
        found.leave_out(LeftOut::NotInUsd);
        return Ok(());
    }
    let usd = price::usd(get("DiscountedRate"))?;
    let condition = sold(get("Product Family"), get("LeaseContractLength"), get("PurchaseOption"));
    found.take(&subject, condition, usd);
    Ok(())
}

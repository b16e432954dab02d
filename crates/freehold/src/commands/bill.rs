//! `freehold bill`: what was used and what it costs. `freehold bill what-if`: what it would cost under each purchase option.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use freehold_billing::report::{Line, PricedOption, Report, money};
use freehold_client::{post_json, post_text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::{block_on, print_json, print_out, running};
use crate::cli;
use crate::cli::bill::{Format, Payment, Period};
use crate::data_dir::DataDir;
use crate::local_api::bill::{Ask, Options};
use crate::terminal;

const PAGE: &str = "/_freehold/bill";

pub fn run(data_dir: Option<PathBuf>, options: cli::bill::Bill) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    let server = running(&data)?.endpoint.trim_start_matches("http://").parse()?;
    match options.what_if {
        Some(cli::bill::WhatIf::WhatIf(_)) if options.period != Period::default() => {
            bail!("name the period after what-if")
        }
        Some(cli::bill::WhatIf::WhatIf(what_if)) => compare(server, &what_if),
        None => print_bill(server, &options),
    }
}

fn print_bill(server: SocketAddr, options: &cli::bill::Bill) -> Result<()> {
    let (by, focus) = (&options.by, options.format() == Format::Focus);
    let ask = Ask { by: by.clone(), account: options.account.clone(), focus, ..ask(&options.period)? };
    if focus {
        return print_out(&block_on(post_text(server, PAGE, &ask))?);
    }
    let report: Report = block_on(post_json(server, PAGE, &ask))?;
    match options.format() {
        Format::Json => print_json(&report),
        Format::Csv => print_out(&csv_of(&report, by)?),
        _ => print_out(&table_of(&report, by)),
    }
}

fn table_of(report: &Report, by: &[String]) -> String {
    let time = |at: Timestamp| at.strftime("%F %H:%M").to_string();
    let head = format!("From {} to {} UTC, at prices of {}\n\n", time(report.from), time(report.to), report.prices);
    let names = by.iter().map(|name| name.to_uppercase());
    let mut rows = vec![names.chain(["ON-DEMAND", "COST", "SAVED"].map(String::from)).collect::<Vec<_>>()];
    let saved = |line: &Line| match line.on_demand {
        list if list > line.cost => format!("{:.1} %", (Decimal::ONE - line.cost / list) * Decimal::ONE_HUNDRED),
        _ => String::new(),
    };
    let row = |key: Vec<String>, line: &Line| {
        let money = [money(line.on_demand), money(line.cost), saved(line)];
        key.into_iter().chain(money).collect::<Vec<_>>()
    };
    rows.extend(report.lines.iter().map(|line| row(line.key.clone(), line)));
    let mut total = vec![String::new(); by.len()];
    total[0] = "Total".to_owned();
    rows.push(row(total, &report.total));
    head + &terminal::table_with_numbers(&rows, by.len())
}

fn csv_of(report: &Report, by: &[String]) -> Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(by.iter().map(String::as_str).chain(["quantity", "on_demand_usd", "cost_usd"]))?;
    for line in &report.lines {
        let numbers = [line.quantity, line.on_demand, line.cost].map(|number| number.normalize().to_string());
        out.write_record(line.key.iter().chain(&numbers))?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}

fn compare(server: SocketAddr, options: &cli::bill::Compare) -> Result<()> {
    let usage =
        options.usage.as_ref().map(|path| std::fs::read_to_string(path).with_context(|| format!("{}", path.display())));
    let payments = match options.payment {
        None => vec![Payment::No, Payment::Partial, Payment::All],
        Some(one) => vec![one],
    };
    let what_if = Options {
        usage: usage.transpose()?,
        years: options.years.map_or_else(|| vec![1, 3], |years| vec![years.into()]),
        payments: payments.into_iter().map(|payment| payment.name().to_owned()).collect(),
    };
    let ask = Ask { what_if: Some(what_if), ..ask(&options.period)? };
    let priced: Vec<PricedOption> = block_on(post_json(server, PAGE, &ask))?;
    if options.json {
        return print_json(&priced);
    }
    print_out(&comparison(&priced))
}

fn comparison(priced: &[PricedOption]) -> String {
    let head = ["OPTION", "A MONTH", "SAVED", "UPFRONT", "PAYS OFF AFTER"].map(String::from).to_vec();
    let row = |option: &PricedOption| {
        let months = option.break_even_months.map(|months| format!("{months:.1} months"));
        vec![
            option.option.clone(),
            money(option.monthly),
            format!("{:.1} %", option.saving_percent),
            money(option.upfront),
            months.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(priced.iter().map(row)).collect();
    let mut text = terminal::table_with_numbers(&rows, 1);
    if priced.len() == 1 {
        text.push_str("\nNo commitment would cost less.\n");
    }
    if let Some(best) = priced.first().filter(|best| !best.buy.is_empty()) {
        text.push_str(&format!("\nCheapest: {}. To buy:\n", best.option));
        for one in &best.buy {
            let amount =
                if one.what.ends_with("Plan") { format!("{} USD an hour", one.amount) } else { one.amount.to_string() };
            let years = if one.years == 1 { "1 year".to_owned() } else { format!("{} years", one.years) };
            text.push_str(&format!("  {}: {amount}, {years}, {}\n", one.what, one.payment.to_lowercase()));
        }
    }
    text
}

/// What to ask for this period.
fn ask(period: &Period) -> Result<Ask> {
    let begin = |date: jiff::civil::Date| Ok::<_, anyhow::Error>(date.to_zoned(TimeZone::UTC)?.timestamp());
    Ok(Ask {
        last: period.last,
        from: period.from.map(begin).transpose()?,
        to: period.to.map(begin).transpose()?,
        by: Vec::new(),
        account: None,
        focus: false,
        what_if: None,
    })
}

//! The page of the bill.

use askama::Template;
use freehold_billing::Ledger;
use freehold_billing::offers::{Payment, Term};
use freehold_billing::report::Last;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::ask::{Ask, Period};
use super::columns::{Chart, colour, is_hatched};
use super::figures::{Cost, Figures, Line};
use super::slots::{Step, slots};
use super::what_if::WhatIf;
use crate::chart::Shown;
use crate::figure::{exact, money, share};
use crate::page::{Failure, Frame};

/// Something to choose.
struct Link {
    text: &'static str,
    to: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "bill.html")]
struct BillPage<'a> {
    frame: &'a Frame,
    ask: &'a Ask,
    figures: &'a Figures,
    /// USD less, or more, than On-Demand.
    difference: Decimal,
    is_saved: bool,
    /// USD for commitments that nobody used.
    unused: Decimal,
    chart: Chart,
    step: &'static str,
    what_if: Option<WhatIf>,
    periods: Vec<Link>,
    terms: Vec<Link>,
    payments: Vec<Link>,
    first: String,
    last: String,
    /// The day of which prices are.
    prices: String,
}

pub fn page(frame: &Frame, ledger: &Ledger, query: &str) -> Result<String, Failure> {
    let ask = Ask::read(query).map_err(Failure::Ask)?;
    let period = ask.period(ledger.now()).map_err(Failure::Ask)?;
    let bill = ledger.bill(period.from, period.to)?;
    let step = Step::of(&period);
    let slots = slots(&period, step);
    let figures = Figures::of(&bill, &period, &slots, &ask);
    let (first, last) = named(&period);
    let saved = figures.total.on_demand - figures.total.cost;
    let page = BillPage {
        frame,
        chart: Chart::of(&slots, &figures.slots, &figures.options),
        what_if: WhatIf::of(ledger, bill.timeline(), &period, &ask),
        figures: &figures,
        difference: saved.abs(),
        is_saved: !saved.is_sign_negative(),
        unused: figures.unused(),
        step: step.name(),
        periods: periods(&ask),
        terms: terms(&ask),
        payments: payments(&ask),
        first,
        last,
        prices: ledger.sheet().date().to_owned(),
        ask: &ask,
    };
    Ok(page.render()?)
}

/// The period's first moment, and the one after its last.
fn named(period: &Period) -> (String, String) {
    let time = |at: Timestamp| at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M").to_string();
    (time(period.from.start()), time(period.to.start()))
}

fn periods(ask: &Ask) -> Vec<Link> {
    let link = |last: Last| Link {
        text: match last {
            Last::Hour => "This hour",
            Last::Day => "Today",
            Last::Month => "This month",
        },
        to: Ask { last, from: None, to: None, ..ask.clone() }.link(),
        is_current: !ask.is_of_days() && ask.last == last,
    };
    Last::ALL.into_iter().map(link).collect()
}

fn terms(ask: &Ask) -> Vec<Link> {
    let link = |(text, term): (_, Option<Term>)| Link {
        text,
        to: Ask { term, ..ask.clone() }.link() + "#what-if",
        is_current: ask.term == term,
    };
    [("All terms", None), ("1 year", Some(Term::OneYear)), ("3 years", Some(Term::ThreeYears))].map(link).into()
}

fn payments(ask: &Ask) -> Vec<Link> {
    let link = |(text, payment): (_, Option<Payment>)| Link {
        text,
        to: Ask { payment, ..ask.clone() }.link() + "#what-if",
        is_current: ask.payment == payment,
    };
    let choices = [
        ("All payments", None),
        ("No upfront", Some(Payment::NoUpfront)),
        ("Partial upfront", Some(Payment::PartialUpfront)),
        ("All upfront", Some(Payment::AllUpfront)),
    ];
    choices.map(link).into()
}

impl BillPage<'_> {
    fn is_chosen(&self, account: &str) -> bool {
        self.ask.account.as_deref() == Some(account)
    }

    /// An account that was asked for and has no charges.
    fn unknown_account(&self) -> Option<&str> {
        self.ask.account.as_deref().filter(|account| !self.figures.accounts.contains(*account))
    }

    /// Percent of the dearest, for a bar.
    fn width(&self, cost: &Cost, lines: &[Line]) -> String {
        let most = lines.iter().map(|line| line.cost.cost).max().unwrap_or_default();
        if most.is_zero() { "0".to_owned() } else { format!("{:.2}", cost.cost / most * Decimal::ONE_HUNDRED) }
    }
}

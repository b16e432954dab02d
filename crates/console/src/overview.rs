//! The first page: what this region is and what it holds.

use askama::Template;
use freehold_billing::Ledger;
use freehold_billing::engine::Hour;
use freehold_billing::report::{Last, Report};
use freehold_store::Error;

use crate::figure;
use crate::page::{Failure, Frame};

/// The region at a glance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    pub version: String,
    /// `http://127.0.0.1:4566`
    pub endpoint: String,
    /// What instances are made of, and why: `container`.
    pub driver: String,
    pub reason: String,
    /// `3h 20m 1s`
    pub up_for: String,
    pub services: Vec<String>,
    /// In the order of their accounts; accounts that hold nothing are not among them.
    pub holdings: Vec<Holdings>,
}

/// What an account has now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    pub account: String,
    pub running_instances: u64,
    /// Those that are pending, stopped or on the way to it.
    pub other_instances: u64,
    pub balancers: u64,
    pub functions: u64,
    pub queues: u64,
    pub topics: u64,
}

impl Holdings {
    /// Of an account, nothing yet.
    pub fn of(account: &str) -> Self {
        Self { account: account.to_owned(), ..Self::default() }
    }
}

/// Looks at the region.
pub trait Sight: Send + Sync + 'static {
    /// What is there now.
    ///
    /// # Errors
    /// Those of the store.
    fn overview(&self) -> Result<Overview, Error>;
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage<'a> {
    frame: &'a Frame,
    overview: &'a Overview,
    /// USD of this month.
    cost: String,
}

pub fn page(frame: &Frame, ledger: &Ledger, sight: &dyn Sight) -> Result<String, Failure> {
    let overview = sight.overview()?;
    let now = ledger.now();
    let period = (Last::Month.begin(now), Hour::of(now).plus(1));
    let report = Report::of(&ledger.bill(period.0, period.1)?, period, &[], None, ledger.sheet().date());
    let cost = figure::money(&report.total.cost);
    Ok(OverviewPage { frame, overview: &overview, cost }.render()?)
}

//! `POST /_freehold/bill`: what was used in a period and what it costs. With `"focus": true` every charge as CSV, with
//! `"what_if": {…}` what it would cost under each purchase option.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_billing::Ledger;
use freehold_billing::engine::Hour;
use freehold_billing::offers::{Payment, Term};
use freehold_billing::report::{self, Last, PricedOption, Report};
use freehold_billing::what_if::{Profile, Wanted, what_if};
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{HeaderValue, Method, Response, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{json, refusal_of_others, refuse};

/// Accounts are billed to the region's own.
const PAYER: &str = "000000000000";

pub struct BillRoute {
    pub ledger: Arc<Ledger>,
}

/// What to bill, and how to show it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The period up to now that is billed if no beginning is given.
    #[serde(default)]
    pub last: Last,
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Not part of it; hours are billed whole. The end of this hour, if it is not given.
    #[serde(default)]
    pub to: Option<Timestamp>,
    #[serde(default)]
    pub by: Vec<String>,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub focus: bool,
    #[serde(default)]
    pub what_if: Option<Options>,
}

/// Which purchase options to look at, for which usage.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The content of a file of usage; what was metered without one.
    pub usage: Option<String>,
    /// 1 or 3.
    pub years: Vec<u32>,
    /// `No Upfront`
    pub payments: Vec<String>,
}

#[async_trait]
impl Route for BillRoute {
    fn path(&self) -> &str {
        "/_freehold/bill"
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        if let Some(refusal) = refusal_of_others(&request, client) {
            return refusal;
        }
        if request.method() != Method::POST {
            return refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                "POST {\"from\": \"…Z\", \"to\": \"…Z\", \"by\": [\"service\"]}",
            );
        }
        let ask = match serde_json::from_slice::<Ask>(request.body()) {
            Ok(ask) => ask,
            Err(error) => return refuse(StatusCode::BAD_REQUEST, &error.to_string()),
        };
        // A long period is arithmetic for seconds; others are served meanwhile.
        let ledger = Arc::clone(&self.ledger);
        let answer = tokio::task::spawn_blocking(move || answer(&ledger, &ask)).await;
        match answer {
            Ok(Ok(response)) => response,
            Ok(Err(Refused::Ask(why))) => refuse(StatusCode::BAD_REQUEST, &why),
            Ok(Err(Refused::State(error))) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}

enum Refused {
    Ask(String),
    State(freehold_store::Error),
}

impl From<freehold_store::Error> for Refused {
    fn from(error: freehold_store::Error) -> Self {
        Self::State(error)
    }
}

impl Ask {
    fn period(&self, now: Timestamp) -> Result<(Hour, Hour), Refused> {
        let from = self.from.map_or_else(|| self.last.begin(now), Hour::of);
        let to = self.to.map_or_else(|| Hour::of(now).plus(1), Hour::of);
        if from >= to {
            return Err(Refused::Ask("the period ends before it begins".to_owned()));
        }
        Ok((from, to))
    }
}

fn answer(ledger: &Ledger, ask: &Ask) -> Result<PlainResponse, Refused> {
    let (from, to) = ask.period(ledger.now())?;
    if let Some(options) = &ask.what_if {
        return Ok(json(StatusCode::OK, &priced(ledger, (from, to), options)?));
    }
    let bill = ledger.bill(from, to)?;
    if ask.focus {
        let mut rows = Vec::new();
        report::focus(&bill, from, to, PAYER, &mut rows).map_err(|error| Refused::Ask(error.to_string()))?;
        let mut response = Response::new(Bytes::from(rows));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
        return Ok(response);
    }
    let by = ask.by.iter().map(|name| report::dimension(name)).collect::<Result<Vec<_>, _>>();
    let by = by.map_err(|unknown| Refused::Ask(unknown.to_string()))?;
    let report = Report::of(&bill, (from, to), &by, ask.account.as_deref(), ledger.sheet().date());
    Ok(json(StatusCode::OK, &report))
}

fn priced(ledger: &Ledger, (from, to): (Hour, Hour), options: &Options) -> Result<Vec<PricedOption>, Refused> {
    let wanted = wanted(options)?;
    let profile = match &options.usage {
        Some(text) => {
            Profile::read(text, ledger.region(), &**ledger.types()).map_err(|error| Refused::Ask(error.to_string()))?
        }
        None => {
            // Nothing is idle in hours that are still to come.
            let to = to.min(Hour::of(ledger.now()).plus(1));
            Profile::of(&ledger.timeline(from, to)?, from, to)
        }
    };
    let choices = what_if(&profile, ledger.sheet(), ledger.region(), &wanted);
    Ok(choices.iter().map(PricedOption::from).collect())
}

fn wanted(options: &Options) -> Result<Wanted, Refused> {
    let term = |years: &u32| Term::ALL.into_iter().find(|term| term.years() == *years);
    let terms: Option<Vec<_>> = options.years.iter().map(term).collect();
    let payments: Option<Vec<_>> = options.payments.iter().map(|name| Payment::parse(name)).collect();
    Ok(Wanted {
        terms: terms.ok_or_else(|| Refused::Ask("terms are of 1 and 3 years".to_owned()))?,
        payments: payments
            .ok_or_else(|| Refused::Ask("payments are No Upfront, Partial Upfront and All Upfront".to_owned()))?,
    })
}

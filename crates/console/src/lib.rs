//! The region's web page: what runs in it and what it costs, for people.
//!
//! Pages are made on the server, from the ledger that `freehold bill` asks too, and need neither scripts nor anything of
//! another host. They only read: nothing here changes the region, and [`guard`] says which requests are answered at all.

mod answer;
mod bill;
mod chart;
mod figure;
mod guard;
mod overview;
mod page;

use std::sync::Arc;

use freehold_billing::Ledger;
use freehold_wire::server::{PlainRequest, PlainResponse};
use http::StatusCode;

use answer::{html, refused};
pub use guard::refusal_of_strangers;
pub use overview::{Holdings, Overview, Sight};
use page::{Failure, Frame, Section};

/// Where the console begins.
pub const PATH: &str = "/_freehold/console";
const STYLE: &str = include_str!("../assets/style.css");
const ICON: &str = include_str!("../assets/icon.svg");

/// Everything that the pages show.
#[derive(Clone)]
pub struct Console {
    ledger: Arc<Ledger>,
    sight: Arc<dyn Sight>,
}

impl Console {
    pub fn new(ledger: Arc<Ledger>, sight: Arc<dyn Sight>) -> Self {
        Self { ledger, sight }
    }

    /// Answers a request of any method for [`PATH`] or a path below it. That the client is of this host was checked.
    pub async fn answer(&self, request: &PlainRequest) -> PlainResponse {
        if let Some(refusal) = guard::refusal(request) {
            return refused(refusal.status(), &refusal.to_string());
        }
        let path = request.uri().path().strip_prefix(PATH).unwrap_or_default().trim_end_matches('/').to_owned();
        match &*path {
            "/style.css" => return answer::file("text/css; charset=utf-8", STYLE),
            "/icon.svg" => return answer::file("image/svg+xml", ICON),
            _ => {}
        }
        // A long period is arithmetic for seconds; others are served meanwhile.
        let (console, query) = (self.clone(), request.uri().query().unwrap_or_default().to_owned());
        let page = tokio::task::spawn_blocking(move || console.page(&path, &query)).await;
        match page {
            Ok(Ok(page)) => html(StatusCode::OK, page),
            Ok(Err(failure)) => self.failure(&failure),
            Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    fn page(&self, path: &str, query: &str) -> Result<String, Failure> {
        match path {
            "" => overview::page(&self.frame(Section::Overview), &self.ledger, &*self.sight),
            "/bill" => bill::page(&self.frame(Section::Bill), &self.ledger, query),
            _ => Err(Failure::Nowhere),
        }
    }

    fn failure(&self, failure: &Failure) -> PlainResponse {
        match page::failure(&self.frame(Section::None), failure) {
            Ok(page) => html(failure.status(), page),
            Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    fn frame(&self, section: Section) -> Frame {
        Frame { region: self.ledger.region().to_string(), section }
    }
}

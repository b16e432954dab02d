//! What all pages have: a head that leads to the others, and words for what went wrong.

use askama::Template;
use http::StatusCode;

/// Which part of the console a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Overview,
    Bill,
    None,
}

/// What the head of a page says.
pub struct Frame {
    pub region: String,
    pub section: Section,
}

impl Frame {
    /// The value of `aria-current` of a link to this section.
    fn current(&self, section: &Section) -> &'static str {
        if self.section == *section { "page" } else { "false" }
    }

    pub fn overview(&self) -> &'static str {
        self.current(&Section::Overview)
    }

    pub fn bill(&self) -> &'static str {
        self.current(&Section::Bill)
    }
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("There is no such page.")]
    Nowhere,
    /// The query makes no sense.
    #[error("{0}")]
    Ask(String),
    #[error("The state cannot be read: {0}")]
    State(#[from] freehold_store::Error),
    #[error("The page cannot be made: {0}")]
    Page(#[from] askama::Error),
}

impl Failure {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Nowhere => StatusCode::NOT_FOUND,
            Self::Ask(_) => StatusCode::BAD_REQUEST,
            Self::State(_) | Self::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    frame: &'a Frame,
    why: String,
}

/// A page that says why there is no other.
pub fn failure(frame: &Frame, failure: &Failure) -> Result<String, askama::Error> {
    FailurePage { frame, why: failure.to_string() }.render()
}

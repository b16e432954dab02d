//! What the query of the page asks for.

use form_urlencoded::Serializer;
use freehold_billing::engine::Hour;
use freehold_billing::offers::{Payment, Term};
use freehold_billing::report::Last;
use freehold_billing::what_if::Wanted;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A page is of five years at most: it is made while somebody waits.
const MOST_HOURS: i64 = 5 * 366 * 24;

/// Everything that can be chosen. Parameters without a value are as good as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    pub last: Last,
    /// First day, instead of a period up to now.
    pub from: Option<Date>,
    /// Last day, which is part of it.
    pub to: Option<Date>,
    pub account: Option<String>,
    /// A tag's key, to tell charges apart by its values.
    pub tag: Option<String>,
    /// Commitments of this term only.
    pub term: Option<Term>,
    /// Commitments that are paid for like this only.
    pub payment: Option<Payment>,
}

/// The hours that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Hour,
    /// Not part of what is billed; the end of the hour that is under way, mostly.
    pub to: Hour,
    /// The hour after the last one that charts have a place for, which may be to come.
    pub end: Hour,
}

impl Ask {
    /// Reads a query, or says what is wrong with it.
    pub fn read(query: &str) -> Result<Self, String> {
        let mut ask = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match &*key {
                "period" => ask.last = value.parse().map_err(|error| format!("{error}."))?,
                "from" => ask.from = Some(day(value)?),
                "to" => ask.to = Some(day(value)?),
                "account" => ask.account = Some(value.to_owned()),
                "tag" => ask.tag = Some(value.to_owned()),
                "years" => ask.term = Some(term(value)?),
                "payment" => ask.payment = Some(payment(value)?),
                _ => return Err(format!("The page of the bill has no parameter {key}.")),
            }
        }
        Ok(ask)
    }

    /// The page that shows this.
    pub fn link(&self) -> String {
        let mut query = Serializer::new(String::new());
        if self.is_of_days() {
            query.extend_pairs(self.from.map(|day| ("from", day.to_string())));
            query.extend_pairs(self.to.map(|day| ("to", day.to_string())));
        } else {
            query.append_pair("period", self.last.name());
        }
        query.extend_pairs(self.account.iter().map(|account| ("account", account)));
        query.extend_pairs(self.tag.iter().map(|tag| ("tag", tag)));
        query.extend_pairs(self.term.map(|term| ("years", term.years().to_string())));
        query.extend_pairs(self.payment.map(|payment| ("payment", payment.name())));
        format!("{}/bill?{}", crate::PATH, query.finish())
    }

    /// Whether it is about days that were named.
    pub fn is_of_days(&self) -> bool {
        self.from.is_some()
    }

    pub fn period(&self, now: Timestamp) -> Result<Period, String> {
        let next = Hour::of(now).plus(1);
        let Some(first) = self.from else {
            return match self.to {
                Some(_) => Err("A last day needs a first one.".to_owned()),
                None => Ok(Period { from: self.last.begin(now), to: next, end: self.last.end(now) }),
            };
        };
        let from = begin(first)?;
        let to = match self.to {
            Some(last) => begin(last.tomorrow().map_err(|error| error.to_string())?)?,
            None => next,
        };
        match to.0 - from.0 {
            ..=0 => Err("The period ends before it begins.".to_owned()),
            hours if hours > MOST_HOURS => {
                Err("The page shows five years at most; freehold bill shows more.".to_owned())
            }
            _ => Ok(Period { from, to, end: to }),
        }
    }

    pub fn wanted(&self) -> Wanted {
        Wanted {
            terms: self.term.map_or_else(|| Term::ALL.to_vec(), |term| vec![term]),
            payments: self.payment.map_or_else(|| Payment::ALL.to_vec(), |payment| vec![payment]),
        }
    }
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("{text} is no day: 2026-11-30 is one."))
}

fn begin(day: Date) -> Result<Hour, String> {
    day.to_zoned(TimeZone::UTC).map(|day| Hour::of(day.timestamp())).map_err(|error| error.to_string())
}

fn term(text: &str) -> Result<Term, String> {
    let found = Term::ALL.into_iter().find(|term| term.years().to_string() == text);
    found.ok_or_else(|| "Terms are of 1 and 3 years.".to_owned())
}

fn payment(text: &str) -> Result<Payment, String> {
    Payment::parse(text).ok_or_else(|| "Payments are No Upfront, Partial Upfront and All Upfront.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T13:30:00Z".parse().unwrap()
    }

    #[test]
    fn what_is_asked_is_found_again_behind_its_link() {
        for query in [
            "",
            "period=day&account=000000000000&tag=a%26b%3D%22&years=3&payment=All+Upfront",
            "from=2026-10-01&to=2026-10-31&tag=%3Cscript%3E",
        ] {
            let ask = Ask::read(query).unwrap();
            let link = ask.link();
            assert_eq!(Ask::read(link.split_once('?').unwrap().1).unwrap(), ask, "{link}");
        }
    }

    #[test]
    fn what_is_left_empty_is_not_asked_for() {
        assert_eq!(Ask::read("from=&to=&account=&tag=+&years=").unwrap(), Ask::default());
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (query, part) in [
            ("period=year", "year"),
            ("from=now", "now is no day"),
            ("years=2", "1 and 3"),
            ("payment=later", "No Upfront"),
            ("colour=red", "no parameter colour"),
        ] {
            assert!(Ask::read(query).unwrap_err().contains(part), "{query}");
        }
        for query in
            ["from=2026-11-02&to=2026-11-01", "to=2026-11-01", "from=2001-01-01", "from=9999-12-31&to=9999-12-31"]
        {
            assert!(Ask::read(query).unwrap().period(now()).is_err(), "{query}");
        }
    }

    #[test]
    fn days_are_whole_and_the_last_is_part_of_the_period() {
        let told = |query| {
            let period = Ask::read(query).unwrap().period(now()).unwrap();
            [period.from, period.to, period.end].map(|hour| hour.start().strftime("%F %H").to_string())
        };
        assert_eq!(told("from=2026-10-01&to=2026-10-31"), ["2026-10-01 00", "2026-11-01 00", "2026-11-01 00"]);
        assert_eq!(told("from=2026-11-29"), ["2026-11-29 00", "2026-11-30 14", "2026-11-30 14"]);
        assert_eq!(told("period=month"), ["2026-11-01 00", "2026-11-30 14", "2026-12-01 00"]);
    }
}

//! What was used when.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::engine::{Hour, HourUsage, Product};

const SECONDS: i64 = 3600;

/// Usage of a region, spread over hours.
#[derive(Default)]
pub struct Timeline {
    products: Vec<Product>,
    by_product: HashMap<Product, usize>,
    spans: Vec<Span>,
    counts: BTreeMap<Hour, Vec<HourUsage>>,
    /// Products of which an account pays one for each hour that it has anything of a kind in, however much.
    fees: Vec<Fee>,
    /// Tags of resources.
    tags: HashMap<Arc<str>, Arc<BTreeMap<String, String>>>,
}

struct Fee {
    account: Arc<str>,
    /// Its place in [`Timeline::products`].
    product: usize,
    hours: RangeInclusive<Hour>,
}

/// A product that was used all along.
#[derive(Debug, Clone)]
pub struct Span {
    pub account: Arc<str>,
    pub resource: Arc<str>,
    /// Its place in [`Timeline::products`].
    pub product: usize,
    /// Units of the product for each hour, or for each month.
    pub rate: Rate,
    /// Seconds since 1970.
    pub from: i64,
    /// Seconds since 1970; not part of it.
    pub to: i64,
}

/// How fast a product is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    Hourly(Decimal),
    /// Of a month's whole amount each hour takes its share, so that it depends on the length of the month.
    Monthly(Decimal),
}

impl Timeline {
    pub fn product(&mut self, product: Product) -> usize {
        if let Some(&known) = self.by_product.get(&product) {
            return known;
        }
        self.products.push(product.clone());
        self.by_product.insert(product, self.products.len() - 1);
        self.products.len() - 1
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn add(&mut self, span: Span) {
        if span.from < span.to {
            self.spans.push(span);
        }
    }

    pub fn count(&mut self, hour: Hour, usage: HourUsage) {
        self.counts.entry(hour).or_default().push(usage);
    }

    /// Lets the account pay a unit of this product for each hour that these seconds touch, once however often it is said
    /// (*EC2 Dedicated Instances, Pricing: the fee per region is charged once for each hour in which at least one Dedicated
    /// Instance of any type runs there*).
    pub fn owe(&mut self, product: usize, account: Arc<str>, from: i64, to: i64) {
        if from < to {
            let hours = Hour(from.div_euclid(SECONDS))..=Hour((to - 1).div_euclid(SECONDS));
            self.fees.push(Fee { account, product, hours });
        }
    }

    pub fn tag(&mut self, resource: Arc<str>, tags: BTreeMap<String, String>) {
        if !tags.is_empty() {
            self.tags.insert(resource, Arc::new(tags));
        }
    }

    pub fn tags_of(&self, resource: &str) -> Option<&BTreeMap<String, String>> {
        self.tags.get(resource).map(|tags| &**tags)
    }

    fn fees_of(&self, hour: Hour) -> impl Iterator<Item = HourUsage> {
        let of_hour = self.fees.iter().filter(|fee| fee.hours.contains(&hour));
        let once: BTreeSet<_> = of_hour.map(|fee| (&fee.account, fee.product)).collect();
        once.into_iter().map(|(account, product)| {
            let resource = self.products[product].region().clone();
            HourUsage { account: account.clone(), resource, product, quantity: Decimal::ONE }
        })
    }

    /// The usage of each hour from the first to before the last, in order.
    pub fn hours(&self, from: Hour, to: Hour) -> Hours<'_> {
        let mut order: Vec<_> = (0..self.spans.len()).collect();
        order.sort_by_key(|&at| (self.spans[at].from, &self.spans[at].resource));
        Hours { timeline: self, hour: from, to, order, next: 0, active: Vec::new() }
    }
}

/// An iterator over hours and their usage.
pub struct Hours<'a> {
    timeline: &'a Timeline,
    hour: Hour,
    to: Hour,
    /// Places of spans, in the order in which they begin.
    order: Vec<usize>,
    /// The first in that order that has not begun before this hour ends.
    next: usize,
    /// Spans that reach into this hour.
    active: Vec<usize>,
}

impl Iterator for Hours<'_> {
    type Item = (Hour, Vec<HourUsage>);

    fn next(&mut self) -> Option<Self::Item> {
        let hour = self.hour;
        if hour >= self.to {
            return None;
        }
        self.hour = hour.plus(1);
        let (begin, end) = (hour.0 * SECONDS, (hour.0 + 1) * SECONDS);
        let spans = &self.timeline.spans;
        while let Some(&at) = self.order.get(self.next).filter(|&&at| spans[at].from < end) {
            self.active.push(at);
            self.next += 1;
        }
        self.active.retain(|&at| spans[at].to > begin);
        let mut usage: Vec<_> = self.active.iter().map(|&at| spans[at].within(hour, begin, end)).collect();
        usage.extend(self.timeline.counts.get(&hour).into_iter().flatten().cloned());
        usage.extend(self.timeline.fees_of(hour));
        Some((hour, usage))
    }
}

impl Span {
    fn within(&self, hour: Hour, begin: i64, end: i64) -> HourUsage {
        let seconds = self.to.min(end) - self.from.max(begin);
        let whole = match self.rate {
            Rate::Hourly(units) => units,
            Rate::Monthly(units) => units / hours_of_month(hour),
        };
        let quantity = if seconds == SECONDS { whole } else { whole * Decimal::from(seconds) / Decimal::from(SECONDS) };
        HourUsage { account: self.account.clone(), resource: self.resource.clone(), product: self.product, quantity }
    }
}

/// Of the month that holds the hour.
fn hours_of_month(hour: Hour) -> Decimal {
    let days = hour.start().to_zoned(TimeZone::UTC).days_in_month();
    Decimal::from(i64::from(days) * 24)
}

/// Whole seconds since 1970, and up to the next for the end of something (*EC2 user guide: billed for each second*).
pub fn seconds(from: Timestamp, to: Timestamp) -> (i64, i64) {
    let is_whole = to.subsec_nanosecond() == 0;
    (from.as_second(), to.as_second() + i64::from(!is_whole))
}

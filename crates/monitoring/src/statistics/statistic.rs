//! Statistics by their names (*User guide, CloudWatch statistics definitions*): `Average`, `p99`, `tm90`, `TM(10%:90%)`,
//! `PR(:300)`, `IQM`.

use super::{Aggregate, Distribution};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Simple {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
}

/// What is computed of the values between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Trimmed {
    Mean,
    Winsorized,
    Count,
    Sum,
    Rank,
}

/// A bound: in percent of the samples, or a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    Open,
    Percent(f64),
    Value(f64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Statistic {
    Simple(Simple),
    Percentile(f64),
    Trimmed(Trimmed, Bound, Bound),
}

impl Statistic {
    /// By its name in any case, as AWS takes it; `None` for what is none.
    pub fn parse(name: &str) -> Option<Self> {
        let simple = match name {
            "SampleCount" => Some(Simple::SampleCount),
            "Average" => Some(Simple::Average),
            "Sum" => Some(Simple::Sum),
            "Minimum" => Some(Simple::Minimum),
            "Maximum" => Some(Simple::Maximum),
            _ => None,
        };
        simple.map(Self::Simple).or_else(|| Self::extended(name))
    }

    /// One of those that need the single values.
    pub fn extended(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        if lower == "iqm" {
            return Some(Self::Trimmed(Trimmed::Mean, Bound::Percent(25.0), Bound::Percent(75.0)));
        }
        if let Some((head, rest)) = lower.split_once('(') {
            let (from, to) = rest.strip_suffix(')')?.split_once(':')?;
            let (kind, from, to) = (trimmed(head)?, bound(from)?, bound(to)?);
            let is_mixed =
                matches!((from, to), (Bound::Percent(_), Bound::Value(_)) | (Bound::Value(_), Bound::Percent(_)));
            let is_open = matches!((from, to), (Bound::Open, Bound::Open));
            let is_rank_of_percent =
                kind == Trimmed::Rank && [from, to].iter().any(|one| matches!(one, Bound::Percent(_)));
            return (!is_mixed && !is_open && !is_rank_of_percent).then_some(Self::Trimmed(kind, from, to));
        }
        if let Some(percent) = lower.strip_prefix('p').and_then(percent) {
            return Some(Self::Percentile(percent));
        }
        let (head, rest) = lower.split_at_checked(2)?;
        let kind = trimmed(head).filter(|kind| *kind != Trimmed::Rank)?;
        Some(Self::Trimmed(kind, Bound::Open, Bound::Percent(percent(rest)?)))
    }

    /// Whether the single values must be known.
    pub fn needs_values(self) -> bool {
        !matches!(self, Self::Simple(_))
    }

    /// Samples that a percentile needs to mean something (*User guide, Percentile-based alarms and low data samples*).
    pub fn least_samples(self) -> f64 {
        match self {
            Self::Percentile(percent) if percent >= 50.0 => 10.0 / (1.0 - percent / 100.0).max(1e-9),
            Self::Percentile(percent) => 10.0 / (percent / 100.0).max(1e-9),
            _ => 0.0,
        }
    }

    /// Its value; `None` where the single values are needed and not known, or there are none.
    pub fn of(self, aggregate: &Aggregate) -> Option<f64> {
        match self {
            Self::Simple(Simple::SampleCount) => Some(aggregate.count),
            Self::Simple(Simple::Average) => Some(aggregate.average()),
            Self::Simple(Simple::Sum) => Some(aggregate.sum),
            Self::Simple(Simple::Minimum) => Some(aggregate.minimum),
            Self::Simple(Simple::Maximum) => Some(aggregate.maximum),
            Self::Percentile(percent) => percentile(aggregate.values.as_ref()?, percent),
            Self::Trimmed(kind, from, to) => between(aggregate.values.as_ref()?, kind, from, to),
        }
    }
}

fn trimmed(name: &str) -> Option<Trimmed> {
    match name {
        "tm" => Some(Trimmed::Mean),
        "wm" => Some(Trimmed::Winsorized),
        "tc" => Some(Trimmed::Count),
        "ts" => Some(Trimmed::Sum),
        "pr" => Some(Trimmed::Rank),
        _ => None,
    }
}

/// Between 0 and 100, with up to ten decimals.
fn percent(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain =
        !whole.is_empty() && digits(whole) && digits(decimals) && decimals.len() <= 10 && !text.ends_with('.');
    text.parse().ok().filter(|value| is_plain && (0.0..=100.0).contains(value))
}

fn bound(text: &str) -> Option<Bound> {
    match text.strip_suffix('%') {
        _ if text.is_empty() => Some(Bound::Open),
        Some(text) => percent(text).map(Bound::Percent),
        None => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Bound::Value),
    }
}

/// The least value that so many percent of the samples do not exceed, between its neighbours in proportion.
fn percentile(values: &Distribution, percent: f64) -> Option<f64> {
    let total: f64 = values.pairs().iter().map(|pair| pair.1).sum();
    let rank = (percent / 100.0 * total - 0.5).clamp(0.0, (total - 1.0).max(0.0));
    let (below, above) = (at(values, rank.floor())?, at(values, rank.ceil())?);
    Some(below + (above - below) * rank.fract())
}

/// The value of the sample of this number, from 0.
fn at(values: &Distribution, rank: f64) -> Option<f64> {
    let mut seen = 0.0;
    let mut last = None;
    for (value, count) in values.pairs() {
        seen += count;
        last = Some(*value);
        if rank < seen {
            break;
        }
    }
    last
}

fn between(values: &Distribution, kind: Trimmed, from: Bound, to: Bound) -> Option<f64> {
    let total: f64 = values.pairs().iter().map(|pair| pair.1).sum();
    if total <= 0.0 {
        return None;
    }
    let inside = match (from, to) {
        (Bound::Percent(_), _) | (_, Bound::Percent(_)) => by_rank(values, total, from, to),
        _ => by_value(values, from, to),
    };
    let count: f64 = inside.iter().map(|pair| pair.1).sum();
    let sum: f64 = inside.iter().map(|pair| pair.0 * pair.1).sum();
    match kind {
        Trimmed::Count => Some(count),
        Trimmed::Sum => Some(sum),
        Trimmed::Rank => Some(count / total * 100.0),
        Trimmed::Mean => (count > 0.0).then(|| sum / count),
        Trimmed::Winsorized => {
            // What is outside counts as the nearest inside.
            let (least, most) = (inside.first()?.0, inside.last()?.0);
            let clamped = values.pairs().iter().map(|(value, count)| value.clamp(least, most) * count);
            Some(clamped.sum::<f64>() / total)
        }
    }
}

/// The part of each value's samples whose ranks are between the percentages.
fn by_rank(values: &Distribution, total: f64, from: Bound, to: Bound) -> Vec<(f64, f64)> {
    let rank = |bound, open| if let Bound::Percent(percent) = bound { percent / 100.0 * total } else { open };
    let (from, to) = (rank(from, 0.0), rank(to, total));
    let mut seen = 0.0;
    let mut inside = Vec::new();
    for (value, count) in values.pairs() {
        let part = (seen + count).min(to) - seen.max(from);
        if part > 0.0 {
            inside.push((*value, part));
        }
        seen += count;
    }
    inside
}

/// Above the lower bound, up to the upper one.
fn by_value(values: &Distribution, from: Bound, to: Bound) -> Vec<(f64, f64)> {
    let is_inside = |value: f64| {
        let above = if let Bound::Value(from) = from { value > from } else { true };
        let below = if let Bound::Value(to) = to { value <= to } else { true };
        above && below
    };
    values.pairs().iter().copied().filter(|pair| is_inside(pair.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Aggregate {
        let ones: Vec<_> = (1..=100).map(|value| Aggregate::of(f64::from(value), 1.0)).collect();
        Aggregate::all(&ones).unwrap()
    }

    fn value(name: &str) -> Option<f64> {
        Statistic::parse(name).unwrap().of(&hundred())
    }

    #[test]
    fn each_name_has_its_value() {
        for (name, expected) in [
            ("SampleCount", 100.0),
            ("Average", 50.5),
            ("Sum", 5050.0),
            ("Minimum", 1.0),
            ("Maximum", 100.0),
            ("p50", 50.5),
            ("p99", 99.5),
            ("p100", 100.0),
            ("p0", 1.0),
            ("tm90", 45.5),
            ("TM(10%:90%)", 50.5),
            ("tc10", 10.0),
            ("ts2", 3.0),
            ("TC(50:)", 50.0),
            ("PR(:30)", 30.0),
            ("PR(10:30)", 20.0),
            ("wm98", (1..=98).sum::<i32>() as f64 / 100.0 + 98.0 * 0.02),
            ("IQM", 50.5),
            ("iqm", 50.5),
        ] {
            let found = value(name).unwrap();
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
    }

    #[test]
    fn what_is_no_statistic_is_refused() {
        for name in
            ["", "average", "p", "p101", "p-1", "p1e1", "pr50", "PR(10%:20%)", "TM(:)", "TM(1%:5)", "xx9", "p9.", "é"]
        {
            assert_eq!(Statistic::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_statistic_set_of_several_values_has_no_percentiles() {
        let mut all = hundred();
        all.merge(&Aggregate::set(2.0, 3.0, 1.0, 2.0));
        assert_eq!(Statistic::parse("p50").unwrap().of(&all), None);
        assert_eq!(Statistic::parse("Sum").unwrap().of(&all), Some(5053.0));
        let one = Aggregate::set(3.0, 6.0, 2.0, 2.0);
        assert_eq!(Statistic::parse("p50").unwrap().of(&one), Some(2.0));
    }
}

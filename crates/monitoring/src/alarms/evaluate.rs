//! The state that datapoints put an alarm in: pure (*User guide, Evaluating an alarm; Configuring how CloudWatch alarms
//! treat missing data*).

use crate::model::{Missing, StateValue};

/// Periods that are looked at beyond those that are evaluated: what is missing may be late.
const BEYOND: usize = 2;

/// A period, the most recent one last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Datapoint {
    /// Where its period begins.
    pub at: i64,
    pub value: Option<f64>,
    pub sample_count: Option<f64>,
    pub is_breaching: bool,
}

/// How an alarm is evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evaluation {
    /// N
    pub periods: usize,
    /// M
    pub to_alarm: usize,
    pub missing: Missing,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// `None`: whatever it was.
    pub state: Option<StateValue>,
    /// What was judged: real datapoints, the oldest first.
    pub judged: Vec<Datapoint>,
    /// Missing ones that were taken for something.
    pub filled: usize,
}

impl Evaluation {
    /// Periods that are to be looked at.
    pub fn range(&self) -> usize {
        self.periods + BEYOND
    }
}

/// `range` is what [`Evaluation::range`] says, the oldest first.
pub(crate) fn evaluate(evaluation: Evaluation, range: &[Datapoint]) -> Verdict {
    let Evaluation { periods, to_alarm, missing } = evaluation;
    let mut judged: Vec<Datapoint> = range.iter().copied().filter(|point| point.value.is_some()).collect();
    let lacking = periods.saturating_sub(judged.len());
    if judged.len() > periods {
        judged.drain(..judged.len() - periods);
    }
    let breaching = judged.iter().filter(|point| point.is_breaching).count();
    let alarm_or_ok = |breaching: usize| if breaching >= to_alarm { StateValue::Alarm } else { StateValue::Ok };
    let state = match missing {
        _ if lacking == 0 => Some(alarm_or_ok(breaching)),
        Missing::Breaching => Some(alarm_or_ok(breaching + lacking)),
        Missing::NotBreaching => Some(alarm_or_ok(breaching)),
        _ if breaching >= to_alarm => Some(StateValue::Alarm),
        _ if breaching < judged.len() => Some(StateValue::Ok),
        Missing::Ignore => None,
        Missing::Unknown if judged.is_empty() => Some(StateValue::InsufficientData),
        // All that is there is breaching, and the oldest of it is old enough that there would have been more.
        Missing::Unknown => {
            let age = range.iter().rev().position(|point| Some(point.at) == judged.first().map(|first| first.at));
            age.is_some_and(|age| age + 1 >= to_alarm).then_some(StateValue::Alarm)
        }
    };
    Verdict { state, judged, filled: lacking }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `0` is well, `X` is breaching, `-` is missing.
    fn range(text: &str) -> Vec<Datapoint> {
        let point = |(at, mark): (usize, char)| {
            let value = (mark != '-').then_some(1.0);
            Datapoint { at: at as i64 * 60, value, sample_count: value, is_breaching: mark == 'X' }
        };
        text.split(' ').filter_map(|word| word.chars().next()).enumerate().map(point).collect()
    }

    const WAYS: [Missing; 4] = [Missing::Unknown, Missing::Ignore, Missing::Breaching, Missing::NotBreaching];

    fn row(periods: usize, to_alarm: usize, text: &str) -> [&'static str; 4] {
        WAYS.map(|missing| {
            let evaluation = Evaluation { periods, to_alarm, missing };
            evaluate(evaluation, &range(text)).state.map_or("same", StateValue::name)
        })
    }

    /// The guide's table for three out of three.
    #[test]
    fn all_of_three_datapoints() {
        for (text, expected) in [
            ("0 - X - X", ["OK", "OK", "OK", "OK"]),
            ("- - - - 0", ["OK", "OK", "OK", "OK"]),
            ("- - - - -", ["INSUFFICIENT_DATA", "same", "ALARM", "OK"]),
            ("0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("- - X - -", ["ALARM", "same", "ALARM", "OK"]),
        ] {
            assert_eq!(row(3, 3, text), expected, "{text}");
        }
    }

    /// The guide's table for two out of three.
    #[test]
    fn two_of_three_datapoints() {
        for (text, expected) in [
            ("0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("0 - X - -", ["OK", "OK", "ALARM", "OK"]),
            ("- - - - 0", ["OK", "OK", "ALARM", "OK"]),
            ("- - - X -", ["ALARM", "same", "ALARM", "OK"]),
        ] {
            assert_eq!(row(3, 2, text), expected, "{text}");
        }
    }

    #[test]
    fn an_alarm_does_not_rush() {
        // The next datapoint may be well: nothing is said yet.
        assert_eq!(row(3, 2, "- - - - X"), ["same", "same", "ALARM", "OK"]);
        assert_eq!(row(1, 1, "- - X"), ["ALARM", "ALARM", "ALARM", "ALARM"]);
        assert_eq!(row(1, 1, "X - -"), ["ALARM", "ALARM", "ALARM", "ALARM"]);
        assert_eq!(row(1, 1, "- - -"), ["INSUFFICIENT_DATA", "same", "ALARM", "OK"]);
    }

    proptest! {
        #[test]
        fn with_enough_datapoints_what_is_missing_does_not_matter(
            marks in proptest::collection::vec(prop_oneof![Just('0'), Just('X'), Just('-')], 7),
            to_alarm in 1usize..=5,
        ) {
            let text: Vec<String> = marks.iter().map(char::to_string).collect();
            let states = row(5, to_alarm, &text.join(" "));
            if marks.iter().filter(|mark| **mark != '-').count() >= 5 {
                prop_assert!(states.iter().all(|state| *state == states[0]));
                prop_assert_ne!(states[0], "same");
            }
            // Treating what is missing as well never alarms where treating it as bad does not.
            prop_assert!(states[3] != "ALARM" || states[2] == "ALARM");
        }
    }
}

//! Rules of composite alarms: `ALARM(cpu) AND NOT (OK("disk full") OR FALSE)` (*API reference, PutCompositeAlarm:
//! AlarmRule*).

use std::collections::BTreeSet;

use super::StateValue;

/// Nested parentheses, at most.
const DEEPEST: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    Constant(bool),
    /// An alarm, by name or ARN, is in this state.
    Is(StateValue, String),
    /// So many of these are in this state.
    AtLeast(Amount, StateValue, Vec<String>),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    Count(usize),
    Percent(usize),
}

impl Rule {
    /// Whether it holds, by the states that alarms have.
    pub fn holds(&self, state: &dyn Fn(&str) -> StateValue) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Is(wanted, alarm) => state(alarm) == *wanted,
            Self::AtLeast(amount, wanted, alarms) => {
                let count = alarms.iter().filter(|alarm| state(alarm) == *wanted).count();
                match amount {
                    Amount::Count(least) => count >= *least,
                    Amount::Percent(percent) => count * 100 >= alarms.len() * percent,
                }
            }
            Self::Not(inner) => !inner.holds(state),
            Self::And(left, right) => left.holds(state) && right.holds(state),
            Self::Or(left, right) => left.holds(state) || right.holds(state),
        }
    }

    /// The alarms that it names.
    pub fn alarms(&self) -> BTreeSet<&str> {
        match self {
            Self::Constant(_) => BTreeSet::new(),
            Self::Is(_, alarm) => BTreeSet::from([alarm.as_str()]),
            Self::AtLeast(_, _, alarms) => alarms.iter().map(String::as_str).collect(),
            Self::Not(inner) => inner.alarms(),
            Self::And(left, right) | Self::Or(left, right) => &left.alarms() | &right.alarms(),
        }
    }
}

/// `None` for what is no rule.
pub(crate) fn parse_rule(text: &str) -> Option<Rule> {
    let mut parser = Parser { rest: text, depth: 0 };
    let rule = parser.either()?;
    parser.rest.trim_start().is_empty().then_some(rule)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn either(&mut self) -> Option<Rule> {
        let mut left = self.both()?;
        while self.word("OR") {
            left = Rule::Or(Box::new(left), Box::new(self.both()?));
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Rule> {
        let mut left = self.one()?;
        while self.word("AND") {
            left = Rule::And(Box::new(left), Box::new(self.one()?));
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Rule> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let rule = self.term();
        self.depth -= 1;
        rule
    }

    fn term(&mut self) -> Option<Rule> {
        if self.word("NOT") {
            return Some(Rule::Not(Box::new(self.one()?)));
        }
        if self.word("TRUE") {
            return Some(Rule::Constant(true));
        }
        if self.word("FALSE") {
            return Some(Rule::Constant(false));
        }
        if self.sign("(") {
            let inner = self.either()?;
            return self.sign(")").then_some(inner);
        }
        if self.word("AT_LEAST") {
            return self.at_least();
        }
        let state = self.state()?;
        self.need("(")?;
        let alarm = self.alarm()?;
        self.need(")")?;
        Some(Rule::Is(state, alarm))
    }

    /// `AT_LEAST(2, ALARM, (a, b, c))`, or a percentage.
    fn at_least(&mut self) -> Option<Rule> {
        self.need("(")?;
        let end = self.trimmed().find(|c: char| !c.is_ascii_digit())?;
        let (digits, rest) = self.rest.split_at(end);
        let number: usize = digits.parse().ok()?;
        self.rest = rest;
        let amount = if self.sign("%") { Amount::Percent(number) } else { Amount::Count(number) };
        self.need(",")?;
        let state = self.state()?;
        self.need(",")?;
        self.need("(")?;
        let mut alarms = vec![self.alarm()?];
        while self.sign(",") {
            alarms.push(self.alarm()?);
        }
        self.need(")")?;
        self.need(")")?;
        let is_possible = match amount {
            Amount::Count(least) => (1..=alarms.len()).contains(&least),
            Amount::Percent(percent) => (1..=100).contains(&percent),
        };
        is_possible.then_some(Rule::AtLeast(amount, state, alarms))
    }

    fn state(&mut self) -> Option<StateValue> {
        let states = [StateValue::InsufficientData, StateValue::Alarm, StateValue::Ok];
        states.into_iter().find(|state| self.word(state.name()))
    }

    /// A name or an ARN, in quotes if it has what could be taken for something else.
    fn alarm(&mut self) -> Option<String> {
        if let Some(quoted) = self.trimmed().strip_prefix('"') {
            let (name, rest) = quoted.split_once('"')?;
            self.rest = rest;
            return (!name.is_empty()).then(|| name.to_owned());
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || "(),\"".contains(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn trimmed(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        self.rest
    }

    /// Takes a word, if it stands alone.
    fn word(&mut self, word: &str) -> bool {
        let Some(rest) = self.trimmed().strip_prefix(word) else { return false };
        let is_alone = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_alone {
            self.rest = rest;
        }
        is_alone
    }

    fn sign(&mut self, sign: &str) -> bool {
        let rest = self.trimmed().strip_prefix(sign);
        rest.inspect(|rest| self.rest = rest).is_some()
    }

    fn need(&mut self, sign: &str) -> Option<()> {
        self.sign(sign).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(text: &str) -> Option<bool> {
        let state = |name: &str| match name {
            "a" | "two words" => StateValue::Alarm,
            "o" | "arn:aws:cloudwatch:us-east-1:111122223333:alarm:o" => StateValue::Ok,
            _ => StateValue::InsufficientData,
        };
        parse_rule(text).map(|rule| rule.holds(&state))
    }

    #[test]
    fn rules_hold_or_do_not() {
        for (text, expected) in [
            ("TRUE", true),
            ("FALSE", false),
            ("ALARM(a)", true),
            ("ALARM(\"two words\") AND OK(o)", true),
            ("ok(o)", false),
            ("NOT ALARM(a) OR NOT FALSE", true),
            ("NOT (ALARM(a) OR FALSE)", false),
            ("FALSE AND TRUE OR TRUE", true),
            ("FALSE AND (TRUE OR TRUE)", false),
            ("INSUFFICIENT_DATA(x)AND(TRUE)", true),
            ("OK(arn:aws:cloudwatch:us-east-1:111122223333:alarm:o)", true),
            ("AT_LEAST(2, ALARM, (a, \"two words\", o))", true),
            ("AT_LEAST(67%, ALARM, (a, \"two words\", o))", false),
        ] {
            let found = holds(text);
            if text.starts_with("ok") {
                assert_eq!(found, None, "{text}");
            } else {
                assert_eq!(found, Some(expected), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_rule_is_none() {
        for text in [
            "",
            "ALARM",
            "ALARM()",
            "ALARM(a",
            "ALARM(a) OK(o)",
            "TRUE AND",
            "NOT",
            "(TRUE",
            "AT_LEAST(4, ALARM, (a))",
            "TRUEFALSE",
        ] {
            assert_eq!(parse_rule(text), None, "{text}");
        }
        assert_eq!(parse_rule(&"(".repeat(100_000)), None);
        assert_eq!(parse_rule(&"NOT ".repeat(100_000)), None);
    }

    #[test]
    fn the_alarms_of_a_rule_are_known() {
        let rule = parse_rule("ALARM(a) AND (OK(b) OR NOT ALARM(a))").unwrap();
        assert_eq!(rule.alarms(), BTreeSet::from(["a", "b"]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(ALARM|OK|NOT|AND|OR|TRUE|AT_LEAST|[(),\"%1a é-]){0,30}") {
            let _ = parse_rule(&text);
        }
    }
}

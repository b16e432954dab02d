//! One field of a cron expression: numbers or names with lists, ranges and steps.

/// What a field may hold.
pub(super) struct Field {
    pub low: u32,
    pub high: u32,
    /// Names of the values, the first of them that of `low`.
    pub names: &'static [&'static str],
}

impl Field {
    /// The values that `1,5-7,*/10` stands for, in no order.
    pub fn parse(&self, text: &str) -> Option<Vec<u32>> {
        let mut values = Vec::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
                None => (part, None),
            };
            let (first, last) = match range.split_once('-') {
                Some((first, last)) => (self.value(first)?, self.value(last)?),
                None if range == "*" => (self.low, self.high),
                None => {
                    let only = self.value(range)?;
                    (only, if step.is_some() { self.high } else { only })
                }
            };
            let step = step.unwrap_or(1) as usize;
            if first <= last {
                values.extend((first..=last).step_by(step));
            } else {
                // FRI-MON goes around.
                values.extend((first..=self.high).chain(self.low..=last).step_by(step));
            }
        }
        Some(values)
    }

    pub fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(position) => self.low + u32::try_from(position).ok()?,
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
            None => return None,
        };
        (self.low..=self.high).contains(&value).then_some(value)
    }
}

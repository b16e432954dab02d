//! Where an event stands: by its time, and among those of one time by when it came.

/// The order of events in a group and in each of its streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Milliseconds since 1970.
    pub at: i64,
    pub number: i64,
}

impl Place {
    /// Before all.
    #[cfg(test)]
    pub const FIRST: Self = Self { at: 0, number: 0 };
    /// After all.
    pub const LAST: Self = Self { at: i64::MAX, number: i64::MAX };

    /// Before all events of this time. Events have numbers above 0.
    pub fn before(at: i64) -> Self {
        Self { at, number: 0 }
    }

    /// The place right after this one.
    pub fn next(self) -> Self {
        match self.number.checked_add(1) {
            Some(number) => Self { at: self.at, number },
            None => Self { at: self.at.saturating_add(1), number: 0 },
        }
    }

    /// The place right before this one.
    pub fn previous(self) -> Self {
        match self.number {
            0 => Self { at: (self.at - 1).max(0), number: if self.at == 0 { 0 } else { i64::MAX } },
            number => Self { at: self.at, number: number - 1 },
        }
    }

    /// 56 digits, as ids of events have. Ids are in the order of places.
    pub fn digits(self) -> String {
        let (at, number) = (u128::try_from(self.at), u128::try_from(self.number));
        format!("{:056}", at.unwrap_or(0) << 64 | number.unwrap_or(0))
    }

    /// The place that has these digits.
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 56 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let both: u128 = digits.parse().ok()?;
        let at = i64::try_from(both >> 64).ok()?;
        let number = i64::try_from(both & u128::from(u64::MAX)).ok()?;
        Some(Self { at, number })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_keep_the_place_and_the_order(one: (u32, u32), other: (u32, u32)) {
            let place = |(at, number): (u32, u32)| Place { at: at.into(), number: number.into() };
            let (one, other) = (place(one), place(other));
            prop_assert_eq!(Place::parse(&one.digits()), Some(one));
            prop_assert_eq!(one.cmp(&other), one.digits().cmp(&other.digits()));
            prop_assert_eq!(one.next().previous(), one);
            prop_assert!(one.next() > one);
        }

        #[test]
        fn other_digits_are_none(text in "[0-9a-]{0,60}") {
            let _ = Place::parse(&text);
        }
    }
}

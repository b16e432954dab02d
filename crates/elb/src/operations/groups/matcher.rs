//! Which answers to a health check are good: `200`, `200,202`, `200-299`.

use std::ops::RangeInclusive;

use crate::errors::Error;

/// Whether the text names codes within `bounds`, and what is wrong if not.
pub(super) fn check(text: &str, bounds: &RangeInclusive<u16>) -> Result<(), Error> {
    let code = |text: &str| text.parse::<u16>().ok().filter(|code| bounds.contains(code));
    let is_good = |part: &str| match part.split_once('-') {
        Some((from, to)) => matches!((code(from), code(to)), (Some(from), Some(to)) if from <= to),
        None => code(part).is_some(),
    };
    if text.split(',').all(is_good) {
        return Ok(());
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(Error::invalid(format!(
        "Health check matcher '{text}' must be a list or a range of codes from {least} to {most}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lists_and_ranges_are_good() {
        for good in ["200", "200,202", "200-299", "200-299,404"] {
            assert!(check(good, &(200..=499)).is_ok(), "{good}");
        }
        for bad in ["", "199", "500", "200,", "299-200", "abc", "200-", "200 ,201"] {
            assert!(check(bad, &(200..=499)).is_err(), "{bad}");
        }
        assert!(check("0-99", &(0..=99)).is_ok());
    }
}

//! How long points are kept (*User guide, Metrics retention*): of less than a minute for three hours, of a minute for 15
//! days, of five minutes for 63 days, of an hour for 455 days.

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Resolution, and age in seconds from which on a point of it is part of one of the next.
pub(super) const STEPS: [(i64, i64); 3] = [(1, 3 * HOUR), (MINUTE, 15 * DAY), (300, 63 * DAY)];
/// Age from which on nothing is known any more.
pub(super) const FORGOTTEN: i64 = 455 * DAY;

/// What a point of this resolution and time is at `now`; `None` if it is forgotten.
pub(super) fn resolution_at(now: i64, resolution: i64, at: i64) -> Option<i64> {
    let age = now - at;
    if age >= FORGOTTEN {
        return None;
    }
    let outlived = STEPS.iter().filter(|(_, kept)| age >= *kept).count();
    Some(match outlived {
        0 => resolution,
        1 => resolution.max(MINUTE),
        2 => resolution.max(300),
        _ => HOUR,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_grow_coarse_with_age() {
        let now = 1_000 * DAY;
        for (resolution, age, expected) in [
            (1, 0, Some(1)),
            (1, 3 * HOUR - 1, Some(1)),
            (1, 3 * HOUR, Some(60)),
            (60, 3 * HOUR, Some(60)),
            (60, 15 * DAY - 1, Some(60)),
            (1, 15 * DAY, Some(300)),
            (60, 63 * DAY, Some(3600)),
            (60, 455 * DAY - 1, Some(3600)),
            (60, 455 * DAY, None),
            (1, -100, Some(1)),
        ] {
            assert_eq!(resolution_at(now, resolution, now - age), expected, "{resolution} {age}");
        }
    }
}

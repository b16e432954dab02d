//! The axis of values.

use freehold_billing::report::grouped;

/// About so many steps.
const STEPS: f64 = 5.0;

/// From zero to a round number in round steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub top: f64,
    pub step: f64,
}

impl Scale {
    /// One that holds this value, which is a dollar if there is none.
    pub fn up_to(most: f64) -> Self {
        let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
        let rough = most / STEPS;
        let magnitude = 10f64.powf(rough.log10().floor());
        let round = [1.0, 2.0, 5.0].into_iter().find(|round| round * magnitude >= rough * 0.999).unwrap_or(10.0);
        let step = round * magnitude;
        Self { top: (most / step - 1e-9).ceil().max(1.0) * step, step }
    }

    /// Each value that is written beside the axis, with how it is written: `$1,500`, `$0.05`.
    pub fn ticks(self) -> Vec<(f64, String)> {
        let digits = (-(self.step * 1.001).log10().floor()).max(0.0) as usize;
        // Half a dollar has cents.
        let digits = if digits == 1 { 2 } else { digits };
        let count = (self.top / self.step).round() as u32;
        (0..=count)
            .map(|at| {
                let value = f64::from(at) * self.step;
                let text = if at == 0 { "0".to_owned() } else { grouped(&format!("{value:.digits$}")) };
                (value, format!("${text}"))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(most: f64) -> Vec<String> {
        Scale::up_to(most).ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn values_on_the_axis_are_round() {
        assert_eq!(labels(97.0), ["$0", "$20", "$40", "$60", "$80", "$100"]);
        assert_eq!(labels(80.0), ["$0", "$20", "$40", "$60", "$80"]);
        assert_eq!(labels(1.9), ["$0", "$0.50", "$1.00", "$1.50", "$2.00"]);
        assert_eq!(labels(6500.0), ["$0", "$2,000", "$4,000", "$6,000", "$8,000"]);
        assert_eq!(labels(0.0031), ["$0", "$0.001", "$0.002", "$0.003", "$0.004"]);
    }

    #[test]
    fn nothing_has_an_axis_too() {
        assert_eq!(Scale::up_to(0.0), Scale::up_to(1.0));
        assert_eq!(Scale::up_to(f64::NAN), Scale::up_to(1.0));
    }

    proptest! {
        #[test]
        fn every_value_is_on_its_axis_and_fills_it(most in 1e-6..1e9f64) {
            let scale = Scale::up_to(most);
            prop_assert!(scale.top >= most * 0.999_999 && scale.top <= most * 2.5 + scale.step);
            prop_assert!((2..=7).contains(&scale.ticks().len()));
        }
    }
}

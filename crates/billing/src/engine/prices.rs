//! Where rates come from.

use rust_decimal::Decimal;

use super::{Product, SavingsPlan};

pub trait Prices {
    /// USD for a unit, with no commitment. Zero for what nobody pays for.
    fn on_demand(&self, product: &Product) -> Decimal;

    /// USD for a unit that this plan pays for; `None` if its offering has no rate for it. Asked only for what
    /// [`SavingsPlan::fits`].
    fn plan_rate(&self, plan: &SavingsPlan, product: &Product) -> Option<Decimal>;
}

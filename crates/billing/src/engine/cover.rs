//! What is left of an hour's usage while commitments take from it.

use rust_decimal::Decimal;

use super::HourUsage;

/// The usage of one hour, by product.
pub struct Left<'a> {
    usage: &'a [HourUsage],
    /// In the product's unit, beside `usage`.
    amounts: Vec<Decimal>,
    /// For each product, places in `usage`.
    by_product: Vec<Vec<usize>>,
}

/// Whose usage a commitment looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Owner,
    Others,
}

impl<'a> Left<'a> {
    pub fn new(usage: &'a [HourUsage], products: usize) -> Self {
        let mut by_product = vec![Vec::new(); products];
        for (at, line) in usage.iter().enumerate() {
            by_product[line.product].push(at);
        }
        Self { usage, amounts: usage.iter().map(|line| line.quantity).collect(), by_product }
    }

    /// Takes of a product until the budget is spent, where a unit costs so much of it, and hands each part to `taken`
    /// with what it cost. Returns what is left of the budget.
    pub fn take(
        &mut self,
        product: usize,
        (owner, whose): (&str, Whose),
        each: Decimal,
        mut budget: Decimal,
        mut taken: impl FnMut(&HourUsage, Decimal, Decimal),
    ) -> Decimal {
        for &at in &self.by_product[product] {
            if budget.is_zero() {
                break;
            }
            let (line, left) = (&self.usage[at], self.amounts[at]);
            let is_owners = *line.account == *owner;
            if left.is_zero() || is_owners != (whose == Whose::Owner) {
                continue;
            }
            let cost = left * each;
            let (part, cost) = if cost <= budget { (left, cost) } else { (budget / each, budget) };
            self.amounts[at] = (left - part).max(Decimal::ZERO);
            budget -= cost;
            taken(line, part, cost);
        }
        budget
    }

    /// What no commitment took.
    pub fn rest(self) -> impl Iterator<Item = (&'a HourUsage, Decimal)> {
        self.usage.iter().zip(self.amounts).filter(|(_, left)| !left.is_zero())
    }
}

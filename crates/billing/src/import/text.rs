//! A sheet as text. What is said of single types fills a line for each term, so that people can read it.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::sheet::{ByPayment, ByTerm, File, PlanPrices, ReservedPrice, Unreadable};

const HEAD: &str =
    "# Prices in USD, written by `freehold prices import` from AWS's price lists over what was there before.\n";

pub fn text(file: &File) -> Result<String, Unreadable> {
    let general = File { instance: Vec::new(), host: Vec::new(), plan: Vec::new(), ..file.clone() };
    let mut text = HEAD.to_owned();
    text.push_str(&toml::to_string(&general).map_err(|error| Unreadable::new(&error))?);
    // Writing to a string does not fail.
    let _ = single(file, &mut text);
    Ok(text)
}

fn single(file: &File, text: &mut String) -> std::fmt::Result {
    for one in &file.instance {
        let tenancy = format!("{:?}", one.tenancy).to_lowercase();
        write!(text, "\n[[instance]]\ntype = {}\n", quoted(&one.kind))?;
        write!(text, "description = {}\ntenancy = {}\n", quoted(&one.description), quoted(&tenancy))?;
        prices(text, one.usd, &one.plans)?;
        by_term(text, "standard", &one.standard, reserved)?;
        by_term(text, "convertible", &one.convertible, reserved)?;
    }
    for one in &file.host {
        write!(text, "\n[[host]]\nfamily = {}\n", quoted(&one.family))?;
        prices(text, one.usd, &one.plans)?;
    }
    for one in &file.plan {
        write!(text, "\n[[plan]]\nusage_type = {}\n", quoted(&one.usage_type))?;
        by_term(text, "compute", &one.compute, rate)?;
    }
    Ok(())
}

fn prices(text: &mut String, usd: Option<Decimal>, plans: &PlanPrices) -> std::fmt::Result {
    if let Some(usd) = usd {
        writeln!(text, "usd = \"{usd}\"")?;
    }
    by_term(text, "ec2_instance", &plans.ec2_instance, rate)?;
    by_term(text, "compute", &plans.compute, rate)
}

fn by_term<T>(text: &mut String, name: &str, of: &ByTerm<T>, show: impl Fn(&T) -> String) -> std::fmt::Result {
    for (term, ByPayment { no_upfront, partial_upfront, all_upfront }) in
        [("one_year", &of.one_year), ("three_years", &of.three_years)]
    {
        let all = [("no_upfront", no_upfront), ("partial_upfront", partial_upfront), ("all_upfront", all_upfront)];
        let said =
            all.into_iter().filter_map(|(payment, price)| Some(format!("{payment} = {}", show(price.as_ref()?))));
        let said: Vec<_> = said.collect();
        if !said.is_empty() {
            writeln!(text, "{name}.{term} = {{ {} }}", said.join(", "))?;
        }
    }
    Ok(())
}

fn rate(usd: &Decimal) -> String {
    format!("\"{usd}\"")
}

fn reserved(price: &ReservedPrice) -> String {
    let said = [("upfront", price.upfront), ("hourly", price.hourly)];
    let said = said.into_iter().filter(|(_, usd)| !usd.is_zero()).map(|(name, usd)| format!("{name} = \"{usd}\""));
    format!("{{ {} }}", said.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

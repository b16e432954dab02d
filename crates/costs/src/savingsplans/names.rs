//! What AWS calls an offer.

use freehold_billing::offers::{Payment, PlanFamily, PlanOffer};

use super::errors::{Error, Result};

/// The only currency that there is here.
pub(crate) const CURRENCY: &str = "USD";
/// The service that bills for plans of EC2, Fargate and Lambda.
pub(super) const SERVICE_CODE: &str = "ComputeSavingsPlans";

/// `EC2Instance` or `Compute`.
pub(crate) fn plan_type(offer: &PlanOffer) -> &'static str {
    match offer.family {
        PlanFamily::Compute => "Compute",
        PlanFamily::Ec2Instance(_) => "EC2Instance",
    }
}

pub(super) fn product_types(offer: &PlanOffer) -> Vec<String> {
    let names: &[&str] = match offer.family {
        PlanFamily::Compute => &["EC2", "Fargate", "Lambda"],
        PlanFamily::Ec2Instance(_) => &["EC2"],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// `m5`; `None` of a Compute plan.
pub(crate) fn family(offer: &PlanOffer) -> Option<&str> {
    match &offer.family {
        PlanFamily::Compute => None,
        PlanFamily::Ec2Instance(family) => Some(family),
    }
}

/// `1 year No Upfront Compute Savings Plan`
pub(super) fn description(offer: &PlanOffer) -> String {
    let (years, payment) = (offer.term.years(), offer.payment.name());
    match family(offer) {
        None => format!("{years} year {payment} Compute Savings Plan"),
        Some(family) => format!("{years} year {payment} {family} EC2 Instance Savings Plan"),
    }
}

/// `ComputeSP:1yrNoUpfront`, as it stands in bills.
pub(crate) fn usage_type(offer: &PlanOffer) -> String {
    let payment = match offer.payment {
        Payment::NoUpfront => "NoUpfront",
        Payment::PartialUpfront => "PartialUpfront",
        Payment::AllUpfront => "AllUpfront",
    };
    let years = offer.term.years();
    match family(offer) {
        None => format!("ComputeSP:{years}yr{payment}"),
        Some(family) => format!("EC2SP:{family}.{years}yr{payment}"),
    }
}

/// Plans and products of theirs that AWS sells and that nothing here would use.
const NOT_HERE: [&str; 13] = [
    "SageMaker",
    "Database",
    "RDS",
    "DSQL",
    "DynamoDB",
    "ElastiCache",
    "DocDB",
    "Neptune",
    "Timestream",
    "Keyspaces",
    "DMS",
    "OpenSearch",
    "AmazonSageMaker",
];

/// Refuses what is asked for by name and cannot be had: an empty list would say that AWS sells none.
pub(super) fn refuse_others<'a>(names: impl IntoIterator<Item = &'a String>) -> Result<()> {
    match names.into_iter().find(|name| NOT_HERE.contains(&name.as_str())) {
        Some(name) => Err(Error::invalid(format!("Savings Plans for {name} are not supported in this region."))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use freehold_billing::offers::Term;

    use super::*;

    #[test]
    fn offers_have_the_names_that_bills_show() {
        let (term, payment) = (Term::ThreeYears, Payment::PartialUpfront);
        let compute = PlanOffer { family: PlanFamily::Compute, term, payment };
        assert_eq!(description(&compute), "3 year Partial Upfront Compute Savings Plan");
        assert_eq!(usage_type(&compute), "ComputeSP:3yrPartialUpfront");
        let of_m5 = PlanOffer { family: PlanFamily::Ec2Instance("m5".into()), ..compute };
        assert_eq!(usage_type(&of_m5), "EC2SP:m5.3yrPartialUpfront");
        assert_eq!((plan_type(&of_m5), family(&of_m5)), ("EC2Instance", Some("m5")));
    }

    #[test]
    fn plans_that_are_not_here_are_refused_by_name() {
        assert!(refuse_others(&["Compute".to_owned()]).is_ok());
        let refused = refuse_others(&["Compute".to_owned(), "Database".to_owned()]).unwrap_err();
        assert!(refused.to_string().contains("Database"));
    }
}

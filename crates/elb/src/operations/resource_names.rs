//! Names of balancers and target groups.

use crate::errors::Error;

/// Characters of a name.
const MOST: usize = 32;

/// *CreateLoadBalancer: Name*.
pub(crate) fn check_balancer(name: &str) -> Result<(), Error> {
    check("Load balancer", name)?;
    if name.starts_with("internal-") {
        return Err(Error::invalid(format!("Load balancer name '{name}' cannot begin with 'internal-'")));
    }
    Ok(())
}

/// *CreateTargetGroup: Name*.
pub(super) fn check_group(name: &str) -> Result<(), Error> {
    check("Target group", name)
}

fn check(what: &str, name: &str) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::invalid(format!("{what} name '{name}' {why}")));
    if name.is_empty() || name.len() > MOST {
        return refuse(&format!("must have 1 to {MOST} characters"));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return refuse("can only contain characters that are alphanumeric characters and hyphens(-)");
    }
    if name.starts_with('-') || name.ends_with('-') {
        return refuse("cannot begin or end with a hyphen(-)");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_hyphens() {
        for good in ["a", "my-lb-2", &"x".repeat(32)] {
            assert!(check_balancer(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a_b", "internal-a", &"x".repeat(33), "ä"] {
            assert!(check_balancer(bad).is_err(), "{bad}");
        }
        assert!(check_group("internal-a").is_ok());
    }
}

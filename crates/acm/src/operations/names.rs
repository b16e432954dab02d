//! Names that a certificate is requested for, and how they would be validated.

use freehold_api::acm::DomainValidationOption;

use crate::errors::Error;
use crate::model::Validation;

/// *ACM user guide, Quotas*: domain names of a certificate.
const MOST: usize = 10;
/// Characters of a common name (RFC 5280, ub-common-name).
const MOST_COMMON: usize = 64;

/// All names, the one that the certificate is called by first, each once and in small letters.
pub(super) fn all(domain: &str, alternative: Option<Vec<String>>) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once(domain.to_owned()).chain(alternative.unwrap_or_default()) {
        let name = name.to_ascii_lowercase();
        if !is_domain(&name) {
            return Err(Error::invalid(format!("'{name}' is not a valid domain name.")));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if domain.len() > MOST_COMMON {
        return Err(Error::invalid(format!("The domain name must have up to {MOST_COMMON} characters.")));
    }
    if names.len() > MOST {
        return Err(Error::LimitExceeded(format!("A certificate can have up to {MOST} domain names.")));
    }
    Ok(names)
}

/// Two labels or more, the first of which may be a star.
fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let rest = name.strip_prefix("*.").unwrap_or(name);
    name.len() <= 253 && rest.contains('.') && rest.split('.').all(is_label)
}

/// How each name would be validated; the domain that is asked is the name's or one above it.
pub(super) fn validations(
    names: &[String],
    method: &str,
    options: Option<Vec<DomainValidationOption>>,
) -> Result<Vec<Validation>, Error> {
    let options = options.unwrap_or_default();
    for option in &options {
        let (name, domain) = (option.domain_name.as_deref(), option.validation_domain.as_deref());
        let (name, domain) = (name.unwrap_or_default(), domain.unwrap_or_default());
        let bare = name.strip_prefix("*.").unwrap_or(name);
        if !names.iter().any(|known| known == name) {
            let why = format!("'{name}' of DomainValidationOptions is not a domain name of the request.");
            return Err(Error::InvalidDomainValidationOptions(why));
        }
        if bare != domain && !bare.ends_with(&format!(".{domain}")) {
            let why = format!("The validation domain '{domain}' must be '{name}' or a domain above it.");
            return Err(Error::InvalidDomainValidationOptions(why));
        }
    }
    let validation = |name: &String| {
        let asked = options.iter().find(|option| option.domain_name.as_ref() == Some(name));
        let domain = asked.and_then(|option| option.validation_domain.clone()).unwrap_or_else(|| name.clone());
        Validation { name: name.clone(), domain, method: method.to_owned() }
    };
    Ok(names.iter().map(validation).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_domains_each_once() {
        let names = all("Example.com", Some(vec!["*.example.com".into(), "example.com".into()])).unwrap();
        assert_eq!(names, ["example.com", "*.example.com"]);
        for bad in ["localhost", "a..b", "-a.com", "a-.com", "*.com.*", "*", "a_b.com", ""] {
            assert!(all(bad, None).is_err(), "{bad}");
        }
        let many = (0..10).map(|number| format!("n{number}.example.com")).collect();
        assert!(matches!(all("example.com", Some(many)), Err(Error::LimitExceeded(_))));
    }

    #[test]
    fn a_validation_domain_is_above_its_name() {
        let names = ["*.www.example.com".to_owned()];
        let option = |domain: &str| {
            let option = DomainValidationOption {
                domain_name: Some(names[0].clone()),
                validation_domain: Some(domain.to_owned()),
            };
            validations(&names, "EMAIL", Some(vec![option]))
        };
        assert_eq!(option("example.com").unwrap()[0].domain, "example.com");
        assert!(option("example.org").is_err());
        assert!(option("ample.com").is_err());
        assert_eq!(validations(&names, "DNS", None).unwrap()[0].domain, names[0]);
    }
}

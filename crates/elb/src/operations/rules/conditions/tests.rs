use freehold_api::elbv2::{
    HostHeaderConditionConfig, HttpHeaderConditionConfig, HttpRequestMethodConditionConfig, SourceIpConditionConfig,
};

use super::*;

fn plain(field: &str, values: &[&str]) -> RuleCondition {
    let values = Some(values.iter().map(|value| (*value).to_owned()).collect());
    RuleCondition { field: Some(field.to_owned()), values, ..Default::default() }
}

fn one(condition: RuleCondition) -> Result<Condition, Error> {
    parse(Some(vec![condition])).map(|mut all| all.remove(0))
}

#[test]
fn hosts_and_paths_may_come_in_the_old_form() {
    let host = one(plain("host-header", &["*.example.com"])).unwrap();
    assert_eq!(host, Condition::HostHeader(vec!["*.example.com".into()]));
    let own = HostHeaderConditionConfig { values: Some(vec!["a.example.com".into()]), ..Default::default() };
    let both = RuleCondition { host_header_config: Some(own), ..plain("host-header", &["b.example.com"]) };
    assert!(one(both).is_err());
    for bad in [plain("host-header", &["a b"]), plain("path-pattern", &["/a b"]), plain("path-pattern", &[])] {
        assert!(one(bad.clone()).is_err(), "{bad:?}");
    }
}

#[test]
fn values_are_what_their_fields_want() {
    let method = |text: &str| {
        let config = HttpRequestMethodConditionConfig { values: Some(vec![text.to_owned()]) };
        one(RuleCondition { http_request_method_config: Some(config), ..plain("http-request-method", &[]) })
    };
    assert!(method("GET").is_ok() && method("get").is_err());
    let source = |text: &str| {
        let config = SourceIpConditionConfig { values: Some(vec![text.to_owned()]), ..Default::default() };
        one(RuleCondition { source_ip_config: Some(config), ..plain("source-ip", &[]) })
    };
    assert!(source("192.0.2.0/24").is_ok() && source("192.0.2.1").is_err() && source("x").is_err());
    let header = |name: &str| {
        let config = HttpHeaderConditionConfig {
            http_header_name: Some(name.to_owned()),
            values: Some(vec!["*Chrome*".into()]),
            ..Default::default()
        };
        one(RuleCondition { http_header_config: Some(config), ..plain("http-header", &[]) })
    };
    assert!(header("User-Agent").is_ok() && header("host").is_err() && header("a b").is_err() && header("").is_err());
    assert!(one(plain("cookie", &["a"])).is_err());
}

#[test]
fn rules_have_few_values_and_wildcards() {
    assert!(one(plain("path-pattern", &["/1", "/2", "/3", "/4", "/5"])).is_ok());
    assert!(one(plain("path-pattern", &["/1", "/2", "/3", "/4", "/5", "/6"])).is_err());
    assert!(one(plain("path-pattern", &["/*/*/*", "/*/*/*"])).is_ok());
    assert!(one(plain("path-pattern", &["/*/*/*", "/*/*/*?"])).is_err());
    let twice = vec![plain("path-pattern", &["/1"]), plain("path-pattern", &["/2"])];
    assert!(parse(Some(twice)).is_err());
    assert!(parse(None).is_err());
}

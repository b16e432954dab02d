//! Decisions as the IAM user guide describes them.

use proptest::prelude::*;

use super::pattern::Pattern;
use super::{Context, Decision, Kind, Policy, Question, evaluate};

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Reader/me";

fn decide(policy: &str, action: &str, resource: &str, context: &Context) -> Decision {
    let policy = Policy::parse(policy, Kind::Identity).unwrap();
    let arns = [SESSION.to_owned(), "arn:aws:iam::111122223333:role/Reader".to_owned()];
    let question = Question { action, resource, context, arns: &arns, account: "111122223333", service: None };
    evaluate([&policy], &question)
}

fn statement(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{rest}}}]}}"#)
}

/// Whether a statement with this condition, and nothing else of interest, allows.
fn holds(condition: &str, context: &Context) -> bool {
    let policy = statement(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#));
    decide(&policy, "ec2:RunInstances", "*", context) == Decision::Allowed
}

#[test]
fn what_nothing_allows_is_denied() {
    let policy = statement(r#""Action":"ec2:Describe*","Resource":"*""#);
    let none = Context::default();
    assert_eq!(decide(&policy, "ec2:DescribeInstances", "*", &none), Decision::Allowed);
    assert_eq!(decide(&policy, "EC2:describeinstances", "*", &none), Decision::Allowed);
    assert_eq!(decide(&policy, "ec2:RunInstances", "*", &none), Decision::ImplicitlyDenied);
}

#[test]
fn a_deny_wins_over_every_allow() {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"ec2:Terminate*","Resource":"arn:aws:ec2:*:*:instance/i-1"}]}"#;
    let none = Context::default();
    let instance = |id| format!("arn:aws:ec2:us-east-1:111122223333:instance/{id}");
    assert_eq!(decide(policy, "ec2:TerminateInstances", &instance("i-1"), &none), Decision::ExplicitlyDenied);
    assert_eq!(decide(policy, "ec2:TerminateInstances", &instance("i-2"), &none), Decision::Allowed);
}

#[test]
fn negated_lists_mean_everything_else() {
    let policy = statement(r#""NotAction":["iam:*","sts:*"],"NotResource":"arn:aws:ec2:*:*:vpc/*""#);
    let none = Context::default();
    assert_eq!(
        decide(&policy, "ec2:DeleteVpc", "arn:aws:ec2:us-east-1:1:vpc/vpc-1", &none),
        Decision::ImplicitlyDenied
    );
    assert_eq!(decide(&policy, "ec2:DeleteVpc", "arn:aws:ec2:us-east-1:1:subnet/s-1", &none), Decision::Allowed);
    assert_eq!(decide(&policy, "iam:GetRole", "*", &none), Decision::ImplicitlyDenied);
}

#[test]
fn variables_stand_for_the_callers_values_literally() {
    let policy = statement(r#""Action":"*","Resource":"arn:aws:ec2:*:*:instance/${aws:userid}-*""#);
    let context = Context::default().with("aws:userid", "A*A");
    assert_eq!(decide(&policy, "a:b", "arn:aws:ec2:::instance/A*A-1", &context), Decision::Allowed);
    assert_eq!(decide(&policy, "a:b", "arn:aws:ec2:::instance/AxA-1", &context), Decision::ImplicitlyDenied);
    assert_eq!(decide(&policy, "a:b", "arn:aws:ec2:::instance/-1", &Context::default()), Decision::ImplicitlyDenied);
    let old = policy.replace("2012-10-17", "2008-10-17");
    assert_eq!(decide(&old, "a:b", "arn:aws:ec2:::instance/A*A-1", &context), Decision::ImplicitlyDenied);
    let default = statement(r#""Action":"*","Resource":"arn:x/${aws:none, 'nobody'}${$}""#);
    assert_eq!(decide(&default, "a:b", "arn:x/nobody$", &Context::default()), Decision::Allowed);
}

#[test]
fn string_conditions() {
    let context = Context::default().with("aws:RequestedRegion", "us-east-1");
    assert!(holds(r#"{"StringEquals":{"aws:requestedregion":["eu-west-1","us-east-1"]}}"#, &context));
    assert!(!holds(r#"{"StringEquals":{"aws:RequestedRegion":"US-EAST-1"}}"#, &context));
    assert!(holds(r#"{"StringEqualsIgnoreCase":{"aws:RequestedRegion":"US-EAST-1"}}"#, &context));
    assert!(!holds(r#"{"StringEquals":{"aws:RequestedRegion":"us-*"}}"#, &context));
    assert!(holds(r#"{"StringLike":{"aws:RequestedRegion":"us-*-?"}}"#, &context));
    assert!(!holds(r#"{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}"#, &context));
    assert!(holds(r#"{"StringNotLike":{"aws:RequestedRegion":"eu-*"}}"#, &context));
}

#[test]
fn a_missing_key_fails_unless_negated_or_if_exists() {
    let none = Context::default();
    assert!(!holds(r#"{"StringEquals":{"ec2:InstanceType":"t3.micro"}}"#, &none));
    assert!(holds(r#"{"StringNotEquals":{"ec2:InstanceType":"t3.micro"}}"#, &none));
    assert!(holds(r#"{"StringEqualsIfExists":{"ec2:InstanceType":"t3.micro"}}"#, &none));
    assert!(holds(r#"{"Null":{"ec2:InstanceType":"true"}}"#, &none));
    assert!(!holds(r#"{"Null":{"ec2:InstanceType":false}}"#, &none));
    assert!(holds(r#"{"Null":{"ec2:InstanceType":false}}"#, &none.clone().with("ec2:InstanceType", "m5.large")));
}

#[test]
fn numbers_dates_booleans_and_addresses_compare_as_what_they_are() {
    let context = Context::default()
        .with("ec2:Size", "10")
        .with("aws:CurrentTime", "2026-03-01T12:00:00Z")
        .with("aws:SecureTransport", "false")
        .with("aws:SourceIp", "10.1.2.3");
    assert!(holds(r#"{"NumericLessThanEquals":{"ec2:Size":10}}"#, &context));
    assert!(!holds(r#"{"NumericLessThan":{"ec2:Size":"9"}}"#, &context));
    assert!(holds(r#"{"NumericNotEquals":{"ec2:Size":"9"}}"#, &context));
    assert!(holds(r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-03-01"}}"#, &context));
    assert!(!holds(r#"{"DateLessThan":{"aws:CurrentTime":"2026-03-01T12:30:00+01:00"}}"#, &context));
    assert!(holds(r#"{"DateLessThan":{"aws:CurrentTime":"1893456000"}}"#, &context));
    assert!(holds(r#"{"Bool":{"aws:SecureTransport":false}}"#, &context));
    assert!(holds(r#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","10.0.0.0/8"]}}"#, &context));
    assert!(!holds(r#"{"NotIpAddress":{"aws:SourceIp":"10.1.2.3"}}"#, &context));
    assert!(!holds(r#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#, &context));
}

#[test]
fn wildcards_of_arn_conditions_stay_within_their_part() {
    let context = Context::default().with("aws:PrincipalArn", "arn:aws:iam::111122223333:role/team/Reader");
    assert!(holds(r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#, &context));
    assert!(!holds(r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:*:role/*"}}"#, &context));
    assert!(holds(r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}"#, &context));
}

#[test]
fn sets_are_compared_by_any_or_all_of_their_values() {
    let mut context = Context::default();
    context.add("aws:TagKeys", "team");
    context.add("aws:TagKeys", "stage");
    assert!(holds(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team","stage","cost"]}}"#, &context));
    assert!(!holds(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#, &context));
    assert!(holds(r#"{"ForAnyValue:StringLike":{"aws:TagKeys":"te*"}}"#, &context));
    assert!(!holds(r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"cost"}}"#, &context));
    let none = Context::default();
    assert!(holds(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"team"}}"#, &none));
    assert!(!holds(r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}}"#, &none));
}

#[test]
fn a_trust_policy_names_accounts_sessions_roles_and_services() {
    let arns = [SESSION.to_owned(), "arn:aws:iam::111122223333:role/Reader".to_owned()];
    let context = Context::default();
    let trusts = |principal: &str, service: Option<&str>| {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}}}"#);
        let policy = Policy::parse(&text, Kind::Trust).unwrap();
        let question = Question {
            action: "sts:AssumeRole",
            resource: "arn:aws:iam::111122223333:role/Writer",
            context: &context,
            arns: if service.is_some() { &[] } else { &arns },
            account: if service.is_some() { "" } else { "111122223333" },
            service,
        };
        evaluate([&policy], &question) == Decision::Allowed
    };
    for named in [
        r#""*""#,
        r#"{"AWS":"*"}"#,
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::111122223333:root"]}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:role/Reader"}"#,
    ] {
        assert!(trusts(named, None), "{named}");
    }
    assert!(!trusts(r#"{"AWS":"444455556666"}"#, None));
    assert!(!trusts(r#"{"Service":"ec2.amazonaws.com"}"#, None));
    assert!(trusts(r#"{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}"#, Some("ec2.amazonaws.com")));
    assert!(!trusts(r#"{"AWS":"111122223333"}"#, Some("ec2.amazonaws.com")));
}

#[test]
fn what_is_no_policy_is_refused() {
    for text in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"Statement":[]}"#,
        r#"{"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Permit","Action":"*","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"RunInstances","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"i-1"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Extra":1}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringMatches":{"a:b":"c"}}}}"#,
    ] {
        assert!(Policy::parse(text, Kind::Identity).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_pattern_made_from_a_text_matches_it(text in "[a-c:/*?]{0,12}", stars in prop::collection::vec(0..13_usize, 0..4)) {
        let mut pattern: Vec<char> = text.chars().collect();
        for star in stars {
            pattern.insert(star.min(pattern.len()), '*');
        }
        let pattern: String = pattern.into_iter().collect();
        prop_assert!(Pattern::plain(&pattern).matches(&text));
    }

    #[test]
    fn a_pattern_agrees_with_the_obvious_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        fn obvious(pattern: &[u8], text: &[u8]) -> bool {
            match (pattern.first(), text.first()) {
                (None, None) => true,
                (Some(b'*'), _) => obvious(&pattern[1..], text) || (!text.is_empty() && obvious(pattern, &text[1..])),
                (Some(b'?'), Some(_)) => obvious(&pattern[1..], &text[1..]),
                (Some(own), Some(other)) if own == other => obvious(&pattern[1..], &text[1..]),
                _ => false,
            }
        }
        prop_assert_eq!(Pattern::plain(&pattern).matches(&text), obvious(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = Policy::parse(&text, Kind::Identity);
        let _ = Policy::parse(&text, Kind::Trust);
    }
}

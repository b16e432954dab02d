use proptest::prelude::*;
use serde_json::json;

use super::{attributes, by_attributes, by_body};
use crate::filter::{FilterPolicy, Scope};

/// What a wildcard means, the slow way.
fn fits(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
        [first, rest @ ..] => text.first() == Some(first) && fits(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn any_text_is_compiled_or_refused(text in ".{0,60}", body in any::<bool>()) {
        let scope = if body { Scope::MessageBody } else { Scope::MessageAttributes };
        let _ = FilterPolicy::parse(&text, scope);
    }

    #[test]
    fn any_message_is_answered(text in ".{0,40}", data_type in "(String|Number)(\\.Array)?", body in ".{0,40}") {
        let attributes = attributes(&[("a", &data_type, &text)]);
        for policy in [r#"{"a":["x",1,{"prefix":"p"}]}"#, r#"{"a":[{"anything-but":{"suffix":"s"}}]}"#] {
            for scope in [Scope::MessageAttributes, Scope::MessageBody] {
                let _ = FilterPolicy::parse(policy, scope).unwrap().admits(&attributes, &body);
            }
        }
    }

    #[test]
    fn both_scopes_agree(value in "[a-c]{0,3}", wanted in "[a-c]{0,3}", operator in 0..5) {
        let condition = match operator {
            0 => json!(wanted),
            1 => json!({"prefix": wanted}),
            2 => json!({"suffix": wanted}),
            3 => json!({"anything-but": [wanted]}),
            _ => json!({"equals-ignore-case": wanted.to_uppercase()}),
        };
        let policy = json!({"a": [condition]}).to_string();
        let expected = match operator {
            0 | 4 => value == wanted,
            1 => value.starts_with(&wanted),
            2 => value.ends_with(&wanted),
            _ => value != wanted,
        };
        prop_assert_eq!(by_attributes(&policy, &[("a", "String", &value)]), expected);
        prop_assert_eq!(by_body(&policy, &json!({"a": value}).to_string()), expected);
    }

    #[test]
    fn ranges_hold_what_is_between(value in -2000_i64..2000, low in -1000_i64..1000, width in 1_i64..500) {
        let (value, low, high) = (value as f64 / 7.0, low as f64, (low + width) as f64);
        let policy = json!({"a": [{"numeric": [">=", low, "<", high]}]}).to_string();
        let inside = low <= value && value < high;
        // Values closer than the accuracy to a bound are the bound's.
        prop_assume!((value - low).abs() > 1e-5 && (value - high).abs() > 1e-5);
        prop_assert_eq!(by_attributes(&policy, &[("a", "Number", &value.to_string())]), inside);
    }

    #[test]
    fn wildcards_fit_what_they_say(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
        prop_assume!(!pattern.contains("**"));
        let policy = json!({"a": [{"wildcard": pattern}]}).to_string();
        let expected = fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        prop_assert_eq!(by_attributes(&policy, &[("a", "String", &text)]), expected);
    }

    #[test]
    fn of_a_list_any_element_matches(elements in proptest::collection::vec("[ab]{0,2}", 0..5), wanted in "[ab]{0,2}") {
        let list = json!(elements).to_string();
        let is = json!({"a": [wanted]}).to_string();
        let but = json!({"a": [{"anything-but": wanted}]}).to_string();
        prop_assert_eq!(by_attributes(&is, &[("a", "String.Array", &list)]), elements.contains(&wanted));
        let other = elements.iter().any(|element| *element != wanted);
        prop_assert_eq!(by_attributes(&but, &[("a", "String.Array", &list)]), other);
    }
}

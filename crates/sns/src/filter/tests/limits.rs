//! *Filter policy constraints*.

use crate::filter::{FilterPolicy, Invalid, Scope};

fn complexity(policy: &str, scope: Scope) -> Option<String> {
    FilterPolicy::parse(policy, scope).err().map(|invalid| invalid.to_string())
}

fn values(count: usize) -> String {
    format!("[{}]", (0..count).map(|value| value.to_string()).collect::<Vec<_>>().join(","))
}

const TOO_COMPLEX: &str = "FilterPolicy: Filter policy is too complex";

#[test]
fn a_hundred_and_fifty_combinations_are_allowed() {
    let fits = format!(r#"{{"a":{},"b":{},"c":["x"]}}"#, values(15), values(10));
    assert_eq!(complexity(&fits, Scope::MessageAttributes), None);
    let exceeds = format!(r#"{{"a":{},"b":{}}}"#, values(15), values(11));
    assert_eq!(complexity(&exceeds, Scope::MessageAttributes).as_deref(), Some(TOO_COMPLEX));
    assert_eq!(complexity(&format!(r#"{{"a":{}}}"#, values(151)), Scope::MessageBody).as_deref(), Some(TOO_COMPLEX));
}

#[test]
fn values_of_nested_keys_count_as_often_as_they_are_deep() {
    let policy = |count| format!(r#"{{"Records":{{"s3":{{"object":{{"key":{}}}}}}}}}"#, values(count));
    // AWS takes 36 values at the fourth level and refuses 40.
    assert_eq!(complexity(&policy(36), Scope::MessageBody), None);
    assert_eq!(complexity(&policy(40), Scope::MessageBody).as_deref(), Some(TOO_COMPLEX));
    // The guide's example: 4 values at level 3 and 3 at level 2 are 72.
    let example = r#"{"a":{"b":{"c":[1,2,3,4]}},"d":{"e":[1,2,3]},"f":[1,2]}"#;
    assert_eq!(complexity(example, Scope::MessageBody), None);
    let more = r#"{"a":{"b":{"c":[1,2,3,4]}},"d":{"e":[1,2,3]},"f":[1,2,3]}"#;
    assert_eq!(complexity(more, Scope::MessageBody).as_deref(), Some(TOO_COMPLEX));
}

#[test]
fn alternatives_are_added() {
    let policy = |count| format!(r#"{{"$or":[{{"a":{0}}},{{"b":{0}}}]}}"#, values(count));
    assert_eq!(complexity(&policy(75), Scope::MessageAttributes), None);
    assert_eq!(complexity(&policy(76), Scope::MessageAttributes).as_deref(), Some(TOO_COMPLEX));
}

#[test]
fn five_outermost_keys_are_allowed() {
    let six = r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}"#;
    let nested = r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":{"f":[1],"g":[1],"h":[1]}}"#;
    for scope in [Scope::MessageAttributes, Scope::MessageBody] {
        let refusal = complexity(six, scope);
        assert_eq!(refusal.as_deref(), Some("FilterPolicy: Filter policy can not have more than 5 keys"));
    }
    assert_eq!(complexity(nested, Scope::MessageBody), None);
}

#[test]
fn attributes_are_not_nested() {
    let refusal = FilterPolicy::parse(r#"{"a":{"b":[1]}}"#, Scope::MessageAttributes);
    assert_eq!(refusal, Err(Invalid::Nested));
}

#[test]
fn a_quarter_of_a_mebibyte_is_allowed() {
    let policy = |length: usize| format!(r#"{{"a":["{}"]}}"#, "x".repeat(length));
    let frame = policy(0).len();
    assert_eq!(complexity(&policy((256 << 10) - frame), Scope::MessageBody), None);
    assert!(complexity(&policy((256 << 10) - frame + 1), Scope::MessageBody).is_some());
}

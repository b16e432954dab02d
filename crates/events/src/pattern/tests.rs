use serde_json::json;

use super::*;

fn is_match(pattern: Value, event: Value) -> bool {
    Pattern::parse(&pattern.to_string()).unwrap().matches(&event)
}

/// Whether a value of `x` fits a condition.
fn fits_one(condition: Value, value: Value) -> bool {
    is_match(json!({"x": [condition]}), json!({"x": value}))
}

#[test]
fn what_is_named_must_be_there_and_the_rest_may_be_anything() {
    let event = json!({"source": "aws.ec2", "detail": {"state": "running", "id": 7, "none": null}});
    assert!(is_match(json!({"source": ["aws.ec2", "x"]}), event.clone()));
    assert!(is_match(json!({"source": ["aws.ec2"], "detail": {"state": ["stopped", "running"]}}), event.clone()));
    assert!(is_match(json!({"detail": {"id": [7.0], "none": [null]}}), event.clone()));
    for other in [
        json!({"source": ["aws"]}),
        json!({"detail": {"state": ["stopped"]}}),
        json!({"detail": {"id": ["7"]}}),
        json!({"other": ["x"]}),
        json!({"source": {"x": ["y"]}}),
    ] {
        assert!(!is_match(other.clone(), event.clone()), "{other}");
    }
}

#[test]
fn texts_are_compared_in_parts_and_without_case() {
    assert!(fits_one(json!({"prefix": "aws."}), json!("aws.ec2")));
    assert!(!fits_one(json!({"prefix": "AWS."}), json!("aws.ec2")));
    assert!(fits_one(json!({"prefix": {"equals-ignore-case": "AWS."}}), json!("aws.ec2")));
    assert!(fits_one(json!({"suffix": ".png"}), json!("a.png")));
    assert!(fits_one(json!({"suffix": {"equals-ignore-case": ".PNG"}}), json!("a.png")));
    assert!(fits_one(json!({"equals-ignore-case": "Alice"}), json!("aLICE")));
    assert!(fits_one(json!({"wildcard": "dir/*.png"}), json!("dir/a/b.png")));
    assert!(!fits_one(json!({"prefix": "1"}), json!(12)));
}

#[test]
fn numbers_and_addresses_lie_in_ranges() {
    for (value, fits) in [(0.0, false), (0.5, true), (5.0, true), (5.1, false)] {
        assert_eq!(fits_one(json!({"numeric": [">", 0, "<=", 5]}), json!(value)), fits, "{value}");
    }
    assert!(fits_one(json!({"numeric": ["=", 3.018e2]}), json!(301.8)));
    assert!(!fits_one(json!({"numeric": ["<", 1]}), json!("0")));
    assert!(fits_one(json!({"cidr": "10.0.0.0/24"}), json!("10.0.0.255")));
    assert!(!fits_one(json!({"cidr": "10.0.0.0/24"}), json!("10.0.1.0")));
    assert!(fits_one(json!({"cidr": "2001:db8::/32"}), json!("2001:db8::1")));
}

#[test]
fn anything_but_is_true_of_what_is_there() {
    let but = |what: Value| json!({"anything-but": what});
    assert!(fits_one(but(json!("a")), json!("b")));
    assert!(!fits_one(but(json!("a")), json!("a")));
    assert!(fits_one(but(json!(["a", 2])), json!(1)));
    assert!(!fits_one(but(json!(["a", 2])), json!(2)));
    assert!(!fits_one(but(json!({"prefix": "in"})), json!("init")));
    assert!(!fits_one(but(json!({"suffix": ["a", "b"]})), json!("xb")));
    assert!(!fits_one(but(json!({"equals-ignore-case": "A"})), json!("a")));
    assert!(fits_one(but(json!({"wildcard": "*/lib/*"})), json!("/bin/x")));
    assert!(!is_match(json!({"x": [but(json!("a"))]}), json!({"y": "b"})));
}

#[test]
fn what_exists_is_a_leaf() {
    let exists = |wanted: bool, event: Value| is_match(json!({"d": {"x": [{"exists": wanted}]}}), event);
    assert!(exists(true, json!({"d": {"x": null}})));
    assert!(!exists(true, json!({"d": {}})));
    assert!(!exists(true, json!({"d": {"x": {"y": 1}}})));
    assert!(exists(false, json!({"d": {}})) && exists(false, json!({})));
    assert!(!exists(false, json!({"d": {"x": 1}})));
}

#[test]
fn of_lists_one_element_must_fit() {
    assert!(fits_one(json!("b"), json!(["a", "b"])));
    assert!(!fits_one(json!("c"), json!(["a", "b"])));
    assert!(!fits_one(json!("c"), json!([])));
    let pattern = json!({"items": {"kind": ["a"], "size": [1]}});
    assert!(is_match(pattern.clone(), json!({"items": [{"kind": "b"}, {"kind": "a", "size": 1}]})));
    assert!(!is_match(pattern, json!({"items": [{"kind": "a", "size": 2}, {"kind": "b", "size": 1}]})));
}

#[test]
fn one_alternative_is_enough() {
    let pattern = json!({"s": ["x"], "$or": [{"a": [1]}, {"b": [{"numeric": [">", 2]}], "c": ["y"]}]});
    assert!(is_match(pattern.clone(), json!({"s": "x", "a": 1})));
    assert!(is_match(pattern.clone(), json!({"s": "x", "b": 3, "c": "y"})));
    assert!(!is_match(pattern.clone(), json!({"s": "x", "b": 3})));
    assert!(!is_match(pattern, json!({"a": 1})));
}

#[test]
fn what_is_no_pattern_is_refused() {
    let refused = [
        "",
        "[]",
        "{}",
        "{",
        r#"{"a": 1}"#,
        r#"{"a": []}"#,
        r#"{"a": {}}"#,
        r#"{"a": [[1]]}"#,
        r#"{"a": [{"fly": 1}]}"#,
        r#"{"a": [{"prefix": 1}]}"#,
        r#"{"a": [{"numeric": [">"]}]}"#,
        r#"{"a": [{"numeric": ["<", 5, ">", 1]}]}"#,
        r#"{"a": [{"exists": "yes"}]}"#,
        r#"{"a": [{"cidr": "10.0.0.0"}]}"#,
        r#"{"$or": [{"a": [1]}]}"#,
        r#"{"a": [{"wildcard": "**"}]}"#,
        r#"{"a": [{"anything-but": []}]}"#,
        r#"{"a": [{"prefix": "a", "suffix": "b"}]}"#,
    ];
    for text in refused {
        assert!(Pattern::parse(text).is_err(), "{text}");
    }
}

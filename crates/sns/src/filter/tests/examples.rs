//! What the developer guide says of each operator, one table per chapter.

use super::{by_attributes, by_body};

/// (policy for the field, [(data type, text)] that match, [..] that do not)
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

/// For body scope: what is written behind the field's name.
fn as_json(data_type: &str, text: &str) -> String {
    match data_type {
        "String" => serde_json::to_string(text).unwrap(),
        _ => text.to_owned(),
    }
}

fn check(cases: &[Case]) {
    for (conditions, matching, others) in cases {
        let policy = format!("{{\"field\":{conditions}}}");
        for (list, expected) in [(matching, true), (others, false)] {
            for (data_type, text) in *list {
                let found = by_attributes(&policy, &[("field", data_type, text), ("other", "String", "x")]);
                assert_eq!(found, expected, "{policy} and attribute {data_type} {text}");
                let body = format!("{{\"field\":{},\"other\":\"x\"}}", as_json(data_type, text));
                assert_eq!(by_body(&policy, &body), expected, "{policy} and body {body}");
            }
        }
    }
}

#[test]
fn string_value_matching() {
    check(&[
        (
            r#"["rugby","tennis"]"#,
            &[("String", "rugby"), ("String", "tennis"), ("String.Array", r#"["rugby","tennis"]"#)],
            &[("String", "baseball"), ("String", "Rugby"), ("String.Array", r#"["baseball"]"#), ("Number", "1")],
        ),
        (
            r#"[{"anything-but":["rugby","tennis"]}]"#,
            &[("String", "baseball"), ("String", "football"), ("String.Array", r#"["rugby","baseball"]"#)],
            &[("String", "rugby"), ("String.Array", r#"["rugby","tennis"]"#)],
        ),
        (r#"[{"anything-but":"rugby"}]"#, &[("String", "tennis"), ("Number", "7")], &[("String", "rugby")]),
        (
            r#"[{"anything-but":{"prefix":"order-"}}]"#,
            &[("String", "data-entry"), ("String", "order_number")],
            &[("String", "order-cancelled")],
        ),
        (
            r#"[{"anything-but":{"suffix":"ball"}}]"#,
            &[("String", "rugby"), ("String", "tennis")],
            &[("String", "baseball"), ("String", "basketball")],
        ),
        (
            r#"[{"anything-but":{"equals-ignore-case":["Rugby"]}}]"#,
            &[("String", "tennis")],
            &[("String", "RUGBY"), ("String", "rugby")],
        ),
        (r#"[{"anything-but":{"wildcard":"a*z"}}]"#, &[("String", "abc")], &[("String", "abcz"), ("String", "az")]),
        (
            r#"[{"equals-ignore-case":"tennis"}]"#,
            &[("String", "TENNIS"), ("String", "Tennis"), ("String", "tennis")],
            &[("String", "tenni"), ("String", "tenniss")],
        ),
        (r#"[{"equals-ignore-case":"Straße ΣΑΣ"}]"#, &[("String", "STRAßE σας")], &[("String", "Strase ΣΑΣ")]),
        (
            r#"[{"prefix":"bas"}]"#,
            &[("String", "baseball"), ("String", "basketball"), ("String", "bas")],
            &[("String", "rugby"), ("String", "ba"), ("String", "Baseball")],
        ),
        (r#"[{"prefix":{"equals-ignore-case":"BAS"}}]"#, &[("String", "baseball")], &[("String", "ba")]),
        (
            r#"[{"suffix":"ball"}]"#,
            &[("String", "baseball"), ("String", "ball")],
            &[("String", "rugby"), ("String", "BALL")],
        ),
        (r#"[{"suffix":{"equals-ignore-case":"BALL"}}]"#, &[("String", "football")], &[("String", "footballs")]),
        (
            r#"[{"wildcard":"order-*-e\\*u*"}]"#,
            &[("String", "order-1-e*u"), ("String", "order--e*us"), ("String", "order-e*u-e*u")],
            &[("String", "order-1-eu"), ("String", "order-e*u")],
        ),
        (
            r#"[{"cidr":"10.0.0.0/24"}]"#,
            &[("String", "10.0.0.0"), ("String", "10.0.0.255")],
            &[("String", "10.1.1.0"), ("String", "ten"), ("Number", "10")],
        ),
        (r#"[{"cidr":"2001:db8::/32"}]"#, &[("String", "2001:db8::7")], &[("String", "2001:db9::7")]),
        // A list with an escape is read as well as one without.
        (r#"["a\"b"]"#, &[("String.Array", r#"["x","a\"b"]"#)], &[("String.Array", r#"["x"]"#)]),
    ]);
}

#[test]
fn numeric_value_matching() {
    check(&[
        (
            r#"[{"numeric":["=",301.5]}]"#,
            &[("Number", "301.5"), ("Number", "3.015e2"), ("Number", "301.5000001")],
            &[("Number", "301.51"), ("String", "301.5")],
        ),
        (
            r#"[{"anything-but":[100,500]}]"#,
            &[("Number", "101"), ("Number", "100.1"), ("Number.Array", "[100, 50]"), ("String", "100")],
            &[("Number", "100"), ("Number", "5e2"), ("Number.Array", "[100]")],
        ),
        (r#"[{"anything-but":100}]"#, &[("Number", "101")], &[("Number", "100.0")]),
        (r#"[{"numeric":["<",0]}]"#, &[("Number", "-0.5")], &[("Number", "0"), ("Number", "1")]),
        (
            r#"[{"numeric":[">",0,"<=",150]}]"#,
            &[("Number", "0.1"), ("Number", "150"), ("String.Array", r#"["x", 7]"#)],
            &[("Number", "0"), ("Number", "150.1"), ("String.Array", r#"["x", 700, null]"#)],
        ),
        (r#"[{"numeric":[">=",1,"<",2]}]"#, &[("Number", "1"), ("Number", "1.99")], &[("Number", "2")]),
        (r#"[{"numeric":[">",5]}]"#, &[("Number", "1e9")], &[("Number", "5"), ("Number", "2e9")]),
        // Exact numbers, among them an account's, which is out of range.
        ("[300, 123456789012]", &[("Number", "3e2"), ("Number", "123456789012")], &[("Number", "123456789013")]),
    ]);
}

#[test]
fn keywords_match_elements_of_lists() {
    check(&[
        ("[true]", &[("String.Array", "[1, true]")], &[("String", "true"), ("String.Array", r#"["true"]"#)]),
        ("[null, false]", &[("String.Array", "[null]"), ("String.Array", "[false]")], &[("String", "null")]),
    ]);
}

#[test]
fn key_matching() {
    check(&[
        (
            r#"[{"exists":true}]"#,
            &[("String", "fans"), ("Number", "0"), ("String.Array", "[null, 1]"), ("String.Array", "[false]")],
            &[("String.Array", "[]"), ("String.Array", "[null]")],
        ),
        (r#"[{"exists":false}]"#, &[("String.Array", "[]")], &[("String", "fans"), ("Number", "0")]),
        // "anything-but can be combined with exists: false"
        (r#"[{"anything-but":["a"]},{"exists":false}]"#, &[("String", "b")], &[("String", "a")]),
    ]);
    let others = [("customer_interests", "String.Array", r#"["baseball"]"#)];
    let there = r#"{"store":[{"exists":true}]}"#;
    let absent = r#"{"store":[{"exists":false}]}"#;
    let either = r#"{"store":[{"anything-but":["a"]},{"exists":false}]}"#;
    assert!(!by_attributes(there, &others));
    assert!(by_attributes(absent, &others));
    assert!(by_attributes(either, &others));
    assert!(!by_attributes(r#"{"store":[{"anything-but":["a"]}]}"#, &others), "a missing key is not anything");
    assert!(!by_attributes(absent, &[]), "an empty set of attributes matches nothing");
    assert!(by_attributes(absent, &[("store", "Binary", "x")]), "binary attributes are ignored");
    assert!(!by_body(there, r#"{"a":1}"#) && by_body(absent, r#"{"a":1}"#) && !by_body(absent, "{}"));
    assert!(by_body(r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"a":{"c":1}}"#));
    assert!(by_body(r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"z":1}"#));
    assert!(!by_body(r#"{"a":[{"exists":true}]}"#, r#"{"a":{"b":1}}"#), "exists works on leaves only");
}

#[test]
fn and_or_logic() {
    let and = r#"{"customer_interests":["rugby"],"price_usd":[{"numeric":[">",100]}]}"#;
    assert!(by_attributes(and, &[("customer_interests", "String", "rugby"), ("price_usd", "Number", "101")]));
    assert!(!by_attributes(and, &[("customer_interests", "String", "rugby"), ("price_usd", "Number", "99")]));
    assert!(!by_attributes(and, &[("price_usd", "Number", "101")]));

    let or = r#"{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}"#;
    let source = ("source", "String", "aws.cloudwatch");
    assert!(by_attributes(or, &[source, ("metricName", "String", "CPUUtilization")]));
    assert!(by_attributes(or, &[source, ("namespace", "String", "AWS/EC2")]));
    assert!(!by_attributes(or, &[source]));
    assert!(!by_attributes(or, &[("namespace", "String", "AWS/EC2")]));
    assert!(by_body(or, r#"{"source":"aws.cloudwatch","metricName":"CPUUtilization"}"#));

    let nested = r#"{"$or":[{"m":["a","b"],"$or":[{"p":[{"prefix":"x"}]},{"q":[1]}]},{"n":{"deep":["c"]}}]}"#;
    assert!(by_body(nested, r#"{"m":"b","q":1}"#));
    assert!(by_body(nested, r#"{"n":{"deep":"c"}}"#));
    assert!(!by_body(nested, r#"{"m":"b"}"#));
    // With one object only, `$or` is a name like any other.
    assert!(by_attributes(r#"{"$or":["a"]}"#, &[("$or", "String", "a")]));
}

#[test]
fn properties_of_bodies() {
    let policy = r#"{"Records":{"s3":{"object":{"key":[{"prefix":"in/"}]}},"eventName":["Put"]}}"#;
    let record = |key: &str, event: &str| format!(r#"{{"s3":{{"object":{{"key":"{key}"}}}},"eventName":"{event}"}}"#);
    let body = |records: &[String]| format!(r#"{{"Records":[{}]}}"#, records.join(","));
    assert!(by_body(policy, &body(&[record("out/1", "Put"), record("in/1", "Put")])));
    // One element must meet both conditions.
    assert!(!by_body(policy, &body(&[record("out/1", "Put"), record("in/1", "Get")])));
    assert!(!by_body(policy, r#"{"Records":[]}"#) && !by_body(policy, r#"{"Records":"in/"}"#));
    assert!(by_body(r#"{"a":["x"]}"#, r#"{"a":[["y",["x"]]]}"#), "lists in lists are looked through");
    for body in ["", "null", "[1]", "\"a\"", "{", "not json"] {
        assert!(!by_body(r#"{"a":[{"exists":false}]}"#, body), "{body}");
    }
}

#[test]
fn an_empty_policy_admits_everything() {
    assert!(by_attributes("{}", &[]) && by_body("{}", "not json"));
}

#[test]
fn damaged_values_match_nothing() {
    for (data_type, text) in [("Number", "ten"), ("Number", "inf"), ("String.Array", "[1"), ("String.Array", "[1] 2")] {
        for policy in [r#"{"field":[{"anything-but":"x"}]}"#, r#"{"field":[{"exists":true}]}"#] {
            assert!(!by_attributes(policy, &[("field", data_type, text)]), "{data_type} {text}");
        }
    }
}

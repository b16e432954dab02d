//! Policies that AWS refuses, with its sentences.

use crate::filter::{FilterPolicy, Scope};

fn refusal(policy: &str) -> String {
    match FilterPolicy::parse(policy, Scope::MessageBody) {
        Err(invalid) => invalid.to_string(),
        Ok(policy) => panic!("not refused: {policy:?}"),
    }
}

#[test]
fn policies_that_are_none() {
    for (policy, sentence) in [
        ("", "failed to parse JSON."),
        ("{", "failed to parse JSON."),
        ("[]", "Filter is not an object"),
        (r#"{"a":1}"#, "\"a\" must be an object or an array"),
        (r#"{"a":[]}"#, "Empty arrays are not allowed"),
        (r#"{"a":{}}"#, "Empty objects are not allowed"),
        (r#"{"$or":[{},{"a":[1]}]}"#, "Empty objects are not allowed"),
        (r#"{"$or":[{"numeric":123},{"prefix":"abc"}]}"#, "Value of numeric must be an array."),
    ] {
        assert_eq!(refusal(policy), format!("FilterPolicy: {sentence}"), "{policy}");
    }
}

#[test]
fn conditions_that_are_none() {
    for (condition, sentence) in [
        ("[1]", "Match value must be String, number, true, false, or null"),
        ("{}", "Match expression name not found"),
        (r#"{"like":"x"}"#, "Unrecognized match type like"),
        (r#"{"exists":1}"#, "exists match pattern must be either true or false."),
        (r#"{"prefix":1}"#, "prefix match pattern must be a string"),
        (r#"{"prefix":{"like":"x"}}"#, "Unsupported prefix pattern: like"),
        (r#"{"suffix":{}}"#, "Suffix expression name not found"),
        (r#"{"suffix":null}"#, "suffix match pattern must be a string"),
        (r#"{"suffix":"a","prefix":"b"}"#, "Only one key allowed in match expression"),
        (r#"{"equals-ignore-case":[]}"#, "equals-ignore-case match pattern must be a string"),
        (r#"{"wildcard":"a**b"}"#, "Consecutive wildcard characters at pos 2"),
        (r#"{"wildcard":"a\\b"}"#, "Invalid escape character at pos 2"),
        (r#"{"cidr":1}"#, "prefix match pattern must be a string"),
        (r#"{"cidr":"10.0.0.0"}"#, "Malformed CIDR, one '/' required"),
        (r#"{"cidr":"10.0.0.0/x"}"#, "Malformed CIDR, mask bits must be an integer"),
        (r#"{"cidr":"10.0.0.0/-1"}"#, "Malformed CIDR, mask bits must not be negative"),
        (r#"{"cidr":"10.0.0.0/32"}"#, "IPv4 mask bits must be < 32"),
        (r#"{"cidr":"::/128"}"#, "IPv6 mask bits must be < 128"),
        (r#"{"cidr":"here/8"}"#, "Nonstandard IP address: here"),
    ] {
        assert_eq!(refusal(&format!(r#"{{"a":[{condition}]}}"#)), format!("FilterPolicy: {sentence}"), "{condition}");
    }
}

#[test]
fn exclusions_that_are_none() {
    let mixed = "Inside anything but list, either all values are number or string, mixed type is not supported";
    for (operand, sentence) in [
        ("true", "Value of anything-but must be an array or single string/number value."),
        ("[]", mixed),
        (r#"[1,"a"]"#, mixed),
        ("[null]", "Inside anything but list, start|null|boolean is not supported."),
        ("[[1]]", "Inside anything but list, start|null|boolean is not supported."),
        ("{}", "Anything-But expression name not found"),
        (r#"{"cidr":"a"}"#, "Unsupported anything-but pattern: cidr"),
        (r#"{"prefix":1}"#, "prefix/suffix match pattern must be a string"),
        (r#"{"suffix":""}"#, "Null prefix/suffix not allowed"),
        ("2e9", "Value must be between -1.0E9 and 1.0E9, inclusive"),
    ] {
        let policy = format!(r#"{{"a":[{{"anything-but":{operand}}}]}}"#);
        assert_eq!(refusal(&policy), format!("FilterPolicy: {sentence}"), "{operand}");
    }
}

#[test]
fn ranges_that_are_none() {
    for (operand, sentence) in [
        ("5", "Value of numeric must be an array."),
        ("[]", "Invalid member in numeric match: ]"),
        ("[5]", "Invalid member in numeric match: 5"),
        (r#"["!",5]"#, "Unrecognized numeric range operator: !"),
        (r#"["=","5"]"#, "Value of equals must be numeric"),
        (r#"["<"]"#, "Value of < must be numeric"),
        (r#"["=",5,"<",6]"#, "Too many elements in numeric expression"),
        (r#"["<",5,">",3]"#, "Too many elements in numeric expression"),
        (r#"[">",5,6]"#, "Bad value in numeric range: 6"),
        (r#"[">",5,">",6]"#, "Bad numeric range operator: >"),
        (r#"[">",5,"<=",null]"#, "Value of <= must be numeric"),
        (r#"[">",5,"<",6,7]"#, "Too many terms in numeric range expression"),
        (r#"[">",5,"<",5]"#, "Bottom must be less than top"),
        (r#"["<",1000000001]"#, "Value must be between -1.0E9 and 1.0E9, inclusive"),
    ] {
        let policy = format!(r#"{{"a":[{{"numeric":{operand}}}]}}"#);
        assert_eq!(refusal(&policy), format!("FilterPolicy: {sentence}"), "{operand}");
    }
}

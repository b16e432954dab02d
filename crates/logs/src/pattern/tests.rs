use proptest::prelude::*;

use super::*;

fn matching<'a>(pattern: &str, messages: &[&'a str]) -> Vec<&'a str> {
    let pattern = Pattern::parse(pattern).unwrap();
    messages.iter().copied().filter(|message| pattern.matches(message)).collect()
}

#[test]
fn terms_are_sought_together_or_one_of_them_or_not_at_all() {
    let messages = ["[ERROR 400] BAD REQUEST", "[ERROR 401] UNAUTHORIZED", "[WARN] slow", "error"];
    assert_eq!(matching("", &messages), messages);
    assert_eq!(matching("ERROR", &messages), messages[..2]);
    assert_eq!(matching("ERROR REQUEST", &messages), messages[..1]);
    assert_eq!(matching("ERROR -BAD", &messages), messages[1..2]);
    assert_eq!(matching("?WARN ?UNAUTHORIZED", &messages), messages[1..3]);
    assert_eq!(matching("\"[WARN] slow\"", &messages), messages[2..3]);
    assert_eq!(matching("%40[01]%", &messages), messages[..2]);
    // A ? beside another term is ignored.
    assert_eq!(matching("ERROR ?WARN", &messages), messages[..2]);
}

#[test]
fn conditions_on_json_compare_numbers_texts_and_what_is_there() {
    let messages = [
        r#"{"n": 1, "s": "Start", "user": {"id": 7, "tags": ["a", "b"]}, "ok": true, "none": null}"#,
        r#"{"n": 5.5, "s": "stop"}"#,
        "n = 1",
    ];
    let first = |pattern: &str| assert_eq!(matching(pattern, &messages), messages[..1], "{pattern}");
    let second = |pattern: &str| assert_eq!(matching(pattern, &messages), messages[1..2], "{pattern}");
    first("{ $.n = 1 }");
    first("{$.n=1}");
    first("{ $.n <= 1e0 && $.s = \"St*\" }");
    first("{ $.user.id = 7 }");
    first("{ $.user.tags[1] = b }");
    first("{ $.user.tags[*] = \"b\" }");
    first("{ $.['user'].id > 6 }");
    first("{ $.ok IS TRUE }");
    first("{ $.none IS NULL }");
    second("{ $.n != 1 }");
    second("{ $.user NOT EXISTS }");
    second("{ $.s = %^st.p$% }");
    second("{ ($.n = 5.5 || $.n = 9) && $.s = \"*op\" }");
    assert!(matching("{ $.missing != 3 }", &messages).is_empty());
    assert_eq!(matching("{ $.n = * }", &messages), messages[..2]);
}

#[test]
fn fields_stand_between_spaces_in_brackets_and_in_quotes() {
    let log = r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
    let other = r#"127.0.0.2 - anne [10/Oct/2000:13:25:15 -0700] "POST /a HTTP/1.0" 200 9"#;
    let messages = [log, other, "short one"];
    assert_eq!(matching("[ip, id, user, at, request, status = 4* || status = 5*, bytes]", &messages), [log]);
    assert_eq!(matching("[ip, id, user, at, request = *.html*, status, bytes > 1000]", &messages), [log]);
    assert_eq!(matching("[..., bytes < 1000]", &messages), [other]);
    assert_eq!(matching("[ip = %127\\.0\\.0\\.[12]%, ...]", &messages), [log, other]);
    assert_eq!(matching("[w1 != short && w1 != 127.0.0.1, ...]", &messages), [other]);
    assert_eq!(matching("[a, b]", &messages), ["short one"]);
    assert!(matching("[a, b, c]", &messages).is_empty());
}

#[test]
fn what_a_pattern_names_is_extracted() {
    let pattern = Pattern::parse("[level, , took]").unwrap();
    let expected = [("$2", "x"), ("$level", "INFO"), ("$took", "12")];
    assert_eq!(pattern.extract("INFO x 12"), expected.map(|(name, value)| (name.into(), value.into())).into());
    assert_eq!(pattern.value("INFO x 12", "$took").as_deref(), Some("12"));
    let pattern = Pattern::parse("{ $.a.b = * }").unwrap();
    let message = r#"{"a": {"b": 3}, "c": "d"}"#;
    assert_eq!(pattern.extract(message), [("$.a.b".to_owned(), "3".to_owned())].into());
    assert_eq!(pattern.value(message, "$.c").as_deref(), Some("d"));
    assert_eq!(pattern.value(message, "$.x"), None);
}

#[test]
fn what_is_no_pattern_is_refused() {
    for text in [
        "foo.bar",
        "\"open",
        "%open",
        "%a(b)%",
        "- x",
        "{ $.a }",
        "{ $.a = }",
        "{ a = 1 }",
        "{ $.a = 1",
        "{ $.a = 1 && }",
        "{ $.a > x }",
        "{ ($.a = 1 }",
        "{ $.a[x] = 1 }",
        "{ $.a IS 1 }",
        "{ $.a = %a% || $.b = %b% || $.c = %c% }",
        "[a, b",
        "[..., ...]",
        "[a = 1 || b = 2]",
    ] {
        assert!(Pattern::parse(text).is_err(), "{text}");
    }
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(400), ")".repeat(400));
    assert!(Pattern::parse(&deep).is_err());
}

proptest! {
    #[test]
    fn whatever_is_sent_is_answered(pattern in r#"[-?{}\[\]"%$.a-c0-9 =<>!&|()*,\\]{0,24}"#, message in ".{0,24}") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            pattern.matches(&message);
            pattern.extract(&message);
        }
    }

    #[test]
    fn a_message_in_quotes_finds_itself(message in "[a-z \\[\\]{}?%-]{1,20}") {
        let pattern = format!("\"{message}\"");
        prop_assert!(Pattern::parse(&pattern).unwrap().matches(&message));
    }

    #[test]
    fn a_star_stands_for_anything(before in "[a-z]{0,5}", inside in ".{0,5}", after in "[a-z]{0,5}") {
        let text = format!("{before}{inside}{after}");
        let pattern = format!("{before}*{after}");
        prop_assert!(operand::glob(&pattern, &text));
    }
}

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::schema::{self, Member, element, member};

static NAMES: Schema = Schema::list("Names", &element("member", &schema::STRING));
static LABELS: Schema = Schema::map("Labels", &element("key", &schema::STRING), &element("value", &schema::LONG));
static INNER: Schema = Schema::structure("Inner", &[member("When", "when", "When", &schema::TIMESTAMP)]);
static INNERS: Schema = Schema::list("Inners", &element("member", &INNER));
static MEMBERS: [Member; 9] = [
    member("Text", "text", "Text", &schema::STRING),
    member("Is", "is", "Is", &schema::BOOLEAN),
    member("Small", "small", "Small", &schema::INTEGER),
    member("Large", "large", "Large", &schema::LONG),
    member("Number", "number", "Number", &schema::DOUBLE),
    member("Data", "data", "Data", &schema::BLOB),
    member("Names", "names", "Names", &NAMES),
    member("Labels", "labels", "Labels", &LABELS),
    member("Inners", "inners", "Inners", &INNERS),
];
static THING: Schema = Schema::structure("Thing", &MEMBERS);

fn written(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode::structure(&mut out, &MEMBERS, value.view());
    out
}

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

fn text_of(bytes: &[u8]) -> Result<Option<Value>, Error> {
    let Value::Structure(mut values) = decode::decode(&THING, bytes)? else { unreachable!() };
    Ok(values.swap_remove(0))
}

#[test]
fn the_path_names_service_and_operation() {
    assert_eq!(target("/service/S/operation/O"), Some(("S", "O")));
    assert_eq!(target("/prefix/service/S/operation/O"), Some(("S", "O")));
    for path in ["/", "/service/S/operation/", "/service/S/O/operation/O", "/service//operation/O", "/operation/O"] {
        assert_eq!(target(path), None, "{path}");
    }
}

#[test]
fn lengths_may_show_at_the_end() {
    let value = text_of(&hex("bf 64 54657874 7f 61 61 61 62 ff ff")).unwrap();
    assert_eq!(value, Some(Value::String("ab".into())));
}

#[test]
fn what_is_unknown_is_skipped_and_null_is_absent() {
    let unknown = "a2 61 78 c1 82 a1 01 02 9f f6 f7 ff 64 54657874 61 61";
    assert_eq!(text_of(&hex(unknown)).unwrap(), Some(Value::String("a".into())));
    assert_eq!(text_of(&hex("a1 64 54657874 f6")).unwrap(), None);
    assert_eq!(text_of(&[]).unwrap(), None);
}

#[test]
fn numbers_come_in_every_width() {
    for (number, expected) in [("f9 3c00", 1.0), ("f9 c000", -2.0), ("f9 0001", 2f64.powi(-24)), ("18 64", 100.0)] {
        let Value::Structure(values) = decode::decode(&THING, &hex(&format!("a1 66 4e756d626572 {number}"))).unwrap()
        else {
            unreachable!()
        };
        assert_eq!(values[4], Some(Value::Float(expected)), "{number}");
    }
}

#[test]
fn what_is_wrong_is_refused() {
    for body in [
        "a1 64 54657874 01",                      // a number for a text
        "a2 64 54657874 61 61 64 54657874 61 61", // twice
        "a1 65 536d616c6c 1b 0000000100000000",   // too large
        "a1 64 54657874 61",                      // torn
        "a1 64 54657874 61 ff",                   // no UTF-8
        "a0 00",                                  // more after it
        "80",                                     // no map
        "bb ffffffffffffffff",                    // a length that nobody has
        "a1 61 78 9b ffffffffffffffff",
        "a1 01 01",
        "1c",
    ] {
        let refused = decode::decode(&THING, &hex(body)).unwrap_err();
        assert_eq!(refused.code, "SerializationException", "{body}");
    }
    let deep: Vec<u8> = [&hex("a1 61 78")[..], &[0x81; 100_000]].concat();
    assert!(decode::decode(&THING, &deep).is_err());
}

#[test]
fn an_error_tells_both_of_its_names() {
    let error = Error::sender("AccessDenied", "no");
    let answer = Cbor.encode_error(None, &error, "id");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers[1].0, PROTOCOL);
    let expected = [&[0xa2, 0x66][..], b"__type", &[0x6c], b"AccessDenied", &[0x67], b"message", &[0x62], b"no"];
    assert_eq!(&answer.body[..], expected.concat());
}

fn thing() -> impl Strategy<Value = Value> {
    let instant = (-60_000_000_000_000i64..250_000_000_000_000)
        .prop_map(|at| Value::Timestamp(jiff::Timestamp::from_millisecond(at).unwrap()));
    let labels = proptest::collection::btree_map(".{0,5}", any::<i64>(), 0..30);
    let scalars = (".{0,300}", any::<bool>(), any::<i32>(), any::<i64>(), -1e300f64..1e300);
    let others = (
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::collection::vec(".{0,30}", 0..30),
        labels,
        proptest::collection::vec(proptest::option::of(instant), 0..4),
    );
    (scalars, others).prop_map(|((text, is, small, large, number), (data, names, labels, inners))| {
        let labels: BTreeMap<String, i64> = labels;
        Value::Structure(vec![
            Some(Value::String(text)),
            Some(Value::Boolean(is)),
            Some(Value::Integer(small.into())),
            Some(Value::Integer(large)),
            Some(Value::Float(number)),
            Some(Value::Blob(data.into())),
            Some(Value::List(names.into_iter().map(Value::String).collect())),
            Some(Value::Map(labels.into_iter().map(|(key, value)| (key, Value::Integer(value))).collect())),
            Some(Value::List(inners.into_iter().map(|when| Value::Structure(vec![when])).collect())),
        ])
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(value in thing()) {
        prop_assert_eq!(decode::decode(&THING, &written(&value)).unwrap(), value);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode::decode(&THING, &bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(value in thing(), at in any::<prop::sample::Index>(), by in any::<u8>()) {
        let mut bytes = written(&value);
        let at = at.index(bytes.len());
        bytes[at] = by;
        let _ = decode::decode(&THING, &bytes);
        let _ = decode::decode(&THING, &bytes[..at]);
    }
}

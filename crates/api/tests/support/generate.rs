//! Random values of any schema.

use freehold_wire::schema::{Kind, Member, Schema, Value};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

/// Words that break what is sloppy.
const WORDS: [&str; 8] = ["", "a", "a b", "<&>\"'", "x=y&z+%", "Größe\u{1F600}", "line\nline", "0"];

/// A structure of this schema: each member is there one time in two. Lists are never empty, which forms cannot say,
/// and below some depth nothing nests.
pub fn value(schema: &'static Schema) -> impl Strategy<Value = Value> {
    Just(()).prop_perturb(move |(), mut rng| structure(schema.members(), &mut rng, 0))
}

fn structure(members: &'static [Member], rng: &mut TestRng, depth: usize) -> Value {
    let mut one = |member: &'static Member| {
        let present = rng.random_bool(if depth > 3 { 0.2 } else { 0.5 });
        // Forms cannot write a structure without members.
        (present && depth < 6).then(|| any(member.schema, rng, depth + 1)).filter(|value| !is_empty(value))
    };
    Value::Structure(members.iter().map(&mut one).collect())
}

fn any(schema: &'static Schema, rng: &mut TestRng, depth: usize) -> Value {
    match &schema.kind {
        Kind::Boolean => Value::Boolean(rng.random()),
        Kind::Integer => Value::Integer(rng.random::<i32>().into()),
        Kind::Long => Value::Integer(rng.random()),
        // In digits that serde_json reads exactly: of longer ones it may miss the last bit.
        Kind::Float | Kind::Double => Value::Float(f64::from(rng.random_range(-1_000_000..1_000_000)) / 64.0),
        Kind::String => Value::String(WORDS[rng.random_range(0..WORDS.len())].to_owned()),
        Kind::Blob => Value::Blob((0..rng.random_range(0..9)).map(|_| rng.random::<u8>()).collect()),
        Kind::Timestamp => {
            let milliseconds = rng.random_range(-1_000_000_000_000i64..4_000_000_000_000);
            Value::Timestamp(Timestamp::from_millisecond(milliseconds).expect("within range"))
        }
        Kind::List { member } => {
            let length = rng.random_range(1..12);
            let elements = (0..length).map(|_| any(member.schema, rng, depth + 1));
            Value::List(elements.filter(|value| !is_empty(value)).collect())
        }
        Kind::Map { value, .. } => {
            let entries =
                (0..rng.random_range(1..4)).map(|at| (format!("key {at}"), any(value.schema, rng, depth + 1)));
            Value::Map(entries.filter(|(_, value)| !is_empty(value)).collect())
        }
        Kind::Structure { members } => structure(members, rng, depth),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(elements) => elements.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Structure(members) => members.iter().all(Option::is_none),
        _ => false,
    }
}

//! Forms: `application/x-www-form-urlencoded` in a body or a query string.

use std::borrow::Cow;

use super::Parts;

/// A form that is not UTF-8, or whose percent signs are not followed by two hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The query string contains a syntax error.")]
pub struct Malformed;

/// The parts of a request that may hold parameters, as they were sent.
fn sources<'a>(parts: &Parts<'a>) -> Result<[&'a str; 2], Malformed> {
    let body = if has_form(parts) { std::str::from_utf8(parts.body).map_err(|_| Malformed)? } else { "" };
    Ok([parts.query, body])
}

/// Bodies are read as forms unless they say that they are something else.
fn has_form(parts: &Parts<'_>) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let is_form = |value: &str| value.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM));
    parts.header("content-type").is_none_or(is_form)
}

/// Every name and value of a request's query string and form, in the order they came.
pub fn pairs<'a>(parts: &Parts<'a>) -> Result<impl Iterator<Item = Result<Pair<'a>, Malformed>>, Malformed> {
    Ok(sources(parts)?.into_iter().flat_map(split).map(|(name, value)| Ok((decode(name)?, decode(value)?))))
}

type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The first value of a name that needs no decoding.
pub fn find<'a>(parts: &Parts<'a>, name: &str) -> Option<Cow<'a, str>> {
    let sources = sources(parts).ok()?;
    let (_, value) = sources.into_iter().flat_map(split).find(|(candidate, _)| *candidate == name)?;
    decode(value).ok()
}

pub fn split(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Undoes percent encoding and plus signs; borrows where there are none.
pub fn decode(text: &str) -> Result<Cow<'_, str>, Malformed> {
    let bytes = text.as_bytes();
    let Some(first) = bytes.iter().position(|byte| matches!(byte, b'%' | b'+')) else {
        return Ok(Cow::Borrowed(text));
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    decoded.extend_from_slice(&bytes[..first]);
    let mut rest = bytes[first..].iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(digit), rest.next().and_then(digit)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Malformed),
            },
            byte => *byte,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| Malformed)
}

fn digit(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plus_and_percent_are_undone() {
        assert_eq!(decode("a+b%20c%2B%C3%A9").unwrap(), "a b c+é");
        assert!(matches!(decode("plain"), Ok(Cow::Borrowed("plain"))));
    }

    #[test]
    fn broken_escapes_are_refused() {
        for text in ["%", "%1", "%zz", "%ff", "a%"] {
            assert_eq!(decode(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_name_without_a_value_is_empty() {
        assert_eq!(split("a&&b=&c=d=e").collect::<Vec<_>>(), [("a", ""), ("b", ""), ("c", "d=e")]);
    }

    proptest! {
        #[test]
        fn whatever_is_encoded_decodes(text in ".*") {
            let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
            prop_assert_eq!(decode(&encoded).unwrap(), text);
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = decode(&text);
            let _ = split(&text).count();
        }
    }
}

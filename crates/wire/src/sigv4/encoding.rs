//! Percent-encoding as Signature Version 4 wants it: everything but unreserved characters, in upper-case hex.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986: letters, digits, `-`, `.`, `_` and `~` stay.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Appends `text`, encoded.
pub(super) fn encode(text: &str, to: &mut String) {
    to.extend(utf8_percent_encode(text, RESERVED));
}

/// Appends `path`, encoded except for its slashes.
pub(super) fn encode_path(path: &str, to: &mut String) {
    to.extend(utf8_percent_encode(path, RESERVED_IN_PATH));
}

/// Decodes percent-encoding. Bytes that are no UTF-8 become replacement characters: such a request was not signed
/// by anything that we could agree with.
pub fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

/// Decodes the part of a query string: percent-encoding, and `+` for a space as forms write it.
pub(super) fn decode_query(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        Cow::Owned(percent_decode(&text.replace('+', " ")).into_owned())
    } else {
        percent_decode(text)
    }
}

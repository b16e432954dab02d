//! A writer of XML into a vector. Names come from tables and are written as they are; text is escaped.

/// Writes `<name>`.
pub fn open(out: &mut Vec<u8>, name: &str) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Writes `<name xmlns="…">`.
pub fn open_in(out: &mut Vec<u8>, name: &str, namespace: &str) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    if !namespace.is_empty() {
        out.extend_from_slice(b" xmlns=\"");
        text(out, namespace);
        out.push(b'"');
    }
    out.push(b'>');
}

/// Writes `</name>`.
pub fn close(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Writes `<name>content</name>`.
pub fn element(out: &mut Vec<u8>, name: &str, content: &str) {
    open(out, name);
    text(out, content);
    close(out, name);
}

/// Writes text. Characters that XML 1.0 cannot hold in any spelling become U+FFFD, for a document that no parser
/// reads helps nobody; a carriage return is spelt out, because parsers turn a bare one into a line feed.
pub fn text(out: &mut Vec<u8>, content: &str) {
    let bytes = content.as_bytes();
    let mut written = 0;
    let mut at = 0;
    while at < bytes.len() {
        let (length, escaped): (usize, &[u8]) = match bytes[at] {
            b'&' => (1, b"&amp;"),
            b'<' => (1, b"&lt;"),
            b'>' => (1, b"&gt;"),
            b'"' => (1, b"&quot;"),
            b'\r' => (1, b"&#13;"),
            b'\t' | b'\n' | 0x20..=0xEE | 0xF0.. => {
                at += 1;
                continue;
            }
            0xEF if matches!(bytes[at..], [_, 0xBF, 0xBE | 0xBF, ..]) => (3, "\u{FFFD}".as_bytes()),
            0xEF => {
                at += 1;
                continue;
            }
            _ => (1, "\u{FFFD}".as_bytes()),
        };
        out.extend_from_slice(&bytes[written..at]);
        out.extend_from_slice(escaped);
        at += length;
        written = at;
    }
    out.extend_from_slice(&bytes[written..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::escape::unescape;
    use quick_xml::events::Event;

    use super::*;

    fn written(content: &str) -> String {
        let mut out = Vec::new();
        element(&mut out, "a", content);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(written("<b a=\"1\">&"), "<a>&lt;b a=&quot;1&quot;&gt;&amp;</a>");
        assert_eq!(written("a\r\n\tb"), "<a>a&#13;\n\tb</a>");
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(written("a\0b\u{1b}c\u{FFFE}d\u{FFFF}"), "<a>a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}</a>");
        assert_eq!(written("\u{FFFD}\u{F000}é"), "<a>\u{FFFD}\u{F000}é</a>");
    }

    proptest! {
        #[test]
        fn a_parser_reads_what_was_meant(content in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{FFFE}\\x{FFFF}]*") {
            let document = written(&content);
            let mut reader = Reader::from_str(&document);
            let mut read = String::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Text(text) => read.push_str(&text.decode().unwrap()),
                    Event::GeneralRef(name) => read.push_str(&unescape(&format!("&{};", name.decode().unwrap())).unwrap()),
                    Event::Eof => break,
                    _ => {}
                }
            }
            prop_assert_eq!(read, content);
        }
    }
}

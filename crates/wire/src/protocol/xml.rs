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
    let mut rest = content.as_bytes();
    while let Some(at) = rest.iter().position(|byte| SPECIAL[usize::from(*byte)]) {
        out.extend_from_slice(&rest[..at]);
        let (length, escaped): (usize, &[u8]) = match rest[at..] {
            [b'&', ..] => (1, b"&amp;"),
            [b'<', ..] => (1, b"&lt;"),
            [b'>', ..] => (1, b"&gt;"),
            [b'"', ..] => (1, b"&quot;"),
            [b'\r', ..] => (1, b"&#13;"),
            [0xEF, 0xBF, 0xBE | 0xBF, ..] => (3, REPLACEMENT),
            // Any other character that begins like those two.
            [0xEF, ..] => (1, &[0xEF]),
            _ => (1, REPLACEMENT),
        };
        out.extend_from_slice(escaped);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
}

const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Bytes that may not be copied as they are: markup, control characters, and the first of U+FFFE and U+FFFF.
static SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = !matches!(byte as u8, b'\t' | b'\n');
        byte += 1;
    }
    special[b'&' as usize] = true;
    special[b'<' as usize] = true;
    special[b'>' as usize] = true;
    special[b'"' as usize] = true;
    special[0xEF] = true;
    special
};

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

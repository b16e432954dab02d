//! The MD5s by which clients check that nothing was changed on the way (*SQS developer guide, Calculating the MD5
//! message digest for message attributes*).

use md5::{Digest, Md5};

use super::content::{Attribute, AttributeValue};

pub(super) type Md5Digest = [u8; 16];

/// The transport types of values.
const TEXT: u8 = 1;
const BINARY: u8 = 2;

pub(super) fn of_body(body: &str) -> Md5Digest {
    Md5::digest(body).into()
}

/// `attributes` in the order of their names; `None` if there are none.
pub(super) fn of_attributes<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a Attribute)>) -> Option<Md5Digest> {
    let mut hash = None;
    for (name, attribute) in attributes {
        let hash = hash.get_or_insert_with(Md5::new);
        update(hash, name.as_bytes());
        update(hash, attribute.data_type.as_bytes());
        let transport = if matches!(attribute.value, AttributeValue::Text(_)) { TEXT } else { BINARY };
        hash.update([transport]);
        update(hash, attribute.value.as_bytes());
    }
    hash.map(|hash| hash.finalize().into())
}

/// With its length before it. No part of a message is longer than four bytes can say.
fn update(hash: &mut Md5, part: &[u8]) {
    hash.update((part.len() as u32).to_be_bytes());
    hash.update(part);
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn text(data_type: &str, value: &str) -> Attribute {
        Attribute { data_type: data_type.into(), value: AttributeValue::Text(value.into()) }
    }

    #[test]
    fn the_digest_of_a_body_is_that_of_its_utf_8() {
        // RFC 1321, A.5
        assert_eq!(hex::encode(of_body("")), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex::encode(of_body("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
    }

    #[test]
    fn no_attributes_have_no_digest() {
        assert_eq!(of_attributes([]), None);
    }

    #[test]
    fn attributes_are_digested_with_lengths_types_and_transport() {
        let (name, binary) = (
            "b",
            Attribute { data_type: "Binary".into(), value: AttributeValue::Binary(Bytes::from_static(&[1, 2, 3])) },
        );
        let mut expected = Vec::new();
        expected.extend(b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01x");
        expected.extend(b"\0\0\0\x01b\0\0\0\x06Binary\x02\0\0\0\x03\x01\x02\x03");
        let digest: Md5Digest = Md5::digest(expected).into();
        assert_eq!(of_attributes([("a", &text("String", "x")), (name, &binary)]), Some(digest));
    }
}

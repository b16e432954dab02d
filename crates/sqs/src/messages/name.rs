//! What message attributes may be called (*SQS developer guide, Amazon SQS message metadata*; SNS has the same rules).

/// Bytes.
pub(super) const AT_MOST: usize = 256;

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidName {
    /// Empty, a character that is none of letters, digits and `_-.`, or a period at an end or after another.
    Characters,
    TooLong,
    /// It begins as those of AWS do.
    Reserved,
}

pub fn check_attribute_name(name: &str) -> Result<(), InvalidName> {
    let has_letters_only = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let has_dots_right = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    if name.is_empty() || !has_letters_only || !has_dots_right {
        return Err(InvalidName::Characters);
    }
    if name.len() > AT_MOST {
        return Err(InvalidName::TooLong);
    }
    let is_reserved = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if is_reserved("AWS.") || is_reserved("Amazon.") { Err(InvalidName::Reserved) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_dots_at_their_ends_and_do_not_look_like_awss() {
        for good in ["a", "a.b", "A-1_z", "awsome", "aws", &"n".repeat(256)] {
            assert_eq!(check_attribute_name(good), Ok(()), "{good}");
        }
        for bad in ["", ".a", "a.", "a..b", "a b", "ü"] {
            assert_eq!(check_attribute_name(bad), Err(InvalidName::Characters), "{bad}");
        }
        for bad in ["AWS.x", "aws.x", "amazon.X"] {
            assert_eq!(check_attribute_name(bad), Err(InvalidName::Reserved), "{bad}");
        }
        assert_eq!(check_attribute_name(&"n".repeat(257)), Err(InvalidName::TooLong));
    }
}

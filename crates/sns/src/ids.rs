//! Random names.

/// By which a subscription is confirmed: nobody guesses it.
pub(crate) fn token() -> String {
    let bytes: [u8; 64] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long() {
        assert_eq!(token().len(), 128);
    }
}

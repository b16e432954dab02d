//! `{"wildcard": "a*b"}`: a star is any number of characters, a backslash makes the star or backslash after it plain.

/// Whether the text is a pattern.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    let pieces = pieces(pattern).ok_or("Invalid escape character at pos")?;
    if pieces.windows(2).any(|two| two == [Piece::Star, Piece::Star]) {
        return Err("Consecutive wildcard characters at pos".into());
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Star,
    Character(char),
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        pieces.push(match character {
            '*' => Piece::Star,
            '\\' => Piece::Character(characters.next().filter(|next| matches!(next, '*' | '\\'))?),
            other => Piece::Character(other),
        });
    }
    Some(pieces)
}

/// Whether all of the text fits. A pattern that is none fits nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some(pieces) = pieces(pattern) else { return false };
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut place) = (0, 0);
    // Where to go on if what follows the last star does not fit: one character further.
    let mut back: Option<(usize, usize)> = None;
    while place < text.len() {
        match pieces.get(at) {
            Some(Piece::Star) => {
                back = Some((at + 1, place));
                at += 1;
            }
            Some(Piece::Character(character)) if *character == text[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((after_star, taken)) = back else { return false };
                (at, place) = (after_star, taken + 1);
                back = Some((after_star, taken + 1));
            }
        }
    }
    pieces[at..].iter().all(|piece| *piece == Piece::Star)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_take_any_number_of_characters() {
        for (pattern, text) in [("*", ""), ("a*b*c", "abc"), ("a*b*c", "axxbyybzc"), ("*.png", "a.png"), (r"a\*", "a*")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a*b", "ab "), ("*.png", "png"), (r"a\*", "ab"), ("a*a", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(check("a**").is_err() && check(r"a\b").is_err() && check(r"a\\*").is_ok());
    }

    proptest! {
        #[test]
        fn what_surrounds_a_star_decides(start in "[ab]{0,3}", middle in "[ab]{0,5}", end in "[ab]{0,3}") {
            let (pattern, text) = (format!("{start}*{end}"), format!("{start}{middle}{end}"));
            prop_assert!(matches(&pattern, &text));
        }
    }
}

//! Answers in XML as a tree, to look things up in.

use anyhow::{Context, Result, bail};
use quick_xml::Reader;
use quick_xml::events::Event;

/// An element: its name without a prefix, its text, its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a whole document.
    pub fn parse(document: &[u8]) -> Result<Self> {
        let mut reader = Reader::from_reader(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().context("not XML")? {
                Event::Start(tag) => open.push(Self::named(tag.local_name().as_ref())),
                Event::Empty(tag) => Self::top(&mut open)?.children.push(Self::named(tag.local_name().as_ref())),
                Event::Text(text) => Self::top(&mut open)?.text.push_str(&text.decode()?),
                Event::CData(data) => Self::top(&mut open)?.text.push_str(&data.decode()?),
                Event::GeneralRef(entity) => {
                    let character = match entity.resolve_char_ref()? {
                        Some(character) => character,
                        None => named_entity(&entity.decode()?)?,
                    };
                    Self::top(&mut open)?.text.push(character);
                }
                Event::End(_) => {
                    let closed = open.pop().context("an end without a start")?;
                    Self::top(&mut open)?.children.push(closed);
                }
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            }
        }
        match (open.len(), open.pop().and_then(|root| root.children.into_iter().next())) {
            (1, Some(document)) => Ok(document),
            _ => bail!("the document ends too early"),
        }
    }

    fn named(name: &[u8]) -> Self {
        Self { name: String::from_utf8_lossy(name).into_owned(), ..Self::default() }
    }

    fn top(open: &mut [Self]) -> Result<&mut Self> {
        open.last_mut().context("text outside the document")
    }

    /// The first element of that name below this one, at any depth, in the document's order.
    pub fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// Text of the first element of that name, trimmed.
    pub fn value(&self, name: &str) -> Result<&str> {
        let found = self.find(name).with_context(|| format!("the answer {} lacks {name}", self.name))?;
        Ok(found.text.trim())
    }

    /// The members of a list: the children of the first element of that name.
    pub fn items(&self, list: &str) -> &[Self] {
        self.find(list).map_or(&[], |found| &found.children)
    }
}

/// The five entities that XML itself defines.
fn named_entity(name: &str) -> Result<char> {
    Ok(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        other => bail!("the entity &{other}; is not known"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let answer = br#"<?xml version="1.0"?><R xmlns="x"><set><item><id>a&amp;b</id></item><item/></set></R>"#;
        let tree = Element::parse(answer).unwrap();
        assert_eq!(tree.name, "R");
        assert_eq!(tree.items("set").len(), 2);
        assert_eq!(tree.value("id").unwrap(), "a&b");
        assert!(tree.value("absent").is_err());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for wrong in ["", "plain", "<a><b></a>", "<a>"] {
            assert!(Element::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

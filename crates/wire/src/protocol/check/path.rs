//! Where in the input a value is: a list that lives on the stack of the walk, and costs nothing until it is shown.

use crate::schema::Member;

pub enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'static Member),
    /// By index from zero.
    Element(&'a Path<'a>, usize),
    /// A value of a map.
    Entry(&'a Path<'a>, &'a str),
}

impl Path<'_> {
    /// As EC2's forms write it: `Filter.1.Name`.
    pub fn form(&self) -> String {
        self.joined(&|member| member.form_name.to_owned(), "")
    }

    /// As other services write it: `tags.1.member.key`.
    pub fn coral(&self) -> String {
        self.joined(&|member| uncapitalised(member.name), ".member")
    }

    fn joined(&self, name: &impl Fn(&'static Member) -> String, element: &str) -> String {
        let (parent, step) = match self {
            Self::Root => return String::new(),
            Self::Member(parent, member) => (parent, name(member)),
            Self::Element(parent, index) => (parent, format!("{}{element}", index + 1)),
            Self::Entry(parent, key) => (parent, format!("{key}{element}")),
        };
        match parent.joined(name, element) {
            before if before.is_empty() => step,
            before => format!("{before}.{step}"),
        }
    }
}

/// `ImageId` as `imageId`.
pub fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().iter().flat_map(|first| first.to_lowercase()).chain(letters).collect()
}

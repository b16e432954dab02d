//! Names as requests write them: a path, or its ARN, and after a colon which version is wanted.

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub path: &'a str,
    /// `:3`, or `:label`, with the colon.
    pub selector: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub fn parse(text: &'a str) -> Self {
        let path = match text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').last()) {
            Some(resource) => resource.strip_prefix("parameter").unwrap_or(resource),
            None => text,
        };
        match path.find(':') {
            Some(colon) => Self { path: &path[..colon], selector: Some(&path[colon..]) },
            None => Self { path, selector: None },
        }
    }

    /// Whether the selector, if there is one, means this version. Public parameters have no labels.
    pub fn selects(&self, version: i64) -> bool {
        self.selector.is_none_or(|selector| selector[1..] == version.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_path_or_an_arn_with_or_without_a_version() {
        let name = |path, selector| Name { path, selector };
        assert_eq!(Name::parse("/a/b"), name("/a/b", None));
        assert_eq!(Name::parse("/a/b:3"), name("/a/b", Some(":3")));
        assert_eq!(Name::parse("arn:aws:ssm:us-east-1::parameter/a/b"), name("/a/b", None));
        assert_eq!(Name::parse("arn:aws:ssm:us-east-1::parameter/a/b:x"), name("/a/b", Some(":x")));
        assert_eq!(Name::parse("arn:"), name("", None));
    }
}

//! AWS's names in Rust's spelling.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Words of the language that members of AWS's shapes are called.
const KEYWORDS: [&str; 40] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "final", "fn", "for", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "override",
    "priv", "pub", "ref", "return", "static", "struct", "trait", "try", "type", "unsafe", "use", "where", "while",
];

/// Names that generated files use themselves.
const TAKEN: [&str; 8] = ["BTreeMap", "Bytes", "Option", "Schema", "String", "Timestamp", "Unit", "Vec"];

/// The schemas that all services share.
const SCALARS: [&str; 8] = ["BLOB", "BOOLEAN", "DOUBLE", "FLOAT", "INTEGER", "LONG", "STRING", "TIMESTAMP"];

/// A member as a field: `SizeInMiB` is `size_in_mib`, `Type` is `r#type`.
pub fn field(name: &str) -> String {
    let field = units(name).to_snake_case();
    if KEYWORDS.contains(&field.as_str()) { format!("r#{field}") } else { field }
}

/// A structure as a type.
pub fn type_name(shape: &str) -> String {
    let mut letters = shape.chars();
    let name: String = letters.next().iter().flat_map(|first| first.to_uppercase()).chain(letters).collect();
    let name = if name.contains('_') { name.to_upper_camel_case() } else { name };
    if TAKEN.contains(&name.as_str()) { format!("{name}Shape") } else { name }
}

/// A shape as a static.
fn static_name(shape: &str) -> String {
    units(shape).to_shouty_snake_case()
}

/// Keeps units and versions one word.
fn units(name: &str) -> String {
    let pairs = [
        ("MiB", "Mib"),
        ("GiB", "Gib"),
        ("TiB", "Tib"),
        ("KiB", "Kib"),
        ("GBps", "Gbps"),
        ("MBps", "Mbps"),
        ("IPv", "Ipv"),
    ];
    pairs.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}

/// Statics by shape; shapes that differ only in case get a number.
pub fn statics<'a>(shapes: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    // A shape of more than a plain scalar may have a scalar's name (logs: Timestamp, a number).
    let mut uses: BTreeMap<String, usize> = SCALARS.iter().map(|name| ((*name).to_owned(), 1)).collect();
    let mut names = BTreeMap::new();
    for shape in shapes {
        let name = static_name(shape);
        let count = uses.entry(name.clone()).or_default();
        *count += 1;
        names.insert(shape, if *count == 1 { name } else { format!("{name}_{count}") });
    }
    names
}

/// Two structures must not become one type, nor two members one field.
pub fn distinct(names: impl Iterator<Item = String>) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name.clone()) {
            bail!("two names become {name}");
        }
    }
    Ok(())
}

/// The file of a shape: its first letter.
pub fn file(shape: &str) -> char {
    shape.chars().next().map_or('_', |first| first.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_become_fields() {
        assert_eq!(field("SizeInMiB"), "size_in_mib");
        assert_eq!(field("Ipv6Addresses"), "ipv6_addresses");
        assert_eq!(field("Type"), "r#type");
        assert_eq!(field("PublicDnsName"), "public_dns_name");
    }

    #[test]
    fn statics_that_differ_in_case_only_are_numbered() {
        let names = statics(["AccountID", "AccountId"].into_iter());
        assert_eq!(names["AccountID"], "ACCOUNT_ID");
        assert_eq!(names["AccountId"], "ACCOUNT_ID_2");
    }

    #[test]
    fn structures_become_types() {
        assert_eq!(type_name("RunInstancesRequest"), "RunInstancesRequest");
        assert_eq!(type_name("expiredToken"), "ExpiredToken");
        assert_eq!(type_name("String"), "StringShape");
    }
}

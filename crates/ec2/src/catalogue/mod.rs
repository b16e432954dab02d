//! The instance types of the region: AWS's catalogue as a table in the program, read line by line when asked. The
//! table is sorted by name, so that a look-up touches a few pages of it and keeps nothing in memory.

mod instance_type;
mod priced;
mod resources;

pub use instance_type::{Accelerator, Category, Ebs, InstanceStore, InstanceType};
pub use priced::Priced;
pub use resources::Tenure;

/// Facts that AWS publishes in DescribeInstanceTypes and its price list.
const TABLE: &str = include_str!("../../data/instance-types.csv");

/// All types, in the order of their names.
pub fn all() -> impl Iterator<Item = InstanceType> {
    lines().lines().filter_map(InstanceType::parse)
}

/// The type with this name.
pub fn find(name: &str) -> Option<InstanceType> {
    // Binary search for the line in the raw text: `low` and `high` are always beginnings of lines.
    let text = lines();
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = text[..middle].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[middle..].find('\n').map_or(text.len(), |newline| middle + newline + 1);
        let line = &text[start..end];
        let key = line.split(',').next().unwrap_or_default();
        match key.cmp(name) {
            std::cmp::Ordering::Equal => return InstanceType::parse(line.trim_end()),
            std::cmp::Ordering::Less => low = end,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// The table without its heading.
fn lines() -> &'static str {
    TABLE.split_once('\n').map_or("", |(_, lines)| lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_found_by_its_name() {
        let types: Vec<_> = all().collect();
        assert_eq!(types.len(), lines().lines().count());
        for known in types {
            assert_eq!(find(known.name), Some(known));
        }
    }

    #[test]
    fn unknown_names_are_not_found() {
        for name in ["", "a", "t3.micros", "zzz", "instance_type", "t3.micr"] {
            assert_eq!(find(name), None, "{name}");
        }
    }
}

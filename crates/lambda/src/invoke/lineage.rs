//! Which functions a chain of requests has been through, and how often (*Developer guide, Use Lambda recursive loop
//! detection to prevent infinite loops*). It is told in the trace header: a function gets it with its event, SDKs send it
//! along with what the function asks for, SQS and SNS keep it with messages, and so it comes back with the next event.
//!
//! ```text
//! Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=0;Lineage=a87bd80c:1|68fd508a:5
//! ```

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Invocations of a function in one chain (*…: approximately 16 times*); the next one is stopped.
pub(crate) const MOST: u32 = 16;
/// Functions of a chain that are remembered. A chain through more of them is told from others no more, and the header
/// stays short.
const MOST_FUNCTIONS: usize = 64;
/// Bytes of a header that is looked at: nobody honest sends more.
const LONGEST: usize = 4096;

/// A trace header, read. What is not understood is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lineage {
    root: Option<String>,
    parent: Option<String>,
    sampled: Option<String>,
    /// By function, in eight digits: the invocations.
    counts: BTreeMap<String, u32>,
}

impl Lineage {
    pub fn read(header: Option<&str>) -> Self {
        let mut found = Self::default();
        for field in header.filter(|header| header.len() <= LONGEST).unwrap_or_default().split(';') {
            let Some((name, value)) = field.trim().split_once('=') else { continue };
            match name {
                "Root" => found.root = Some(value.to_owned()),
                "Parent" => found.parent = Some(value.to_owned()),
                "Sampled" => found.sampled = Some(value.to_owned()),
                "Lineage" => found.counts = counts(value),
                _ => {}
            }
        }
        found
    }

    /// How often the chain has been through the function.
    pub fn count(&self, arn: &str) -> u32 {
        self.counts.get(&key(arn)).copied().unwrap_or_default()
    }

    /// Of requests that one invocation is the consequence of: the trace is that of the first that has one, and of a function
    /// that several have been through the higher count.
    pub fn joined(mut self, other: Self) -> Self {
        if self.root.is_none() {
            (self.root, self.parent, self.sampled) = (other.root, other.parent, other.sampled);
        }
        for (function, count) in other.counts {
            let known = self.counts.entry(function).or_default();
            *known = count.max(*known);
        }
        self
    }

    /// The header for one more invocation of the function. `now`: seconds since 1970, for the trace that begins here if there
    /// is none yet.
    pub fn through(mut self, arn: &str, now: i64) -> String {
        let own = key(arn);
        let count = self.counts.remove(&own).unwrap_or_default().saturating_add(1);
        while self.counts.len() >= MOST_FUNCTIONS {
            self.counts.pop_first();
        }
        self.counts.insert(own, count);
        self.begin(now);
        self.parent.get_or_insert_with(|| format!("{:016x}", rand::random::<u64>()));
        self.sampled.get_or_insert_with(|| "0".into());
        self.header()
    }

    /// The header of a request that came without one, or as it came.
    pub fn begun(mut self, now: i64) -> String {
        self.begin(now);
        self.header()
    }

    fn begin(&mut self, now: i64) {
        self.root.get_or_insert_with(|| {
            let (high, low): (u32, u64) = (rand::random(), rand::random());
            format!("1-{now:08x}-{high:08x}{low:016x}")
        });
    }

    /// The header as it is.
    pub fn header(&self) -> String {
        let counts: Vec<String> = self.counts.iter().map(|(function, count)| format!("{function}:{count}")).collect();
        let lineage = (!counts.is_empty()).then(|| counts.join("|"));
        let fields =
            [("Root", &self.root), ("Parent", &self.parent), ("Sampled", &self.sampled), ("Lineage", &lineage)];
        let known = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        known.collect::<Vec<_>>().join(";")
    }
}

fn counts(text: &str) -> BTreeMap<String, u32> {
    let pairs = text.split('|').filter_map(|pair| pair.split_once(':'));
    let is_key = |function: &str| function.len() == 8 && function.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = pairs.filter(|(function, _)| is_key(function));
    known.filter_map(|(function, count)| Some((function.to_owned(), count.parse().ok()?))).collect()
}

/// What stands for a function, whatever its version.
fn key(arn: &str) -> String {
    hex::encode(&Sha256::digest(arn)[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    const F: &str = "arn:aws:lambda:us-east-1:111122223333:function:f";
    const G: &str = "arn:aws:lambda:us-east-1:111122223333:function:g";

    #[test]
    fn each_function_of_a_chain_is_counted() {
        let first = Lineage::default().through(F, 1);
        assert!(first.starts_with("Root=1-00000001-"), "{first}");
        let mut header = first.clone();
        for function in [G, F, F] {
            header = Lineage::read(Some(&header)).through(function, 2);
        }
        let found = Lineage::read(Some(&header));
        assert_eq!((found.count(F), found.count(G), found.count("other")), (3, 1, 0));
        let trace = |header: &str| header.split_once(";Lineage").unwrap().0.to_owned();
        assert_eq!(trace(&header), trace(&first));
    }

    #[test]
    fn what_somebody_made_up_is_left_out() {
        for header in ["", ";;=", "Lineage", "Lineage=x:1|a87bd80c|a87bd80c:-1|:|", &"x".repeat(5000)] {
            assert_eq!(Lineage::read(Some(header)), Lineage::default(), "{header}");
        }
        let given = Lineage::read(Some("Self=1-2-3; Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"));
        let header = given.through(F, 1);
        assert!(
            header.contains("Root=1-5759e988-bd862e3fe1be46a994272793;") && header.contains(";Sampled=1;"),
            "{header}"
        );
        let most = Lineage::read(Some(&format!("Lineage={}:{}", key(F), u32::MAX)));
        assert_eq!(Lineage::read(Some(&most.through(F, 1))).count(F), u32::MAX);
    }

    #[test]
    fn a_header_stays_short() {
        let mut header = String::new();
        for number in 0..200 {
            header = Lineage::read(Some(&header)).through(&format!("{F}{number}"), 1);
        }
        assert!(header.len() < 1024, "{}", header.len());
        assert_eq!(Lineage::read(Some(&header)).count(&format!("{F}199")), 1);
    }

    #[test]
    fn a_batch_has_been_wherever_one_of_its_messages_has() {
        let one = Lineage::read(Some(&Lineage::default().through(F, 1)));
        let two = Lineage::read(Some(&Lineage::read(Some(&Lineage::default().through(F, 2))).through(F, 2)));
        let joined = Lineage::default().joined(one.clone()).joined(two);
        assert_eq!(joined.count(F), 2);
        assert_eq!(joined.root, one.root);
        assert_eq!(Lineage::read(Some(&joined.header())), joined);
        assert_eq!(Lineage::default().header(), "");
    }
}

//! *API reference, Matcher*: codes of success, as values and ranges: `200`, `200,202`, `200-299`.

#[derive(Debug, Clone)]
pub struct Matcher(Vec<(u32, u32)>);

impl Matcher {
    /// Parts that cannot be read match nothing.
    pub fn new(text: &str) -> Matcher {
        let part = |part: &str| match part.trim().split_once('-') {
            Some((first, last)) => Some((first.trim().parse().ok()?, last.trim().parse().ok()?)),
            None => part.trim().parse().ok().map(|code| (code, code)),
        };
        Matcher(text.split(',').filter_map(part).collect())
    }

    pub fn matches(&self, code: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_ranges_match() {
        let matcher = Matcher::new("200, 202,300-399");
        assert!([200, 202, 300, 350, 399].into_iter().all(|code| matcher.matches(code)));
        assert!(![201, 299, 400].into_iter().any(|code| matcher.matches(code)));
        assert!(!Matcher::new("").matches(200));
    }
}

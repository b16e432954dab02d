//! Templates of paths: `/functions/{FunctionName}/policy`, where `{Name+}` takes what is left.

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

/// A part of a template between slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment<'t> {
    /// As much of the path as there is.
    Greedy(&'t str),
    Label(&'t str),
    Literal(&'t str),
}

impl Segment<'_> {
    /// What is more definite wins.
    fn rank(self) -> u8 {
        match self {
            Self::Greedy(_) => 0,
            Self::Label(_) => 1,
            Self::Literal(_) => 2,
        }
    }
}

/// A template, without its query.
pub fn path_of(uri: &str) -> &str {
    uri.split_once('?').map_or(uri, |(path, _)| path)
}

/// What a template wants to stand in the query string: `List=ALL`.
pub fn query_of(uri: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn segments(template: &str) -> impl Iterator<Item = Segment<'_>> {
    pieces(template).map(|piece| match piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')) {
        Some(label) => label.strip_suffix('+').map_or(Segment::Label(label), Segment::Greedy),
        None => Segment::Literal(piece),
    })
}

/// The parts between slashes. A slash at the end says nothing: older SDKs write one where newer do not.
fn pieces(path: &str) -> std::str::Split<'_, char> {
    path.strip_prefix('/')
        .unwrap_or(path)
        .strip_suffix('/')
        .unwrap_or(path.strip_prefix('/').unwrap_or(path))
        .split('/')
}

/// The labels of a path that fits a template, still percent-encoded; `None` where it does not.
pub fn matched<'t, 'p>(template: &'t str, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
    let mut labels = Vec::new();
    let mut pieces = pieces(path);
    let mut segments = segments(template);
    while let Some(segment) = segments.next() {
        match segment {
            Segment::Literal(text) => (pieces.next()? == text).then_some(())?,
            Segment::Label(name) => {
                let piece = pieces.next()?;
                if piece.is_empty() {
                    return None;
                }
                labels.push((name, piece));
            }
            Segment::Greedy(name) => {
                let after = segments.count();
                let rest: Vec<&str> = pieces.collect();
                let taken = rest.len().checked_sub(after).filter(|taken| *taken > 0)?;
                labels.push((name, span(path, &rest[..taken])?));
                let tail = segments_after(template, after);
                let fits = tail.zip(&rest[taken..]).all(|(segment, piece)| match segment {
                    Segment::Literal(text) => text == *piece,
                    Segment::Label(name) | Segment::Greedy(name) => {
                        labels.push((name, piece));
                        true
                    }
                });
                return fits.then_some(labels);
            }
        }
    }
    pieces.next().is_none().then_some(labels)
}

fn segments_after(template: &str, count: usize) -> impl Iterator<Item = Segment<'_>> {
    let all = segments(template).count();
    segments(template).skip(all - count)
}

/// Neighbouring pieces of a text with what is between.
fn span<'p>(path: &'p str, pieces: &[&'p str]) -> Option<&'p str> {
    let (first, last) = (pieces.first()?, pieces.last()?);
    let start = first.as_ptr() as usize - path.as_ptr() as usize;
    let end = last.as_ptr() as usize - path.as_ptr() as usize + last.len();
    path.get(start..end)
}

/// Of two templates that a path fits, the one that says more about it is the greater.
pub fn compare(left: &str, right: &str) -> Ordering {
    let ranks = |uri| segments(path_of(uri)).map(Segment::rank);
    ranks(left).cmp(ranks(right)).then_with(|| query_of(left).count().cmp(&query_of(right).count()))
}

/// A label's text. Bytes that are no UTF-8 are no text.
pub fn decoded(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_template_alone() {
        let template = "/2015-03-31/functions/{FunctionName}/policy/{StatementId}";
        let labels = matched(template, "/2015-03-31/functions/arn%3Aaws/policy/s").unwrap();
        assert_eq!(labels, [("FunctionName", "arn%3Aaws"), ("StatementId", "s")]);
        for path in ["/2015-03-31/functions/f/policy", "/2015-03-31/functions//policy/s", "/x", "/", ""] {
            assert_eq!(matched(template, path), None, "{path}");
        }
        assert_eq!(matched("/functions", "/functions/"), Some(vec![]));
        assert_eq!(matched("/functions/", "/functions"), Some(vec![]));
        assert_eq!(matched("/", "/"), Some(vec![]));
    }

    #[test]
    fn a_greedy_label_takes_slashes() {
        assert_eq!(matched("/tags/{Arn+}", "/tags/a/b/c"), Some(vec![("Arn", "a/b/c")]));
        assert_eq!(matched("/x/{Key+}/end", "/x/a/b/end"), Some(vec![("Key", "a/b")]));
        assert_eq!(matched("/x/{Key+}/end", "/x/end"), None);
        assert_eq!(matched("/x/{Key+}", "/x/"), None);
    }

    #[test]
    fn what_is_more_definite_wins() {
        assert_eq!(compare("/a/{b}", "/a/{b+}"), Ordering::Greater);
        assert_eq!(compare("/a/list", "/a/{b}"), Ordering::Greater);
        assert_eq!(compare("/layers", "/layers?find=LayerVersion"), Ordering::Less);
    }
}

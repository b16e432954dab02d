//! Function URLs at the region's endpoint: `/_freehold/lambda-url/<id>/…` (*Developer guide, Invoking Lambda function
//! URLs*). What comes below that path is the function's own.

mod answer;
mod cors;
mod event;
mod route;
mod signed;

pub use route::UrlRoute;

/// Below this, the id and the function's own path.
pub(crate) const PATH: &str = "/_freehold/lambda-url/";

/// The address of a function, the way that the caller itself came.
pub(crate) fn address(endpoint: &str, host: &str) -> String {
    format!("{endpoint}{PATH}{host}/")
}

/// The id and the function's own path in a path of the endpoint.
fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(PATH)?;
    Some(rest.find('/').map_or((rest, "/"), |end| rest.split_at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_id_is_the_functions_own_path() {
        assert_eq!(split("/_freehold/lambda-url/abc"), Some(("abc", "/")));
        assert_eq!(split("/_freehold/lambda-url/abc/"), Some(("abc", "/")));
        assert_eq!(split("/_freehold/lambda-url/abc/a/b"), Some(("abc", "/a/b")));
        assert_eq!(split("/other"), None);
        assert_eq!(address("http://h:1", "abc"), "http://h:1/_freehold/lambda-url/abc/");
    }
}

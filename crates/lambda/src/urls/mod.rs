//! Function URLs at the region's endpoint (*Developer guide, Invoking Lambda function URLs*), by two names: below the path
//! `/_freehold/lambda-url/<id>/`, which every client reaches that reached the endpoint and which is therefore what callers are
//! told; and by the host `<id>.lambda-url.<region>.…` as AWS names it, wherever a client's resolver leads that here.

mod answer;
mod cors;
mod event;
mod signed;
mod site;
mod stream;

pub use site::UrlSite;

/// Below this, the id and the function's own path.
pub(crate) const PATH: &str = "/_freehold/lambda-url/";
/// In the host's name, between the id and the region.
const LABEL: &str = "lambda-url";

/// The address of a function, the way that the caller itself came.
pub(crate) fn address(endpoint: &str, host: &str) -> String {
    format!("{endpoint}{PATH}{host}/")
}

/// The id and the function's own path in a path of the endpoint.
fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(PATH)?;
    Some(rest.find('/').map_or((rest, "/"), |end| rest.split_at(end)))
}

/// The id in the name of a host, whatever follows the region.
fn of_host<'a>(host: &'a str, region: &str) -> Option<&'a str> {
    let (id, rest) = host.split_once('.')?;
    let rest = rest.strip_prefix(LABEL)?.strip_prefix('.')?.strip_prefix(region)?;
    (!id.is_empty() && rest.starts_with('.')).then_some(id)
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

    #[test]
    fn a_host_names_a_function_of_the_region() {
        for host in ["abc.lambda-url.us-east-1.on.aws", "abc.lambda-url.us-east-1.localhost"] {
            assert_eq!(of_host(host, "us-east-1"), Some("abc"), "{host}");
        }
        for host in [
            "abc.lambda-url.us-east-2.on.aws",
            "abc.lambda-url.us-east-1",
            "abc.lambda-url.us-east-10.on.aws",
            ".lambda-url.us-east-1.on.aws",
            "abc.example.com",
            "127.0.0.1",
            "",
        ] {
            assert_eq!(of_host(host, "us-east-1"), None, "{host}");
        }
    }
}

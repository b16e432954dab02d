//! How queues are named: by address and by ARN.

use freehold_core::is_account;
use freehold_wire::Call;

use crate::errors::{Error, Result};

/// A queue's owner and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub account: &'a str,
    pub queue: &'a str,
}

impl<'a> Name<'a> {
    /// The last two segments of an address say which queue it is. Scheme and host are the way here, which differs
    /// between the host and an instance and says nothing; clients of the query protocol may send the path alone.
    pub fn of_url(url: &'a str) -> Result<Self> {
        let path = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
        let mut segments = path.rsplitn(3, '/');
        match (segments.next(), segments.next(), segments.next()) {
            (Some(queue), Some(account), Some(_)) if !queue.is_empty() && is_account(account) => {
                Ok(Self { account, queue })
            }
            _ => Err(Error::InvalidAddress(url.to_owned())),
        }
    }

    /// `arn:aws:sqs:us-east-1:123456789012:queue`, in this region only.
    pub fn of_arn(arn: &'a str, region: &str) -> Option<Self> {
        let rest = arn.strip_prefix("arn:aws:sqs:")?.strip_prefix(region)?.strip_prefix(':')?;
        let (account, queue) = rest.split_once(':')?;
        (is_account(account) && !queue.is_empty()).then_some(Self { account, queue })
    }

    pub fn arn(&self, region: &str) -> String {
        format!("arn:aws:sqs:{region}:{}:{}", self.account, self.queue)
    }

    /// The address by which the caller reaches the queue: the way that the call itself came.
    pub fn url(&self, call: &Call) -> String {
        format!("{}/{}/{}", call.endpoint, self.account, self.queue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: Name<'_> = Name { account: "111122223333", queue: "jobs.fifo" };

    #[test]
    fn the_host_of_an_address_does_not_matter() {
        for url in [
            "http://127.0.0.1:4566/111122223333/jobs.fifo",
            "https://sqs.us-east-1.amazonaws.com/111122223333/jobs.fifo/",
            "http://10.0.0.1:4566/queue/us-east-1/111122223333/jobs.fifo",
            "/111122223333/jobs.fifo",
            "http://h/111122223333/jobs.fifo?Action=SendMessage",
        ] {
            assert_eq!(Name::of_url(url).unwrap(), QUEUE, "{url}");
        }
    }

    #[test]
    fn what_names_no_queue_is_refused() {
        for url in ["", "/", "jobs", "http://h", "http://h/", "http://h/jobs", "http://h/1/jobs", "111122223333/jobs"] {
            assert!(matches!(Name::of_url(url), Err(Error::InvalidAddress(_))), "{url}");
        }
    }

    #[test]
    fn an_arn_is_of_this_region() {
        let arn = "arn:aws:sqs:us-east-1:111122223333:jobs.fifo";
        assert_eq!(Name::of_arn(arn, "us-east-1"), Some(QUEUE));
        assert_eq!(QUEUE.arn("us-east-1"), arn);
        for other in ["", "arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:sns:us-east-1:111122223333:jobs"] {
            assert_eq!(Name::of_arn(other, "us-east-1"), None, "{other}");
        }
        assert_eq!(Name::of_arn("arn:aws:sqs:us-east-1:x:jobs", "us-east-1"), None);
    }
}

//! CreateTopic. A topic that is there already is the answer, unless it is another one than was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::sns::{CreateTopicInput, CreateTopicResponse};
use freehold_queues::new_queue_id;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::Topic;
use crate::operations::{protection, tags};

/// Characters of a name, `.fifo` included.
const MOST_NAME: usize = 256;
const FIFO: &str = ".fifo";

pub(super) async fn create_topic(
    sns: Arc<Sns>,
    call: Call,
    input: CreateTopicInput,
) -> Result<CreateTopicResponse, freehold_wire::Error> {
    let name = input.name.unwrap_or_default();
    let mut wanted = input.attributes.unwrap_or_default();
    let is_fifo = check_name(&name, wanted.remove("FifoTopic").as_deref())?;
    let mut topic = Topic::new(&call.region, call.account(), &name);
    topic.published = is_fifo.then(new_queue_id);
    for (attribute, value) in &wanted {
        attributes::set(&mut topic, attribute, value).map_err(|error| unknown(error, attribute))?;
    }
    topic.tags = tags::checked(input.tags.unwrap_or_default())?;
    topic.data_protection_policy = protection::checked(input.data_protection_policy.as_deref().unwrap_or_default())?;
    let queue = topic.published;
    let arn = topic.arn.clone();
    if let Some(queue) = queue {
        sns.queues.configure(queue, crate::publish::note_settings());
    }
    let made = sns
        .store
        .transact::<_, Error, _>(move |tx| match tx.get::<Topic>(&topic.arn)? {
            Some(found) => check_same(&found, &topic, &wanted).map(|()| false),
            None => tx.put(&topic).map(|()| true).map_err(Error::from),
        })
        .await;
    match (&made, queue) {
        (Ok(true), _) => sns.registry.refresh_topic(&arn).map_err(Error::from)?,
        // It was made for nothing, and has never had a message.
        (_, Some(queue)) => sns.queues.remove(queue).await.map_err(Error::from)?,
        _ => {}
    }
    made?;
    Ok(CreateTopicResponse { topic_arn: Some(arn) })
}

/// Whether the topic is FIFO. Its name says so, and the attribute must say the same.
fn check_name(name: &str, fifo: Option<&str>) -> Result<bool, Error> {
    let is_fifo = match fifo {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(Error::reason(
                "Attributes",
                format!("FifoTopic: Invalid value [{other}]. Must be true or false."),
            ));
        }
    };
    let stem = if is_fifo { name.strip_suffix(FIFO) } else { Some(name) };
    let is_good = name.len() <= MOST_NAME
        && stem.is_some_and(|stem| {
            !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
    match (is_good, is_fifo) {
        (true, _) => Ok(is_fifo),
        (false, false) => Err(Error::InvalidParameter("Topic Name".into())),
        (false, true) => Err(Error::InvalidParameter(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, \
             numbers, underscores, and hyphens, and must be between 1 and 256 characters long."
                .into(),
        )),
    }
}

/// CreateTopic speaks of attributes that do not exist in words of its own.
fn unknown(error: Error, attribute: &str) -> Error {
    match error {
        Error::InvalidParameter(what) if what == "AttributeName" => {
            Error::reason("Attributes", format!("Unknown attribute {attribute}"))
        }
        error => error,
    }
}

/// Whether what was asked for is what is there. What was not mentioned may be anything.
fn check_same(found: &Topic, asked: &Topic, mentioned: &BTreeMap<String, String>) -> Result<(), Error> {
    let differs = mentioned.keys().any(|name| match name.as_str() {
        "Policy" => found.policy != asked.policy,
        name => found.attributes.get(name) != asked.attributes.get(name),
    });
    if differs || found.is_fifo() != asked.is_fifo() {
        return Err(Error::reason("Attributes", "Topic already exists with different attributes"));
    }
    if !asked.tags.is_empty() && found.tags != asked.tags {
        return Err(Error::reason("Tags", "Topic already exists with different tags"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_dashes_and_those_of_fifo_topics_end_so() {
        assert!(!check_name("Orders_1-a", None).unwrap());
        assert!(check_name("orders.fifo", Some("true")).unwrap());
        assert!(!check_name(&"x".repeat(256), Some("false")).unwrap());
        for (name, fifo) in [
            ("", None),
            ("a.b", None),
            ("é", None),
            ("orders.fifo", None),
            ("orders.fifo", Some("false")),
            ("orders", Some("true")),
            (".fifo", Some("true")),
            ("orders", Some("yes")),
            (&"x".repeat(257), None),
        ] {
            assert!(check_name(name, fifo).is_err(), "{name}");
        }
    }
}

//! Topics.

mod attributes;
mod create_topic;
mod delete_topic;
mod get_topic_attributes;
mod list_topics;
mod set_topic_attributes;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;

use crate::Sns;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service
        .on(op::CreateTopic, sns, create_topic::create_topic)
        .on(op::DeleteTopic, sns, delete_topic::delete_topic)
        .on(op::GetTopicAttributes, sns, get_topic_attributes::get_topic_attributes)
        .on(op::ListTopics, sns, list_topics::list_topics)
        .on(op::SetTopicAttributes, sns, set_topic_attributes::set_topic_attributes)
}

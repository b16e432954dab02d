//! One file per operation, named as AWS names it.

mod add_permission;
mod cancel_message_move_task;
mod change_message_visibility;
mod change_message_visibility_batch;
mod create_queue;
mod delete_message;
mod delete_message_batch;
mod delete_queue;
mod get_queue_attributes;
mod get_queue_url;
mod list_dead_letter_source_queues;
mod list_message_move_tasks;
mod list_queue_tags;
mod list_queues;
mod pages;
mod purge_queue;
mod receipts;
mod receive_message;
mod remove_permission;
mod send_message;
mod send_message_batch;
mod set_queue_attributes;
mod start_message_move_task;
mod tag_queue;
mod untag_queue;

pub(crate) use add_permission::add_permission;
pub(crate) use cancel_message_move_task::cancel_message_move_task;
pub(crate) use change_message_visibility::change_message_visibility;
pub(crate) use change_message_visibility_batch::change_message_visibility_batch;
pub(crate) use create_queue::create_queue;
pub(crate) use delete_message::delete_message;
pub(crate) use delete_message_batch::delete_message_batch;
pub(crate) use delete_queue::delete_queue;
pub(crate) use get_queue_attributes::get_queue_attributes;
pub(crate) use get_queue_url::get_queue_url;
pub(crate) use list_dead_letter_source_queues::list_dead_letter_source_queues;
pub(crate) use list_message_move_tasks::list_message_move_tasks;
pub(crate) use list_queue_tags::list_queue_tags;
pub(crate) use list_queues::list_queues;
pub(crate) use purge_queue::purge_queue;
pub(crate) use receive_message::receive_message;
pub(crate) use remove_permission::remove_permission;
pub(crate) use send_message::send_message;
pub(crate) use send_message_batch::send_message_batch;
pub(crate) use set_queue_attributes::set_queue_attributes;
pub(crate) use start_message_move_task::start_message_move_task;
pub(crate) use tag_queue::tag_queue;
pub(crate) use untag_queue::untag_queue;

use std::sync::Arc;

use freehold_store::{Tx, TxExt};

use crate::Sqs;
use crate::address::Name;
use crate::control::Change;
use crate::errors::{Error, Result};
use crate::model::Definition;
use crate::registry::Queue;

impl Sqs {
    /// The queue that an address names, whoever's it is: that the caller may use it has been found out before.
    fn queue(&self, url: Option<&str>) -> Result<Arc<Queue>> {
        let queue = self.registry.get(Name::of_url(url.unwrap_or_default())?).ok_or(Error::QueueDoesNotExist)?;
        self.meter(&queue, 1);
        Ok(queue)
    }

    /// Changes the definition of a queue.
    async fn edit<F>(self: &Arc<Self>, queue: &Queue, edit: F) -> Result<()>
    where
        F: FnOnce(&mut dyn Tx, &mut Definition) -> Result<()> + Send + 'static,
    {
        let id = Definition::id_of(queue.definition.name());
        self.change(move |tx| {
            let before = tx.get::<Definition>(&id)?.ok_or(Error::QueueDoesNotExist)?;
            let mut definition = before.clone();
            edit(tx, &mut definition)?;
            if definition == before {
                return Ok(((), Change::None));
            }
            tx.put(&definition)?;
            Ok(((), Change::Put(Box::new(definition))))
        })
        .await
    }
}

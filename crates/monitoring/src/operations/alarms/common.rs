//! What both kinds of alarms have.

use freehold_api::cloudwatch::Tag;
use freehold_core::tags::{self, Tags};
use freehold_store::{StoreExt, TxExt};
use serde_json::json;

use crate::CloudWatch;
use crate::alarms::Target;
use crate::errors::Error;
use crate::model::{Alarm, Entry, EntryKind};

/// The three lists of actions of a request.
pub(super) struct Actions {
    pub ok: Vec<String>,
    pub alarm: Vec<String>,
    pub insufficient_data: Vec<String>,
}

impl Actions {
    pub fn new(ok: Option<Vec<String>>, alarm: Option<Vec<String>>, insufficient_data: Option<Vec<String>>) -> Self {
        let list = Option::unwrap_or_default;
        Self { ok: list(ok), alarm: list(alarm), insufficient_data: list(insufficient_data) }
    }

    /// Each is something that can be done, and `is_allowed` for this kind of alarm.
    pub fn check(&self, region: &str, is_allowed: impl Fn(Target) -> Result<(), &'static str>) -> Result<(), Error> {
        for action in self.ok.iter().chain(&self.alarm).chain(&self.insufficient_data) {
            is_allowed(Target::parse(action)?).map_err(|why| Error::Validation(format!("{why}: {action}")))?;
            let of_region = action.split(':').nth(3);
            if of_region != Some(region) {
                return Err(Error::Validation(format!(
                    "Invalid region {} specified. Only {region} is supported.",
                    of_region.unwrap_or_default()
                )));
            }
        }
        Ok(())
    }
}

/// Tags of a request, as those of a new alarm.
pub(super) fn checked_tags(tags: Option<Vec<Tag>>) -> Result<Tags, Error> {
    let tags: Vec<_> = tags
        .unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
        .collect();
    let pairs = tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(&Tags::new(), pairs).map_err(|error| Error::InvalidParameterValue(error.to_string()))
}

impl CloudWatch {
    /// Writes an alarm that was put. One of the same name keeps its state and its tags, and must be of the same kind.
    pub(super) async fn put_alarm(&self, mut alarm: Alarm) -> Result<(), Error> {
        let arn = alarm.arn.clone();
        self.store
            .transact::<_, Error, _>(move |tx| {
                let (mut what, mut type_name, mut data_name) = ("created", "Create", "createdAlarm");
                if let Some(present) = tx.get::<Alarm>(&alarm.arn)? {
                    if present.kind_name() != alarm.kind_name() {
                        return Err(Error::Validation(format!(
                            "An alarm of another type already has the name {}.",
                            alarm.name
                        )));
                    }
                    (alarm.state, alarm.tags) = (present.state, present.tags);
                    (what, type_name, data_name) = ("updated", "Update", "updatedAlarm");
                }
                let shown = serde_json::to_value(super::view::summary(&alarm)).unwrap_or_default();
                let data = json!({"version": "1.0", "type": type_name, data_name: shown});
                let summary = format!("Alarm \"{}\" {what}", alarm.name);
                tx.put(&Entry::new(&alarm, alarm.configured, EntryKind::ConfigurationUpdate, summary, &data))?;
                Ok(tx.put(&alarm)?)
            })
            .await?;
        Ok(self.book.refresh(&arn)?)
    }
}

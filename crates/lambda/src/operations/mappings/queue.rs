//! The queue of a mapping: whether it is there, whether the function's role may read it, and whether its messages stay
//! hidden for as long as the function may run.

use freehold_api::sqs::{GetQueueAttributesRequest, op};
use freehold_core::{Arn, Principal};

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::PRINCIPAL;
use crate::model::{Mapping, Version};

/// What a role needs (*Developer guide, Configuring an SQS event source: permissions*).
const ACTIONS: [&str; 3] = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const VISIBILITY: &str = "VisibilityTimeout";

/// Where the queue is, by its ARN.
pub(crate) fn url(arn: &Arn) -> String {
    format!("/{}/{}", arn.account, arn.resource)
}

pub(super) fn parsed(arn: &str) -> Result<Arn, Error> {
    let found: Option<Arn> = arn.parse().ok();
    match found {
        Some(arn) if arn.service == "sqs" => Ok(arn),
        Some(arn) => Err(Error::invalid(format!(
            "EventSourceArn: event sources of this region are queues of SQS; it has no {}.",
            arn.service
        ))),
        None => Err(Error::invalid("Unrecognized event source, must be kinesis, dynamodb stream or sqs.")),
    }
}

pub(super) async fn check(lambda: &Lambda, mapping: &Mapping, version: &Version) -> Result<(), Error> {
    let arn = parsed(&mapping.source)?;
    for action in ACTIONS {
        let role = &version.settings.role;
        if !lambda.iam.service_role_may(role, PRINCIPAL, action, &mapping.source).unwrap_or(false) {
            let (_, operation) = action.split_once(':').unwrap_or_default();
            return Err(Error::invalid(format!(
                "The provided execution role does not have permissions to call {operation} on SQS"
            )));
        }
    }
    let input =
        GetQueueAttributesRequest { queue_url: Some(url(&arn)), attribute_names: Some(vec![VISIBILITY.into()]) };
    let found =
        lambda.local.call::<op::GetQueueAttributes>(Principal::service_linked(&mapping.account, "Lambda"), input);
    let found = found.await.map_err(|error| {
        // SQS's own name of it in the protocol that Lambda speaks to it.
        let code =
            if error.code == "QueueDoesNotExist" { "AWS.SimpleQueueService.NonExistentQueue" } else { &error.code };
        Error::invalid(format!(
            "Error occurred while ReceiveMessage. SQS Error Code: {code}. SQS Error Message: {}",
            error.message
        ))
    })?;
    let visibility = found.attributes.unwrap_or_default().get(VISIBILITY).and_then(|text| text.parse::<u32>().ok());
    let timeout = version.settings.timeout;
    if let Some(visibility) = visibility.filter(|visibility| *visibility < timeout) {
        return Err(Error::invalid(format!(
            "Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds"
        )));
    }
    Ok(())
}

//! PutSubscriptionFilter: a function is given events that come from now on.

use std::sync::Arc;

use freehold_api::logs::PutSubscriptionFilterRequest;
use freehold_core::Arn;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Class, Group, SubscriptionFilter};
use crate::pattern::Pattern;
use crate::reconcile::sender;

/// Filters of a group (*CloudWatch Logs quotas*).
const AT_MOST: usize = 2;

pub(super) async fn put_subscription_filter(
    state: Arc<Logs>,
    call: Call,
    input: PutSubscriptionFilterRequest,
) -> Result<Unit, freehold_wire::Error> {
    check_destination(&state, input.destination_arn.as_deref().unwrap_or_default())?;
    check_absent(&input)?;
    let pattern = input.filter_pattern.unwrap_or_default();
    Pattern::parse(&pattern).map_err(Error::from)?;
    let destination = input.destination_arn.unwrap_or_default();
    let group = state.group(&call, input.log_group_name.as_deref())?;
    if group.class != Class::Standard {
        return Err(Error::of_class("Subscription filters", group.class).into());
    }
    check_leave(&state, &destination, &group).await?;
    let filter = SubscriptionFilter { pattern, created: state.now(), destination };
    let name = input.filter_name.unwrap_or_default();
    let change = move |group: &mut Group| {
        group.subscriptions.insert(name, filter);
        if group.subscriptions.len() > AT_MOST { Err(Error::LimitExceeded) } else { Ok(()) }
    };
    state.change(&group, change).await?;
    Ok(Unit)
}

fn check_absent(input: &PutSubscriptionFilterRequest) -> Result<(), Error> {
    // API reference, PutSubscriptionFilter: roleArn is for streams; functions have a policy.
    if input.role_arn.is_some() {
        return Err(Error::InvalidParameter("roleArn is not used for Lambda functions.".into()));
    }
    if input.distribution.as_deref() == Some("Random") {
        return Err(Error::not_here("distribution"));
    }
    if input.apply_on_transformed_logs == Some(true) {
        return Err(Error::not_here("applyOnTransformedLogs"));
    }
    if input.field_selection_criteria.as_ref().is_some_and(|text| !text.is_empty()) {
        return Err(Error::not_here("fieldSelectionCriteria"));
    }
    if input.emit_system_fields.as_ref().is_some_and(|fields| !fields.is_empty()) {
        return Err(Error::not_here("emitSystemFields"));
    }
    Ok(())
}

/// The function must be there and let the group invoke it.
async fn check_leave(state: &Logs, destination: &str, group: &Group) -> Result<(), Error> {
    state.targets.check(destination, &sender(&group.arn(&state.region))).await.map_err(|error| {
        tracing::debug!(%error, destination, "a function cannot be subscribed");
        Error::InvalidParameter(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your \
             function."
                .into(),
        )
    })
}

/// A function of this region.
fn check_destination(state: &Logs, text: &str) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::InvalidParameter(format!("destinationArn {text}: {why}")));
    let Ok(arn) = text.parse::<Arn>() else { return refuse("it is not an ARN.") };
    if arn.service != "lambda" {
        return refuse("Freehold delivers to Lambda functions alone, and not to streams yet.");
    }
    if arn.region != state.region || !arn.resource.starts_with("function:") {
        return refuse("it is not a function of this region.");
    }
    Ok(())
}

//! PutPermission: a statement for an account, or a policy as a whole.

use std::sync::Arc;

use freehold_api::events::{Condition, PutPermissionRequest};
use freehold_core::Arn;
use freehold_iam::policy::{Kind, Policy};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;
use serde_json::{Value, json};

use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

/// Bytes (*EventBridge quotas: event bus policy size*).
const MOST_BYTES: usize = 10_240;

pub(in crate::operations) async fn put_permission(
    events: Arc<Events>,
    call: Call,
    input: PutPermissionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let asked = BusName::of(&call, input.event_bus_name.as_deref());
    let now = events.now();
    let changed = events.store.transact::<_, Error, _>(move |tx| {
        let mut bus = asked.row(tx, &call, now)?;
        let policy = match &input.policy {
            Some(policy) => policy.clone(),
            None => with_statement(bus.policy.as_deref(), &bus.arn, &input)?,
        };
        if policy.len() > MOST_BYTES {
            return Err(Error::PolicyLengthExceeded(MOST_BYTES));
        }
        Policy::parse(&policy, Kind::Resource)
            .map_err(|_| Error::invalid("This policy contains invalid Json or is not a policy."))?;
        bus.policy = Some(policy);
        bus.modified = now;
        Ok(tx.put(&bus)?)
    });
    changed.await?;
    events.rules.outdated();
    Ok(Unit)
}

/// The policy with the statement that the parameters say, in place of one of the same id.
fn with_statement(policy: Option<&str>, bus: &str, input: &PutPermissionRequest) -> Result<String> {
    let missing = |name: &str| Error::invalid(format!("Parameter {name} is not valid. Reason: it must be given."));
    let action = input.action.as_deref().ok_or_else(|| missing("Action"))?;
    let principal = input.principal.as_deref().ok_or_else(|| missing("Principal"))?;
    let id = input.statement_id.as_deref().ok_or_else(|| missing("StatementId"))?;
    if action != "events:PutEvents" {
        return Err(Error::invalid(format!("Provided value in parameter 'action' is not supported: {action}.")));
    }
    let principal = if principal == "*" { json!("*") } else { json!({"AWS": Arn::root(principal).to_string()}) };
    let mut statement =
        json!({"Sid": id, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": bus});
    if let Some(condition) = &input.condition {
        statement["Condition"] = condition_of(condition)?;
    }
    let read = policy.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut statements = match read.as_ref().map(|policy| &policy["Statement"]) {
        Some(Value::Array(statements)) => statements.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    };
    statements.retain(|statement| statement["Sid"] != *id);
    statements.push(statement);
    Ok(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

/// *PutPermission: Condition: aws:PrincipalOrgID with StringEquals* is the only one.
fn condition_of(condition: &Condition) -> Result<Value> {
    let (kind, key) = (condition.r#type.as_deref(), condition.key.as_deref());
    if kind != Some("StringEquals") || key != Some("aws:PrincipalOrgID") {
        return Err(Error::invalid("Condition type must be StringEquals, and its key aws:PrincipalOrgID."));
    }
    Ok(json!({"StringEquals": {"aws:PrincipalOrgID": condition.value}}))
}

//! The condition keys of a request (*IAM user guide, AWS global condition context keys*).

use freehold_core::PrincipalKind;
use freehold_wire::schema::{Kind, Schema, Value};
use freehold_wire::server::Authorisation;

use crate::policy::Context;
use crate::trust;

/// Every key that is known of a request.
pub(crate) fn of(question: &Authorisation<'_>) -> Context {
    let call = question.call;
    let caller = &call.principal;
    let principal_arn = trust::names(caller).pop().unwrap_or_default();
    let principal_type = match caller.kind {
        PrincipalKind::Root => "Account",
        PrincipalKind::Anonymous => "Anonymous",
        PrincipalKind::AssumedRole { .. } => "AssumedRole",
    };
    let mut context = Context::default()
        .with("aws:SourceIp", call.source_ip.to_string())
        .with("aws:PrincipalArn", principal_arn)
        .with("aws:PrincipalAccount", &caller.account)
        .with("aws:PrincipalType", principal_type)
        .with("aws:userid", &caller.user_id)
        .with("aws:RequestedRegion", &call.region)
        .with("aws:SecureTransport", "false");
    tags(question.schema, question.input, &mut context);
    if question.service == "ec2"
        && let Some(instance_type) = member(question, "InstanceType")
    {
        context.add("ec2:InstanceType", instance_type);
    }
    context
}

/// The text of a member of the input itself.
pub(crate) fn member<'a>(question: &Authorisation<'a>, name: &str) -> Option<&'a str> {
    let Value::Structure(fields) = question.input else { return None };
    let position = question.schema.members().iter().position(|member| member.name == name)?;
    match fields.get(position) {
        Some(Some(Value::String(text))) => Some(text),
        _ => None,
    }
}

/// The same of a number.
pub(crate) fn number(question: &Authorisation<'_>, name: &str) -> Option<i64> {
    let Value::Structure(fields) = question.input else { return None };
    let position = question.schema.members().iter().position(|member| member.name == name)?;
    match fields.get(position) {
        Some(Some(Value::Integer(number))) => Some(*number),
        _ => None,
    }
}

/// Tags that the request sets: `aws:RequestTag/…` and `aws:TagKeys`.
fn tags(schema: &'static Schema, value: &Value, context: &mut Context) {
    match (&schema.kind, value) {
        (Kind::List { member }, Value::List(items)) => {
            items.iter().for_each(|item| tags(member.schema, item, context));
        }
        (Kind::Structure { members }, Value::Structure(fields)) => {
            if schema.name == "Tag"
                && let [Some(Value::String(key)), rest @ ..] = &fields[..]
            {
                let value = match rest {
                    [Some(Value::String(value)), ..] => value.as_str(),
                    _ => "",
                };
                context.add(&format!("aws:RequestTag/{key}"), value);
                context.add("aws:TagKeys", key);
            }
            for (member, field) in members.iter().zip(fields) {
                if let Some(field) = field {
                    tags(member.schema, field, context);
                }
            }
        }
        _ => {}
    }
}

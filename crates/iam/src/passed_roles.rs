//! Roles that a request hands to a service: whoever does so needs `iam:PassRole` on them, or anybody who may launch
//! an instance could be whatever an instance may be (*IAM user guide, Grant a user permissions to pass a role*).

use freehold_store::StoreExt;
use freehold_wire::schema::{Kind, Schema, Value};
use freehold_wire::server::Authorisation;

use crate::Iam;
use crate::condition_keys::member;
use crate::model::Role;

/// A role handed over, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed {
    pub role_arn: String,
    pub service: &'static str,
}

const EC2: &str = "ec2.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";

/// The end of the names of EC2's shapes that name an instance profile. Where a launch template names one, AWS asks
/// when it is used and we ask when it is written: what comes out of it later has been asked for already.
const PROFILE_SHAPE: &str = "IamInstanceProfileSpecification";

/// Every role that the request passes. What does not exist is refused by the operation.
pub(crate) fn of(iam: &Iam, question: &Authorisation<'_>) -> Vec<Passed> {
    let account = question.call.account();
    let (mut names, mut service) = (Vec::new(), EC2);
    match (question.service, question.call.operation) {
        ("ec2", _) => {
            let mut profiles = Vec::new();
            named_profiles(question.schema, question.input, &mut profiles);
            for profile in profiles {
                let name = profile.split_once(":instance-profile/").map_or(profile, |(_, name)| name);
                if let Ok(Some(found)) = iam.instance_profile(account, name) {
                    names.extend(found.role);
                }
            }
        }
        ("iam", "AddRoleToInstanceProfile") => names.extend(member(question, "RoleName").map(str::to_owned)),
        ("lambda", "CreateFunction" | "UpdateFunctionConfiguration") => {
            let role = member(question, "Role").map(|arn| arn.rsplit('/').next().unwrap_or(arn).to_owned());
            names.extend(role);
            service = LAMBDA;
        }
        _ => {}
    }
    let role = |name: String| iam.store.get::<Role>(&Role::id(account, &name)).ok().flatten();
    names.into_iter().filter_map(role).map(|role| Passed { role_arn: role.arn().to_string(), service }).collect()
}

/// Names and ARNs of the instance profiles in a value.
fn named_profiles<'a>(schema: &'static Schema, value: &'a Value, found: &mut Vec<&'a str>) {
    match (&schema.kind, value) {
        (Kind::List { member }, Value::List(items)) => {
            items.iter().for_each(|item| named_profiles(member.schema, item, found));
        }
        (Kind::Structure { members }, Value::Structure(fields)) => {
            let is_profile = schema.name.trim_end_matches("Request").ends_with(PROFILE_SHAPE);
            for (member, field) in members.iter().zip(fields) {
                match field {
                    Some(Value::String(text)) if is_profile => found.push(text),
                    Some(field) => named_profiles(member.schema, field, found),
                    None => {}
                }
            }
        }
        _ => {}
    }
}

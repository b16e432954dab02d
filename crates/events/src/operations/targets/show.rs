//! Targets as callers read them.

use freehold_api::events::{DeadLetterConfig, InputTransformer, RetryPolicy, SqsParameters, Target};

use crate::model::RuleTarget;
use crate::transform::Input;

pub(super) fn target(target: RuleTarget) -> Target {
    let mut shown = Target {
        id: Some(target.id),
        arn: Some(target.arn),
        role_arn: target.role,
        sqs_parameters: target.group.map(|group| SqsParameters { message_group_id: Some(group) }),
        dead_letter_config: target.dead_letter.map(|arn| DeadLetterConfig { arn: Some(arn) }),
        retry_policy: target.retry.map(|retry| RetryPolicy {
            maximum_retry_attempts: i32::try_from(retry.attempts).ok(),
            maximum_event_age_in_seconds: i32::try_from(retry.age_seconds).ok(),
        }),
        ..Target::default()
    };
    match target.input {
        Input::Event => {}
        Input::Constant(text) => shown.input = Some(text),
        Input::Part(path) => shown.input_path = Some(path),
        Input::Template { paths, template } => {
            shown.input_transformer = Some(InputTransformer {
                input_paths_map: Some(paths).filter(|paths| !paths.is_empty()),
                input_template: Some(template),
            });
        }
    }
    shown
}

//! Targets as callers write them.

use freehold_api::events::Target;
use freehold_core::Arn;
use freehold_core::targets::Targets;

use crate::errors::{Error, Result};
use crate::model::{Retry, RuleTarget};
use crate::transform::{Input, Path, check_template};

/// Checks a target that is to be told.
pub(super) fn target(target: Target, targets: &Targets) -> Result<RuleTarget> {
    let id = target.id.clone().unwrap_or_default();
    let refused = |why: &str| Error::invalid(format!("Parameter Targets is not valid. Reason: {why} for target {id}."));
    refuse_unsupported(&target)?;
    let text = target.arn.unwrap_or_default();
    let malformed = || format!("Parameter {text} is not valid. Reason: Provided Arn is not in correct format.");
    let arn: Arn = text.parse().map_err(|_| Error::invalid(malformed()))?;
    if !targets.has(&arn.service) {
        return Err(refused(&format!("Freehold has nothing of the service {} that could be told", arn.service)));
    }
    let is_queue = arn.service == "sqs";
    let group = target.sqs_parameters.and_then(|parameters| parameters.message_group_id);
    if group.is_some() && !is_queue {
        return Err(refused("SqsParameters are for queues only"));
    }
    let is_fifo = is_queue && arn.resource.ends_with(".fifo");
    if is_fifo && group.is_none() {
        return Err(Error::invalid(format!("Parameter(s) SqsParameters must be specified for target: {id}.")));
    }
    let dead_letter = target.dead_letter_config.and_then(|config| config.arn);
    let is_dead_letter_queue =
        |text: &String| text.parse::<Arn>().is_ok_and(|arn| arn.service == "sqs" && !arn.resource.ends_with(".fifo"));
    if dead_letter.as_ref().is_some_and(|text| !is_dead_letter_queue(text)) {
        return Err(refused("DeadLetterConfig must be the ARN of a standard queue"));
    }
    let retry = target.retry_policy.map(|policy| {
        // The model's bounds hold.
        let bounded = |value: Option<i32>, default: u32| value.and_then(|it| u32::try_from(it).ok()).unwrap_or(default);
        let Retry { attempts, age_seconds } = Retry::default();
        Retry {
            attempts: bounded(policy.maximum_retry_attempts, attempts),
            age_seconds: bounded(policy.maximum_event_age_in_seconds, age_seconds),
        }
    });
    let input = match (target.input, target.input_path, target.input_transformer) {
        (None, None, None) => Input::Event,
        (Some(text), None, None) => {
            serde_json::from_str::<serde_json::Value>(&text).map_err(|_| refused("JSON syntax error in input"))?;
            Input::Constant(text)
        }
        (None, Some(path), None) => {
            Path::parse(&path).ok_or_else(|| refused("Invalid InputPath"))?;
            Input::Part(path)
        }
        (None, None, Some(transformer)) => {
            let (paths, template) =
                (transformer.input_paths_map.unwrap_or_default(), transformer.input_template.unwrap_or_default());
            check_template(&paths, &template).map_err(|why| refused(&why))?;
            Input::Template { paths, template }
        }
        _ => return Err(refused("Only one of Input, InputPath, or InputTransformer must be provided")),
    };
    // *User guide: the input to another event bus is the event*.
    if arn.service == "events" && input != Input::Event {
        return Err(refused("Input for the target is not supported"));
    }
    Ok(RuleTarget { id, arn: text, role: target.role_arn, input, group, dead_letter, retry })
}

/// Parameters of targets that the region does not have.
fn refuse_unsupported(target: &Target) -> Result<()> {
    let given = [
        ("KinesisParameters", target.kinesis_parameters.is_some()),
        ("RunCommandParameters", target.run_command_parameters.is_some()),
        ("EcsParameters", target.ecs_parameters.is_some()),
        ("BatchParameters", target.batch_parameters.is_some()),
        ("HttpParameters", target.http_parameters.is_some()),
        ("RedshiftDataParameters", target.redshift_data_parameters.is_some()),
        ("SageMakerPipelineParameters", target.sage_maker_pipeline_parameters.is_some()),
        ("AppSyncParameters", target.app_sync_parameters.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Error::unsupported(name)),
        None => Ok(()),
    }
}

//! What belongs to sources of events that this region does not have: streams, brokers, clusters.

use freehold_api::lambda::{CreateEventSourceMappingRequest, UpdateEventSourceMappingRequest};

use crate::errors::Error;

pub(super) fn of_create(input: &CreateEventSourceMappingRequest) -> Result<(), Error> {
    refuse(&[
        ("ParallelizationFactor", input.parallelization_factor.is_some()),
        ("StartingPosition", input.starting_position.is_some()),
        ("StartingPositionTimestamp", input.starting_position_timestamp.is_some()),
        ("DestinationConfig", input.destination_config.is_some()),
        ("MaximumRecordAgeInSeconds", input.maximum_record_age_in_seconds.is_some()),
        ("BisectBatchOnFunctionError", input.bisect_batch_on_function_error.is_some()),
        ("MaximumRetryAttempts", input.maximum_retry_attempts.is_some()),
        ("TumblingWindowInSeconds", input.tumbling_window_in_seconds.is_some()),
        ("Topics", input.topics.is_some()),
        ("Queues", input.queues.is_some()),
        ("SourceAccessConfigurations", input.source_access_configurations.is_some()),
        ("SelfManagedEventSource", input.self_managed_event_source.is_some()),
        ("AmazonManagedKafkaEventSourceConfig", input.amazon_managed_kafka_event_source_config.is_some()),
        ("SelfManagedKafkaEventSourceConfig", input.self_managed_kafka_event_source_config.is_some()),
        ("DocumentDBEventSourceConfig", input.document_db_event_source_config.is_some()),
        ("ProvisionedPollerConfig", input.provisioned_poller_config.is_some()),
        ("LoggingConfig", input.logging_config.is_some()),
        ("KMSKeyArn", input.kms_key_arn.is_some()),
    ])
}

pub(super) fn of_update(input: &UpdateEventSourceMappingRequest) -> Result<(), Error> {
    refuse(&[
        ("ParallelizationFactor", input.parallelization_factor.is_some()),
        ("DestinationConfig", input.destination_config.is_some()),
        ("MaximumRecordAgeInSeconds", input.maximum_record_age_in_seconds.is_some()),
        ("BisectBatchOnFunctionError", input.bisect_batch_on_function_error.is_some()),
        ("MaximumRetryAttempts", input.maximum_retry_attempts.is_some()),
        ("TumblingWindowInSeconds", input.tumbling_window_in_seconds.is_some()),
        ("SourceAccessConfigurations", input.source_access_configurations.is_some()),
        ("AmazonManagedKafkaEventSourceConfig", input.amazon_managed_kafka_event_source_config.is_some()),
        ("SelfManagedKafkaEventSourceConfig", input.self_managed_kafka_event_source_config.is_some()),
        ("DocumentDBEventSourceConfig", input.document_db_event_source_config.is_some()),
        ("ProvisionedPollerConfig", input.provisioned_poller_config.is_some()),
        ("LoggingConfig", input.logging_config.is_some()),
        ("KMSKeyArn", input.kms_key_arn.is_some()),
    ])
}

fn refuse(parameters: &[(&str, bool)]) -> Result<(), Error> {
    match parameters.iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => Err(Error::invalid(format!("Unsupported event source mapping parameter for SQS: {name}."))),
        None => Ok(()),
    }
}

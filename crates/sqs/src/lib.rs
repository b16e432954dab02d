//! The service `sqs`.

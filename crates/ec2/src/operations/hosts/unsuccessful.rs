//! Items of an answer that tell what could not be done. Their codes begin as those of clients' errors do in logs.

use freehold_api::ec2::{UnsuccessfulItem, UnsuccessfulItemError};

use crate::errors::Error;

pub fn item(id: &str, error: &Error) -> UnsuccessfulItem {
    UnsuccessfulItem {
        resource_id: Some(id.to_owned()),
        error: Some(UnsuccessfulItemError {
            code: Some(format!("Client.{}", error.code())),
            message: Some(error.to_string()),
        }),
    }
}

//! The service `ssm`, as far as it names images: the public parameters of its Parameter Store that say which AMI is
//! the latest of its kind. There are no parameters of users yet, and no names of images that Freehold has not got:
//! asked for Amazon Linux, it says that there is no such parameter.

mod catalogue;
mod errors;
mod filters;
mod name;
mod operations;
mod parameter;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use freehold_api::ssm::{self, op};
use freehold_wire::Service;
use jiff::Timestamp;

/// An image that everyone may launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicImage {
    /// `ami-…`
    pub id: String,
    /// `debian-12-amd64-20261123`: what comes before the date says of which kind it is.
    pub name: String,
    pub created: Timestamp,
}

/// The images that there are by now.
pub trait PublicImages: Send + Sync + 'static {
    fn list(&self) -> Vec<PublicImage>;
}

/// Parameters.
pub struct Ssm {
    images: Arc<dyn PublicImages>,
}

impl Ssm {
    pub fn new(images: Arc<dyn PublicImages>) -> Arc<Self> {
        Arc::new(Self { images })
    }

    /// The service `ssm`.
    pub fn service(self: &Arc<Self>) -> Service {
        Service::new(&ssm::MODEL)
            .on(op::DescribeParameters, self, operations::describe_parameters)
            .on(op::GetParameter, self, operations::get_parameter)
            .on(op::GetParameters, self, operations::get_parameters)
            .on(op::GetParametersByPath, self, operations::get_parameters_by_path)
    }
}

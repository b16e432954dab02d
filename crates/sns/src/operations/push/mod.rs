//! Mobile push: applications and devices are kept, and what is sent to devices is recorded in the outbox.

mod attributes;
mod create_platform_application;
mod create_platform_endpoint;
mod delete_endpoint;
mod delete_platform_application;
mod get_endpoint_attributes;
mod get_platform_application_attributes;
mod list_endpoints_by_platform_application;
mod list_platform_applications;
mod set_endpoint_attributes;
mod set_platform_application_attributes;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;

use crate::Sns;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    let service = service
        .on(op::CreatePlatformApplication, sns, create_platform_application::create_platform_application)
        .on(op::DeletePlatformApplication, sns, delete_platform_application::delete_platform_application)
        .on(
            op::GetPlatformApplicationAttributes,
            sns,
            get_platform_application_attributes::get_platform_application_attributes,
        )
        .on(op::ListPlatformApplications, sns, list_platform_applications::list_platform_applications)
        .on(
            op::SetPlatformApplicationAttributes,
            sns,
            set_platform_application_attributes::set_platform_application_attributes,
        );
    service
        .on(op::CreatePlatformEndpoint, sns, create_platform_endpoint::create_platform_endpoint)
        .on(op::DeleteEndpoint, sns, delete_endpoint::delete_endpoint)
        .on(op::GetEndpointAttributes, sns, get_endpoint_attributes::get_endpoint_attributes)
        .on(
            op::ListEndpointsByPlatformApplication,
            sns,
            list_endpoints_by_platform_application::list_endpoints_by_platform_application,
        )
        .on(op::SetEndpointAttributes, sns, set_endpoint_attributes::set_endpoint_attributes)
}

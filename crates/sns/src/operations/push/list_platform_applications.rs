//! ListPlatformApplications.

use std::sync::Arc;

use freehold_api::sns::{ListPlatformApplicationsInput, ListPlatformApplicationsResponse, PlatformApplication};
use freehold_store::Filter;
use freehold_wire::Call;

use crate::Sns;
use crate::model::Application;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_platform_applications(
    sns: Arc<Sns>,
    call: Call,
    input: ListPlatformApplicationsInput,
) -> Result<ListPlatformApplicationsResponse, freehold_wire::Error> {
    let filter = Filter::account(call.account());
    let (found, next_token) = page::<Application>(&sns.store, &call, "", filter, input.next_token.as_deref(), PAGE)?;
    let view = |mut application: Application| {
        application.attributes.insert("Enabled".to_owned(), "true".to_owned());
        PlatformApplication {
            platform_application_arn: Some(application.arn),
            attributes: Some(application.attributes),
        }
    };
    let applications = found.into_iter().map(view).collect();
    Ok(ListPlatformApplicationsResponse { platform_applications: Some(applications), next_token })
}

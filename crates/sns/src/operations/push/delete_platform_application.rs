//! DeletePlatformApplication: with its devices. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::sns::DeletePlatformApplicationInput;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Sns;
use crate::errors::Error;
use crate::model::{Application, Device};
use crate::operations::arns;

pub(super) async fn delete_platform_application(
    sns: Arc<Sns>,
    call: Call,
    input: DeletePlatformApplicationInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::push(&call, "PlatformApplicationArn", "app", input.platform_application_arn)?;
    sns.store
        .transact::<_, Error, _>(move |tx| {
            for device in tx.list::<Device>(&Filter::index(0, &arn))? {
                tx.delete::<Device>(&device.arn)?;
            }
            tx.delete::<Application>(&arn)?;
            Ok(())
        })
        .await?;
    Ok(Unit)
}

//! `DeleteKeyPair`. Instances keep the key that they were launched with.

use std::sync::Arc;

use freehold_api::ec2::{DeleteKeyPairRequest, DeleteKeyPairResult};
use freehold_store::{Document, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::KeyPair;
use crate::operations::dry_run;

pub async fn delete_key_pair(ec2: Arc<Ec2>, call: Call, input: DeleteKeyPairRequest) -> Result<DeleteKeyPairResult> {
    if input.key_name.is_none() && input.key_pair_id.is_none() {
        return Err(Error::Missing("The request must contain the parameter KeyName or KeyPairId".into()));
    }
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let deleted = ec2
        .store
        .transact(move |tx| {
            let known = match (input.key_pair_id, input.key_name) {
                (Some(id), _) => tx.get::<KeyPair>(&id)?.filter(|pair| pair.account() == account),
                (None, Some(name)) => lookup::by_account_index::<KeyPair>(tx, &account, 0, &name)?.pop(),
                (None, None) => None,
            };
            // A pair that is not there is deleted already, as AWS has it.
            let Some(pair) = known else { return Ok(None) };
            tx.delete::<KeyPair>(&pair.id)?;
            Ok::<_, Error>(Some(pair.id))
        })
        .await?;
    Ok(DeleteKeyPairResult { r#return: Some(true), key_pair_id: deleted })
}

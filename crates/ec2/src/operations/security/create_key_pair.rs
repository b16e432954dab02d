//! `CreateKeyPair`.

use std::sync::Arc;

use freehold_api::ec2::{CreateKeyPairRequest, KeyPair as Answer};
use freehold_wire::Call;

use super::{import_key_pair, keys, view};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::KeyType;
use crate::operations::dry_run;
use crate::tagging;

pub async fn create_key_pair(ec2: Arc<Ec2>, call: Call, input: CreateKeyPairRequest) -> Result<Answer> {
    let name = import_key_pair::check_name(input.key_name)?;
    let key_type = match input.key_type.as_deref() {
        None | Some("rsa") => KeyType::Rsa,
        Some("ed25519") => KeyType::Ed25519,
        Some(other) => return Err(Error::invalid_value("keyType", other, "Expected: rsa, ed25519.")),
    };
    if input.key_format.as_deref().is_some_and(|format| format != "pem") {
        return Err(Error::no_effect("KeyFormat=ppk"));
    }
    let tags = tagging::for_new("key-pair", input.tag_specifications)?;
    import_key_pair::refuse_known_name(&mut ec2.committed(), call.account(), &name)?;
    dry_run(input.dry_run)?;

    let comment = name.clone();
    let made = tokio::task::spawn_blocking(move || keys::make(key_type, &comment))
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
    let pair = import_key_pair::store(&ec2, &call, name, made.public, tags).await?;
    Ok(Answer { key_material: Some(made.private_pem), ..view::key_pair(&pair) })
}

//! `ImportKeyPair`, and what making a pair shares with it.

use std::sync::Arc;

use freehold_api::ec2::{ImportKeyPairRequest, ImportKeyPairResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::keys::{self, Public};
use super::view;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{KeyPair, Tags};
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

/// Characters of a name (*API reference, CreateKeyPair: KeyName*).
const MAX_NAME: usize = 255;

pub async fn import_key_pair(ec2: Arc<Ec2>, call: Call, input: ImportKeyPairRequest) -> Result<ImportKeyPairResult> {
    let name = check_name(input.key_name)?;
    let material = input.public_key_material.ok_or(Error::MissingParameter("publicKeyMaterial"))?;
    let public = keys::read(&material)?;
    let tags = tagging::for_new("key-pair", input.tag_specifications)?;
    refuse_known_name(&mut ec2.committed(), call.account(), &name)?;
    dry_run(input.dry_run)?;

    let pair = store(&ec2, &call, name, public, tags).await?;
    let shown = view::key_pair(&pair);
    Ok(ImportKeyPairResult {
        key_pair_id: shown.key_pair_id,
        key_name: shown.key_name,
        key_fingerprint: shown.key_fingerprint,
        tags: shown.tags,
    })
}

pub(super) fn check_name(name: Option<String>) -> Result<String> {
    let name = name.filter(|name| !name.is_empty()).ok_or(Error::MissingParameter("KeyName"))?;
    if name.chars().count() > MAX_NAME || !name.is_ascii() || name.trim() != name {
        return Err(Error::invalid_value("keyName", &name, "A name has up to 255 ASCII characters."));
    }
    Ok(name)
}

pub(super) fn refuse_known_name(from: &mut (impl Reader + ?Sized), account: &str, name: &str) -> Result<()> {
    let known: Vec<KeyPair> = lookup::by_account_index(from, account, 0, name)?;
    if known.is_empty() {
        return Ok(());
    }
    Err(Error::other("InvalidKeyPair.Duplicate", format!("The keypair '{name}' already exists.")))
}

pub(super) async fn store(ec2: &Ec2, call: &Call, name: String, public: Public, tags: Tags) -> Result<KeyPair> {
    let pair = KeyPair {
        id: new_id("key"),
        account: call.account().to_owned(),
        name,
        fingerprint: public.fingerprint,
        key_type: public.key_type,
        public_key: public.line,
        created: ec2.now(),
        tags,
    };
    ec2.store
        .transact(move |tx| {
            refuse_known_name(tx, &pair.account, &pair.name)?;
            tx.put(&pair)?;
            Ok(pair)
        })
        .await
}

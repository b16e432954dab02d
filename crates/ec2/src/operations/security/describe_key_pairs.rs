//! `DescribeKeyPairs`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeKeyPairsRequest, DescribeKeyPairsResult, KeyPairInfo};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::lookup;
use crate::model::KeyPair;
use crate::operations::dry_run;

/// *API reference, DescribeKeyPairs: Filter.N*.
const FILTERS: Table<KeyPair> = Table {
    values: &[
        ("key-pair-id", |k| vec![k.id.clone()]),
        ("fingerprint", |k| vec![k.fingerprint.clone()]),
        ("key-name", |k| vec![k.name.clone()]),
    ],
    tags: Some(|k| &k.tags),
};

pub async fn describe_key_pairs(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeKeyPairsRequest,
) -> Result<DescribeKeyPairsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let names = input.key_names.unwrap_or_default();
    let mut pairs: Vec<KeyPair> =
        lookup::named_or_all(&mut ec2.committed(), call.account(), input.key_pair_ids.as_deref())?;
    if let Some(missing) = names.iter().find(|name| !pairs.iter().any(|pair| pair.name == **name)) {
        return Err(name_not_found(missing));
    }
    dry_run(input.dry_run)?;

    pairs.retain(|pair| (names.is_empty() || names.contains(&pair.name)) && filters.admit(pair));
    let show_key = input.include_public_key == Some(true);
    let shown = pairs.into_iter().map(|pair| KeyPairInfo {
        tags: crate::view::tags(&pair.tags),
        key_pair_id: Some(pair.id),
        key_type: Some(pair.key_type.name().into()),
        key_name: Some(pair.name),
        key_fingerprint: Some(pair.fingerprint),
        create_time: Some(pair.created),
        public_key: show_key.then_some(pair.public_key),
    });
    Ok(DescribeKeyPairsResult { key_pairs: Some(shown.collect()) })
}

fn name_not_found(name: &str) -> Error {
    let message = format!("The key pair '{name}' does not exist");
    Error::NotFound { code: "InvalidKeyPair.NotFound", message }
}

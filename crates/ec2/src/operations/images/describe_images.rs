//! `DescribeImages`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeImagesRequest, DescribeImagesResult};
use freehold_wire::Call;
use jiff::Timestamp;

use super::image_view;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::images;
use crate::lookup;
use crate::model::{Image, ImageState};
use crate::operations::dry_run;
use crate::pages::Paging;

/// *API reference, DescribeImages: Filter.N*. What no image here has (kernels, product codes, watermarks, scans) is
/// under its name in none.
const FILTERS: Table<Image> = Table {
    values: &[
        ("architecture", |i| vec![i.architecture.clone()]),
        ("block-device-mapping.delete-on-termination", |_| vec!["true".into()]),
        ("block-device-mapping.device-name", |i| vec![i.root_device.clone()]),
        ("block-device-mapping.encrypted", |_| vec!["false".into()]),
        ("block-device-mapping.snapshot-id", |i| vec![i.snapshot.clone()]),
        ("block-device-mapping.volume-size", |i| vec![i.size_gib.to_string()]),
        ("block-device-mapping.volume-type", |_| vec![image_view::VOLUME_TYPE.into()]),
        ("boot-mode", |_| vec!["uefi-preferred".into()]),
        ("creation-date", |i| vec![crate::view::time(i.created)]),
        ("description", |i| vec![i.description.clone()]),
        ("ena-support", |_| vec!["true".into()]),
        ("free-tier-eligible", |_| Vec::new()),
        ("hypervisor", |_| vec!["xen".into()]),
        ("image-allowed", |_| vec!["true".into()]),
        ("image-id", |i| vec![i.id.clone()]),
        ("image-type", |_| vec!["machine".into()]),
        ("image-watermark.source-image-creation-time", |_| Vec::new()),
        ("image-watermark.source-image-id", |_| Vec::new()),
        ("image-watermark.source-image-region", |_| Vec::new()),
        ("image-watermark.watermark-creation-time", |_| Vec::new()),
        ("image-watermark.watermark-key", |_| Vec::new()),
        ("instance-type-specification.supported-instance-type", |_| Vec::new()),
        ("instance-type-specification.unsupported-instance-type", |_| Vec::new()),
        ("is-public", |i| vec![i.public.to_string()]),
        ("kernel-id", |_| Vec::new()),
        ("manifest-location", |i| vec![image_view::location(i)]),
        ("name", |i| vec![i.name.clone()]),
        ("owner-alias", |i| i.owner_alias.iter().cloned().collect()),
        ("owner-id", |i| vec![i.account.clone()]),
        ("platform", |_| Vec::new()),
        ("product-code", |_| Vec::new()),
        ("product-code.type", |_| Vec::new()),
        ("public-ssm-parameter-name", |_| Vec::new()),
        ("ramdisk-id", |_| Vec::new()),
        ("root-device-name", |i| vec![i.root_device.clone()]),
        ("root-device-type", |_| vec!["ebs".into()]),
        ("scan-result.critical-fix-available-since", |_| Vec::new()),
        ("scan-result.finding-scan-date", |_| Vec::new()),
        ("scan-result.high-fix-available-since", |_| Vec::new()),
        ("scan-result.highest-finding-severity-label", |_| Vec::new()),
        ("scan-result.informational-fix-available-since", |_| Vec::new()),
        ("scan-result.low-fix-available-since", |_| Vec::new()),
        ("scan-result.medium-fix-available-since", |_| Vec::new()),
        ("source-image-id", |i| i.source_image.iter().map(|(id, _)| id.clone()).collect()),
        ("source-image-region", |i| i.source_image.iter().map(|(_, region)| region.clone()).collect()),
        ("source-instance-id", |i| i.source_instance.iter().cloned().collect()),
        ("sriov-net-support", |_| vec!["simple".into()]),
        ("state", |i| vec![i.state.name().into()]),
        ("state-reason-code", |i| i.state_reason.iter().map(|_| image_view::FAILED.into()).collect()),
        ("state-reason-message", |i| i.state_reason.iter().cloned().collect()),
        ("virtualization-type", |_| vec!["hvm".into()]),
    ],
    tags: Some(|i| &i.tags),
};

pub async fn describe_images(ec2: Arc<Ec2>, call: Call, input: DescribeImagesRequest) -> Result<DescribeImagesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.image_ids.unwrap_or_default();
    if input.max_results.is_some() && !ids.is_empty() {
        return Err(Error::InvalidParameterCombination(
            "The parameter imagesSet cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let scope = Scope {
        account: call.account(),
        owners: owners(input.owners.unwrap_or_default())?,
        users: input.executable_users.unwrap_or_default(),
        deprecated: input.include_deprecated == Some(true),
        disabled: input.include_disabled == Some(true),
        now: ec2.now(),
    };
    let mut found = images::visible(&mut ec2.committed(), ec2.images.as_ref(), call.account())?;
    if ids.is_empty() {
        found.retain(|image| scope.lists(image));
    } else {
        found = named(found, &ids)?;
    }
    dry_run(input.dry_run)?;

    found.retain(|image| scope.admits(image) && filters.admit(image));
    let page = paging.page(found, |image| &image.id)?;
    let shown = page.items.iter().map(|image| image_view::image(image, call.account())).collect();
    Ok(DescribeImagesResult { images: Some(shown), next_token: page.next_token })
}

fn named(images: Vec<Image>, ids: &[String]) -> Result<Vec<Image>> {
    for id in ids {
        lookup::check_form::<Image>(id)?;
    }
    let missing: Vec<&str> =
        ids.iter().map(String::as_str).filter(|id| !images.iter().any(|image| image.id == *id)).collect();
    if !missing.is_empty() {
        return Err(lookup::not_found::<Image>(&missing));
    }
    Ok(images.into_iter().filter(|image| ids.contains(&image.id)).collect())
}

/// An account, `self`, or an alias.
fn owners(said: Vec<String>) -> Result<Vec<String>> {
    let known = |owner: &str| {
        matches!(owner, "self" | "amazon" | "aws-marketplace" | "aws-backup-vault")
            || owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit())
    };
    match said.iter().find(|owner| !known(owner)) {
        Some(owner) => Err(Error::other("InvalidUserID.Malformed", format!("Invalid user id: \"{owner}\""))),
        None => Ok(said),
    }
}

/// What a request restricts besides its filters.
struct Scope<'a> {
    account: &'a str,
    owners: Vec<String>,
    users: Vec<String>,
    deprecated: bool,
    disabled: bool,
    now: Timestamp,
}

impl Scope<'_> {
    /// Whether an image is listed without being named. Deprecated ones are, for their owner.
    fn lists(&self, image: &Image) -> bool {
        let is_deprecated = image.deprecation.is_some_and(|at| at <= self.now);
        (self.deprecated || !is_deprecated || image.account == self.account)
            && (self.disabled || image.state != ImageState::Disabled)
    }

    fn admits(&self, image: &Image) -> bool {
        let owned = |owner: &String| match owner.as_str() {
            "self" => image.account == self.account,
            owner => image.account == owner || image.owner_alias.as_deref() == Some(owner),
        };
        let permitted = |user: &String| match user.as_str() {
            "all" => image.public,
            "self" => image.launch_accounts.iter().any(|account| account == self.account),
            user => image.launch_accounts.iter().any(|account| account == user),
        };
        (self.owners.is_empty() || self.owners.iter().any(owned))
            && (self.users.is_empty() || self.users.iter().any(permitted))
    }
}

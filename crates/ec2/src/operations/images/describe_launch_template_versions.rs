//! `DescribeLaunchTemplateVersions`: of one template, or the latest or default ones of all.

use std::sync::Arc;

use freehold_api::ec2::{DescribeLaunchTemplateVersionsRequest, DescribeLaunchTemplateVersionsResult};
use freehold_wire::Call;

use super::template_view;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::launch;
use crate::lookup::{self, Committed};
use crate::model::{LaunchTemplate, LaunchTemplateVersion, MetadataParameters};
use crate::operations::dry_run;
use crate::pages::Paging;

/// A version with what it is one of.
struct Shown {
    template: LaunchTemplate,
    version: LaunchTemplateVersion,
}

/// *API reference, DescribeLaunchTemplateVersions: Filter.N*. What no template here can have is in no version.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("create-time", |v| vec![crate::view::time(v.version.created)]),
        ("ebs-optimized", |v| v.version.parameters.ebs_optimized.iter().map(bool::to_string).collect()),
        ("host-resource-group-arn", |_| Vec::new()),
        ("http-endpoint", |v| metadata(v, |m| m.endpoint_enabled, "disabled", "enabled")),
        ("http-protocol-ipv4", |_| Vec::new()),
        ("http-tokens", |v| metadata(v, |m| m.tokens_required, "optional", "required")),
        ("iam-instance-profile", |v| v.version.parameters.iam_profile_arn.iter().cloned().collect()),
        ("image-id", |v| v.version.parameters.image.iter().cloned().collect()),
        ("instance-type", |v| v.version.parameters.instance_type.iter().cloned().collect()),
        ("is-default-version", |v| vec![(v.version.version == v.template.default_version).to_string()]),
        ("kernel-id", |_| Vec::new()),
        ("license-configuration-arn", |_| Vec::new()),
        ("network-card-index", |_| Vec::new()),
        ("ram-disk-id", |_| Vec::new()),
    ],
    tags: None,
};

fn metadata(shown: &Shown, said: fn(&MetadataParameters) -> Option<bool>, no: &str, yes: &str) -> Vec<String> {
    let said = shown.version.parameters.metadata.as_ref().and_then(said);
    said.map(|said| if said { yes } else { no }.to_owned()).into_iter().collect()
}

pub async fn describe_launch_template_versions(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeLaunchTemplateVersionsRequest,
) -> Result<DescribeLaunchTemplateVersionsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=200)?;
    let wanted = input.versions.unwrap_or_default();
    let bounds = Bounds {
        min: bound("MinVersion", input.min_version.as_deref())?,
        max: bound("MaxVersion", input.max_version.as_deref())?,
    };
    let mut from = ec2.committed();
    let mut shown = match (input.launch_template_id.as_deref(), input.launch_template_name.as_deref()) {
        (None, None) => of_all(&mut from, call.account(), &wanted)?,
        (id, name) => {
            let template = launch::find_template(&mut from, call.account(), id, name)?;
            of_one(&mut from, &template, &wanted)?
        }
    };
    dry_run(input.dry_run)?;

    shown.retain(|one| bounds.admit(one.version.version) && filters.admit(one));
    let page = paging.page(shown, |one| &one.version.id)?;
    let versions = page.items.iter().map(|one| template_view::version(&one.template, &one.version)).collect();
    Ok(DescribeLaunchTemplateVersionsResult { launch_template_versions: Some(versions), next_token: page.next_token })
}

struct Bounds {
    min: Option<u64>,
    max: Option<u64>,
}

impl Bounds {
    fn admit(&self, version: u64) -> bool {
        self.min.is_none_or(|min| version >= min) && self.max.is_none_or(|max| version <= max)
    }
}

fn bound(parameter: &str, said: Option<&str>) -> Result<Option<u64>> {
    let number = |text: &str| text.parse().map_err(|_| Error::invalid_value(parameter, text, "Expecting a number."));
    said.filter(|text| !text.is_empty()).map(number).transpose()
}

fn of_one(from: &mut Committed<'_>, template: &LaunchTemplate, wanted: &[String]) -> Result<Vec<Shown>> {
    let mut versions: Vec<LaunchTemplateVersion> = Vec::new();
    if wanted.is_empty() {
        versions = lookup::by_index(from, 0, &template.id)?;
        // As AWS lists them: the newest first.
        versions.sort_by_key(|version| std::cmp::Reverse(version.version));
    }
    for said in wanted {
        let version = launch::find_version(from, template, Some(said))?;
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    Ok(versions.into_iter().map(|version| Shown { template: template.clone(), version }).collect())
}

fn of_all(from: &mut Committed<'_>, account: &str, wanted: &[String]) -> Result<Vec<Shown>> {
    if wanted.is_empty() || wanted.iter().any(|said| !matches!(said.as_str(), "$Latest" | "$Default")) {
        return Err(Error::Missing(
            "The request must contain a launch template ID or name, or the versions $Latest or $Default of all.".into(),
        ));
    }
    let mut shown = Vec::new();
    for template in lookup::all::<LaunchTemplate>(from, account)? {
        shown.extend(of_one(from, &template, wanted)?);
    }
    Ok(shown)
}

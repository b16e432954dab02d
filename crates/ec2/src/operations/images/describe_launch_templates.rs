//! `DescribeLaunchTemplates`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeLaunchTemplatesRequest, DescribeLaunchTemplatesResult};
use freehold_wire::Call;

use super::template_view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::LaunchTemplate;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, launch, lookup};

/// *API reference, DescribeLaunchTemplates: Filter.N*.
const FILTERS: Table<LaunchTemplate> = Table {
    values: &[
        ("create-time", |t| vec![crate::view::time(t.created)]),
        ("launch-template-name", |t| vec![t.name.clone()]),
    ],
    tags: Some(|t| &t.tags),
};

pub async fn describe_launch_templates(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeLaunchTemplatesRequest,
) -> Result<DescribeLaunchTemplatesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=200)?;
    let mut from = ec2.committed();
    let ids = input.launch_template_ids.unwrap_or_default();
    let names = input.launch_template_names.unwrap_or_default();
    let mut templates: Vec<LaunchTemplate> = if ids.is_empty() && names.is_empty() {
        lookup::all(&mut from, call.account())?
    } else {
        lookup::many(&mut from, call.account(), &ids)?
    };
    for name in &names {
        let named = launch::find_template(&mut from, call.account(), None, Some(name))?;
        if !templates.iter().any(|known| known.id == named.id) {
            templates.push(named);
        }
    }
    dry_run(input.dry_run)?;

    templates.retain(|template| filters.admit(template));
    let page = paging.page(templates, |template| &template.id)?;
    let shown = page.items.iter().map(template_view::template).collect();
    Ok(DescribeLaunchTemplatesResult { launch_templates: Some(shown), next_token: page.next_token })
}

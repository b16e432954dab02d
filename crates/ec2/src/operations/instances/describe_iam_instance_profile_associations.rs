//! `DescribeIamInstanceProfileAssociations`.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeIamInstanceProfileAssociationsRequest, DescribeIamInstanceProfileAssociationsResult, IamInstanceProfile,
    IamInstanceProfileAssociation,
};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::lookup;
use crate::model::{IamProfile, Instance};
use crate::pages::Paging;

type Association = (Instance, IamProfile);

const FILTERS: Table<Association> = Table {
    values: &[("instance-id", |(instance, _)| vec![instance.id.clone()]), ("state", |_| vec!["associated".into()])],
    tags: None,
};

pub async fn describe_iam_instance_profile_associations(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeIamInstanceProfileAssociationsRequest,
) -> Result<DescribeIamInstanceProfileAssociationsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let instances: Vec<Instance> = lookup::all(&mut ec2.committed(), call.account())?;
    let with_profile = |mut instance: Instance| {
        let profile = instance.iam_profile.take().filter(|_| !instance.state.is_ending())?;
        Some((instance, profile))
    };
    let mut associations: Vec<Association> = instances.into_iter().filter_map(with_profile).collect();
    if let Some(ids) = input.association_ids.filter(|ids| !ids.is_empty()) {
        if let Some(unknown) =
            ids.iter().find(|id| !associations.iter().any(|(_, profile)| profile.association == **id))
        {
            return Err(Error::other(
                "InvalidAssociationID.NotFound",
                format!("An invalid association-id of '{unknown}' was given"),
            ));
        }
        associations.retain(|(_, profile)| ids.contains(&profile.association));
    }
    associations.retain(|association| filters.admit(association));
    let page = paging.page(associations, |(_, profile)| &profile.association)?;
    let shown = page.items.into_iter().map(|(instance, profile)| IamInstanceProfileAssociation {
        association_id: Some(profile.association),
        instance_id: Some(instance.id),
        iam_instance_profile: Some(IamInstanceProfile { arn: Some(profile.arn), id: Some(profile.id) }),
        state: Some("associated".into()),
        timestamp: Some(profile.associated),
    });
    Ok(DescribeIamInstanceProfileAssociationsResult {
        iam_instance_profile_associations: Some(shown.collect()),
        next_token: page.next_token,
    })
}

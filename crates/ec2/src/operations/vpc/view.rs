//! How the resources of this family are shown: model in, generated type out.

use freehold_api::ec2 as api;

use crate::model::{Tenancy, Vpc};

pub(crate) fn vpc(vpc: &Vpc) -> api::Vpc {
    let associations = vpc.cidrs.iter().map(|association| api::VpcCidrBlockAssociation {
        association_id: Some(association.id.clone()),
        cidr_block: Some(association.cidr.to_string()),
        cidr_block_state: Some(api::VpcCidrBlockState { state: Some("associated".into()), ..Default::default() }),
    });
    api::Vpc {
        vpc_id: Some(vpc.id.clone()),
        owner_id: Some(vpc.account.clone()),
        state: Some("available".into()),
        cidr_block: vpc.primary_cidr().map(|cidr| cidr.to_string()),
        cidr_block_association_set: Some(associations.collect()),
        dhcp_options_id: Some(vpc.dhcp_options.clone()),
        instance_tenancy: Some(if vpc.tenancy == Tenancy::Dedicated { "dedicated" } else { "default" }.into()),
        is_default: Some(vpc.is_default),
        tags: crate::view::tags(&vpc.tags),
        ..Default::default()
    }
}

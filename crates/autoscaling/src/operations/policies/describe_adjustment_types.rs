//! `DescribeAdjustmentTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::{AdjustmentType as Shown, DescribeAdjustmentTypesAnswer};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::AdjustmentType;

pub(super) async fn describe_adjustment_types(
    _: Arc<AutoScaling>,
    _: Call,
    _: Unit,
) -> Result<DescribeAdjustmentTypesAnswer> {
    let names = AdjustmentType::ALL.map(|kind| Shown { adjustment_type: Some(kind.name().into()) });
    Ok(DescribeAdjustmentTypesAnswer { adjustment_types: Some(names.into()) })
}

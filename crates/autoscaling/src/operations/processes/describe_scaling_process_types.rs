//! `DescribeScalingProcessTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::{ProcessType, ProcessesType};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::Process;

pub(super) async fn describe_scaling_process_types(_: Arc<AutoScaling>, _: Call, _: Unit) -> Result<ProcessesType> {
    let names = Process::ALL.map(|process| ProcessType { process_name: Some(process.name().into()) });
    Ok(ProcessesType { processes: Some(names.into()) })
}

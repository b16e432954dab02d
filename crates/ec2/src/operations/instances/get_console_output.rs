//! `GetConsoleOutput`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use freehold_api::ec2::{GetConsoleOutputRequest, GetConsoleOutputResult};
use freehold_machine::Error as MachineError;
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::Instance;
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn get_console_output(
    ec2: Arc<Ec2>,
    call: Call,
    input: GetConsoleOutputRequest,
) -> Result<GetConsoleOutputResult> {
    let id = input.instance_id.ok_or(Error::MissingParameter("instanceId"))?;
    let instance: Instance = lookup::one(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;

    // Always the latest: the console is read where it is, not from a copy that was posted at times.
    let output = match ec2.driver.console(&instance.id).await {
        Ok(output) => output,
        Err(MachineError::NoMachine(_)) => Vec::new(),
        Err(error) => return Err(Error::Internal(error.to_string())),
    };
    Ok(GetConsoleOutputResult {
        instance_id: Some(id),
        timestamp: Some(ec2.now()),
        output: (!output.is_empty()).then(|| STANDARD.encode(output)),
    })
}

//! `RunInstances`.

use std::sync::Arc;

use freehold_api::ec2::{Reservation, RunInstancesRequest};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, Tx};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::view::{gather, reservations};
use crate::errors::{Error, Result};
use crate::launch::{self, Order, Surroundings, TemplateSource};
use crate::lookup::by_index;
use crate::model::{Instance, LaunchParameters};
use crate::{Ec2, new_id};

/// More in one call than anyone's quota allows.
const MAX_COUNT: u32 = 1000;

pub async fn run_instances(ec2: Arc<Ec2>, call: Call, input: RunInstancesRequest) -> Result<Reservation> {
    let (min, max) = counts(&input)?;
    let (parameters, template) = parameters(&ec2, &call, &input)?;
    let surroundings = launch::surroundings(&ec2, call.account(), &parameters).await?;
    let launch = Launch {
        account: call.account().to_owned(),
        fingerprint: fingerprint(&input),
        client_token: input.client_token.clone().unwrap_or_else(|| call.request_id.clone()),
        reservation: new_id("r"),
        ids: (0..max).map(|_| new_id("i")).collect(),
        min,
        parameters,
        template,
        surroundings,
        dry_run: input.dry_run,
    };
    let ids = launch.ids.clone();
    let (writer, account) = (Arc::clone(&ec2), launch.account.clone());
    let made = ec2.store.transact(move |tx| launch.write(&writer, tx)).await;
    if made.is_err() {
        // Nothing was written, so nothing is promised.
        ids.iter().for_each(|id| ec2.ledger.release(id));
    }
    let shown = gather(&mut ec2.committed(), &ec2.region, &account, made?)?;
    reservations(shown).pop().ok_or_else(|| Error::Internal("a launch without instances".into()))
}

struct Launch {
    account: String,
    fingerprint: String,
    client_token: String,
    reservation: String,
    /// As many as may be made.
    ids: Vec<String>,
    min: u32,
    parameters: LaunchParameters,
    template: Option<TemplateSource>,
    surroundings: Surroundings,
    dry_run: Option<bool>,
}

impl Launch {
    fn write(self, ec2: &Ec2, tx: &mut dyn Tx) -> Result<Vec<Instance>> {
        let request = Request {
            account: &self.account,
            operation: "ec2.RunInstances",
            token: &self.client_token,
            fingerprint: &self.fingerprint,
        };
        if let Some(reservation) = idempotency::recall::<String>(tx, &request)? {
            return by_index(tx, 1, &reservation);
        }
        let order = Order {
            account: &self.account,
            reservation: &self.reservation,
            client_token: &self.client_token,
            parameters: &self.parameters,
            template: self.template.as_ref(),
            surroundings: self.surroundings,
            ids: &self.ids,
            min: self.min,
            dry_run: self.dry_run,
        };
        let instances = launch::place(ec2, tx, order)?;
        idempotency::remember(tx, &request, &self.reservation, ec2.now())?;
        Ok(instances)
    }
}

fn counts(input: &RunInstancesRequest) -> Result<(u32, u32)> {
    let count = |name: &'static str, value: Option<i32>| {
        let value = value.ok_or(Error::MissingParameter(name))?;
        u32::try_from(value)
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| Error::invalid_value(name, value, "Expected a positive integer."))
    };
    let (min, max) = (count("MinCount", input.min_count)?, count("MaxCount", input.max_count)?);
    if min > max {
        return Err(Error::InvalidParameterValue(format!(
            "Value ({min}) for parameter minCount is invalid. It must not be greater than maxCount ({max})."
        )));
    }
    if min > MAX_COUNT {
        return Err(Error::InstanceLimitExceeded(min));
    }
    Ok((min, max.min(MAX_COUNT)))
}

/// What the request and its template say together.
fn parameters(
    ec2: &Ec2,
    call: &Call,
    input: &RunInstancesRequest,
) -> Result<(LaunchParameters, Option<TemplateSource>)> {
    let own = launch::launch_parameters_by(&call.principal, input)?;
    let (template, source) =
        launch::template_parameters(&mut ec2.committed(), call.account(), input.launch_template.as_ref())?;
    Ok((own.over(template), source))
}

/// Of everything that is asked but the token.
fn fingerprint(input: &RunInstancesRequest) -> String {
    let input = RunInstancesRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}

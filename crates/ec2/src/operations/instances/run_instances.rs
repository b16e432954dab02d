//! `RunInstances`.

use std::sync::Arc;

use freehold_api::ec2::{Reservation, RunInstancesRequest};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, Tx};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::view::{gather, reservations};
use crate::errors::{Error, Result};
use crate::launch::{self, Made, Surroundings, TemplateSource};
use crate::lookup::by_index;
use crate::model::{IamProfile, Instance, LaunchParameters};
use crate::operations::dry_run;
use crate::{Ec2, images, new_id};

/// More in one call than anyone's quota allows.
const MAX_COUNT: u32 = 1000;

pub async fn run_instances(ec2: Arc<Ec2>, call: Call, input: RunInstancesRequest) -> Result<Reservation> {
    let (min, max) = counts(&input)?;
    let (parameters, template) = parameters(&ec2, &call, &input)?;
    let surroundings = surroundings(&ec2, call.account(), &parameters).await?;
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
        let max = u32::try_from(self.ids.len()).unwrap_or(MAX_COUNT);
        let blueprint = launch::resolve(
            tx,
            &ec2.region,
            &self.account,
            &self.parameters,
            self.template.as_ref(),
            self.surroundings,
            max,
        )?;
        launch::check_hardware(&blueprint.kind, ec2.driver.kind())?;
        let ids = room(ec2, &blueprint, &self.ids, self.min)?;
        dry_run(self.dry_run)?;

        promise(ec2, &blueprint, ids)?;
        let made = Made {
            account: &self.account,
            reservation: &self.reservation,
            client_token: &self.client_token,
            now: ec2.now(),
            public_pool: ec2.public_pool,
        };
        let instances = ids.iter().zip(0..).map(|(id, index)| launch::make(tx, &made, &blueprint, id, index));
        let instances = instances.collect::<Result<_>>()?;
        idempotency::remember(tx, &request, &self.reservation, made.now)?;
        Ok(instances)
    }
}

/// As many of `ids` as the host has room for, if those are enough.
fn room<'a>(ec2: &Ec2, blueprint: &launch::Blueprint, ids: &'a [String], min: u32) -> Result<&'a [String]> {
    let share = blueprint.kind.share();
    let room = usize::try_from(ec2.ledger.room_for(share)).unwrap_or(usize::MAX).min(ids.len());
    if u32::try_from(room).unwrap_or(u32::MAX) >= min {
        return Ok(&ids[..room]);
    }
    let detail = if ec2.ledger.could_ever_hold(share) {
        "Terminate or stop other instances, or ask for fewer or smaller ones.".to_owned()
    } else {
        format!(
            "This host can never hold one: it has {} MiB of memory to give, and the type has {} MiB.",
            ec2.ledger.pool().memory_mib,
            share.memory_mib
        )
    };
    Err(no_capacity(blueprint, detail))
}

fn promise(ec2: &Ec2, blueprint: &launch::Blueprint, ids: &[String]) -> Result<()> {
    ec2.ledger.promise(ids, blueprint.kind.share()).map_err(|full| no_capacity(blueprint, full.0))
}

fn no_capacity(blueprint: &launch::Blueprint, detail: String) -> Error {
    let zone = blueprint.interfaces.first().map(|interface| interface.subnet().zone.clone()).unwrap_or_default();
    Error::InsufficientInstanceCapacity { instance_type: blueprint.kind.name.to_owned(), zone, detail }
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

async fn surroundings(ec2: &Ec2, account: &str, parameters: &LaunchParameters) -> Result<Surroundings> {
    let id = parameters.image.as_deref().ok_or(Error::MissingParameter("ImageId"))?;
    let image = images::find(&mut ec2.committed(), ec2.images.as_ref(), account, id)?;
    if image.state != crate::model::ImageState::Available {
        return Err(Error::other("InvalidAMIID.Unavailable", format!("The image ID '{id}' is not available")));
    }
    Ok(Surroundings { image, iam_profile: iam_profile(ec2, account, parameters).await? })
}

async fn iam_profile(ec2: &Ec2, account: &str, parameters: &LaunchParameters) -> Result<Option<IamProfile>> {
    let (parameter, said) = match (&parameters.iam_profile_arn, &parameters.iam_profile_name) {
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'"
                    .into(),
            ));
        }
        (Some(arn), None) => ("iamInstanceProfile.arn", arn),
        (None, Some(name)) => ("iamInstanceProfile.name", name),
        (None, None) => return Ok(None),
    };
    let name = said.rsplit('/').next().unwrap_or(said);
    let found = ec2.roles.profile(account, name).await;
    let found = found.filter(|profile| parameters.iam_profile_arn.as_ref().is_none_or(|arn| *arn == profile.arn));
    let profile = found.ok_or_else(|| {
        let what = if parameter.ends_with("arn") { "ARN" } else { "name" };
        Error::invalid_value(parameter, said, format_args!("Invalid IAM Instance Profile {what}"))
    })?;
    Ok(Some(IamProfile { association: String::new(), arn: profile.arn, id: profile.id, associated: ec2.now() }))
}

/// Of everything that is asked but the token.
fn fingerprint(input: &RunInstancesRequest) -> String {
    let input = RunInstancesRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}

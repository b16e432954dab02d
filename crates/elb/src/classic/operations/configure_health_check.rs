//! ConfigureHealthCheck.

use std::sync::Arc;

use freehold_api::elb::{ConfigureHealthCheckInput, ConfigureHealthCheckOutput, HealthCheck};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model;

pub(super) async fn configure_health_check(
    elb: Arc<Elb>,
    call: Call,
    input: ConfigureHealthCheckInput,
) -> Result<ConfigureHealthCheckOutput, freehold_wire::Error> {
    let check = checked(input.health_check.unwrap_or_default())?;
    let shown = view::health_check(&check);
    let set = elb.change_classic(call.account(), input.load_balancer_name, move |_, classic| {
        classic.health_check = check;
        Ok(())
    });
    set.await?;
    Ok(ConfigureHealthCheckOutput { health_check: Some(shown) })
}

/// *API reference, HealthCheck*: what each may be, and that a check ends before the next begins.
fn checked(asked: HealthCheck) -> Result<model::HealthCheck, Error> {
    let target = asked.target.unwrap_or_default();
    let (protocol, port, path) = model::HealthCheck::parse(&target).map_err(Error::invalid)?;
    let number = |what: &str, given: Option<i32>, least: u32, most: u32| {
        let given = given.and_then(|given| u32::try_from(given).ok());
        let why = || Error::invalid(format!("HealthCheck {what} must be between {least} and {most}"));
        given.filter(|given| (least..=most).contains(given)).ok_or_else(why)
    };
    let check = model::HealthCheck {
        protocol,
        port,
        path,
        interval_seconds: number("Interval", asked.interval, 5, 300)?,
        timeout_seconds: number("Timeout", asked.timeout, 2, 60)?,
        healthy_threshold: number("HealthyThreshold", asked.healthy_threshold, 2, 10)?,
        unhealthy_threshold: number("UnhealthyThreshold", asked.unhealthy_threshold, 2, 10)?,
    };
    if check.timeout_seconds >= check.interval_seconds {
        return Err(Error::invalid("HealthCheck timeout must be less than interval"));
    }
    Ok(check)
}

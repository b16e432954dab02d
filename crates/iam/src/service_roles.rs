//! What services ask that act by a role which their caller named: whether the role lets them, and its credentials.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use freehold_core::Arn;
use freehold_store::{Kept, SharedStore};
use jiff::SignedDuration;

use crate::Iam;
use crate::issue::{Session, TemporaryCredentials};
use crate::model::Role;
use crate::policy::{Context, Decision, Kind, Policy, Question, evaluate};
use crate::trust::{self, NotTrusted};

/// Lifetime of credentials given to software that a service runs, and how long before their end new ones are given out.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// Roles that are remembered to trust a service.
const MOST: usize = 1_000;

/// Asked before each run of a function, so what was found once is kept.
pub(crate) struct ServiceRoles {
    roles: Kept<Role>,
    /// Roles that were found to trust a service, as they were then.
    trusting: Mutex<HashMap<(String, String), Arc<Role>>>,
}

impl ServiceRoles {
    pub fn new(store: &SharedStore) -> Self {
        Self { roles: Kept::new(store), trusting: Mutex::default() }
    }

    fn trusts(&self, role: &Arc<Role>, service: &str) -> bool {
        let key = (role.unique_id.clone(), service.to_owned());
        let mut trusting = self.trusting.lock().unwrap_or_else(PoisonError::into_inner);
        if trusting.get(&key).is_some_and(|known| Arc::ptr_eq(known, role)) {
            return true;
        }
        let trusts = trust::of_service(role, service, &Context::default());
        if trusts {
            if trusting.len() >= MOST {
                trusting.clear();
            }
            trusting.insert(key, Arc::clone(role));
        }
        trusts
    }
}

impl Iam {
    /// Whether a service (`lambda.amazonaws.com`) may assume the role with this ARN.
    ///
    /// # Errors
    /// [`NotTrusted`] if there is no such role, or its trust policy does not name the service.
    pub fn check_service_role(&self, role_arn: &str, service: &str) -> Result<(), NotTrusted> {
        self.service_role(role_arn, service).map(drop)
    }

    /// Credentials of the role in a session of this name. The same are given until an hour before they end.
    pub async fn service_role_credentials(
        &self,
        role_arn: &str,
        service: &str,
        session: &str,
    ) -> Result<TemporaryCredentials, NotTrusted> {
        let role = self.service_role(role_arn, service)?;
        let times = (LIFETIME, RENEW_BEFORE);
        self.kept_session(Session { role: &role, name: session }, format!("{service}/{session}"), times).await
    }

    /// Credentials of a session that is known by this key: the same, until so long before they end.
    pub(crate) async fn kept_session(
        &self,
        session: Session<'_>,
        key: String,
        (lifetime, renew_before): (SignedDuration, SignedDuration),
    ) -> Result<TemporaryCredentials, NotTrusted> {
        let key = (session.role.unique_id.clone(), key);
        let soon = self.clock.now().saturating_add(renew_before).unwrap_or(jiff::Timestamp::MAX);
        if let Some(issued) = self.sessions.get(&key).filter(|issued| issued.expires > soon) {
            return Ok(issued);
        }
        let issued = self.issue(session.principal(), lifetime, None).await?;
        self.sessions.put(key, issued.clone());
        Ok(issued)
    }

    /// Whether the role's own policies allow the action, for a service that acts by it.
    ///
    /// # Errors
    /// As [`Iam::check_service_role`].
    pub fn service_role_may(
        &self,
        role_arn: &str,
        service: &str,
        action: &str,
        resource: &str,
    ) -> Result<bool, NotTrusted> {
        let role = self.service_role(role_arn, service)?;
        let policies: Result<Vec<_>, _> =
            role.policies.values().map(|text| Policy::parse(text, Kind::Identity)).collect();
        // A policy that was accepted once and cannot be read now allows nothing.
        let Ok(policies) = policies else { return Ok(false) };
        let (arns, context) = ([role.arn().to_string()], Context::default());
        let account = role.account.as_str();
        let question = Question { action, resource, context: &context, arns: &arns, account, service: None };
        Ok(evaluate(&policies, &question) == Decision::Allowed)
    }

    fn service_role(&self, role_arn: &str, service: &str) -> Result<Arc<Role>, NotTrusted> {
        let arn: Arn = role_arn.parse().map_err(|_| NotTrusted::NoRole)?;
        let name = arn.resource.rsplit('/').next().unwrap_or_default();
        self.trusting_role(&Role::id(&arn.account, name), service, |role| role.arn() == arn)
    }

    /// The role with this id, if it is the one that is meant and trusts the service.
    pub(crate) fn trusting_role(
        &self,
        id: &str,
        service: &str,
        is_meant: impl FnOnce(&Role) -> bool,
    ) -> Result<Arc<Role>, NotTrusted> {
        let role = self.service_roles.roles.get(id)?.filter(|role| is_meant(role)).ok_or(NotTrusted::NoRole)?;
        if self.service_roles.trusts(&role, service) {
            Ok(role)
        } else {
            Err(NotTrusted::Untrusted(service.to_owned()))
        }
    }
}

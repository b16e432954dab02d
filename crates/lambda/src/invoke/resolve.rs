//! Which build of which version an invocation runs.

use std::sync::Arc;

use freehold_store::StoreExt;

use crate::Lambda;
use crate::errors::Error;
use crate::model::{Alias, Function, Version};
use crate::names::{FunctionName, is_version};

/// What is to run.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub function: Arc<Function>,
    pub version: Arc<Version>,
    /// Of the version, the build that is in place.
    pub build: String,
    /// The ARN as the caller named it.
    pub invoked_arn: String,
}

impl Lambda {
    /// Finds the version, by lot where an alias has two.
    pub(crate) fn resolve(&self, name: &FunctionName) -> Result<Resolved, Error> {
        let function = self.functions.get(&name.arn())?.ok_or_else(|| Error::no_function(&name.arn()))?;
        let missing = || Error::no_function(&name.qualified_arn());
        let version = |number: &str| self.versions.get(&Version::id(&function.arn, number))?.ok_or_else(missing);
        let qualifier = name.qualifier();
        let version = if is_version(qualifier) {
            version(qualifier)?
        } else {
            let alias = self.store.get::<Alias>(&Alias::id(&function.arn, qualifier))?.ok_or_else(missing)?;
            version(alias.draw(rand::random_range(0.0..1.0)))?
        };
        let Some(build) = version.live.clone() else {
            let (state, reason) = (version.state.name(), version.state.reason().unwrap_or_default());
            return Err(Error::Conflict(format!(
                "The operation cannot be performed at this time. The function is currently in the following state: \
                 {state} ({reason})"
            )));
        };
        Ok(Resolved { function, version, build, invoked_arn: name.qualified_arn() })
    }
}

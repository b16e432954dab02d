//! Which build of which version an invocation runs.

use freehold_store::StoreExt;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::{self, Qualified};
use crate::model::{Function, Version};
use crate::names::FunctionName;

/// What is to run.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub function: Function,
    pub version: Version,
    /// Of the version, the build that is in place.
    pub build: String,
    /// The ARN as the caller named it.
    pub invoked_arn: String,
}

impl Lambda {
    /// Finds the version, by lot where an alias has two.
    pub(crate) fn resolve(&self, name: &FunctionName) -> Result<Resolved, Error> {
        let function = self.store.get::<Function>(&name.arn())?.ok_or_else(|| Error::no_function(&name.arn()))?;
        let version = match lookup::qualified(&self.store, name)? {
            Qualified::Version(version) => *version,
            Qualified::Alias(alias) => {
                let number = alias.draw(rand::random_range(0.0..1.0));
                let found = self.store.get::<Version>(&Version::id(&function.arn, number))?;
                found.ok_or_else(|| Error::no_function(&name.qualified_arn()))?
            }
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

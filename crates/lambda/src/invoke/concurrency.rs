//! How many invocations run at once, and whether one more may (*Developer guide, Understanding function scaling*).
//!
//! An account has a thousand. What a function has reserved is its own, and the most that it gets; all others share the rest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::errors::Error;

/// Executions at once of an account.
pub(crate) const ACCOUNT_LIMIT: u32 = 1000;
/// What reservations must leave.
pub(crate) const UNRESERVED_MINIMUM: u32 = 100;

/// What runs now.
#[derive(Default)]
pub(crate) struct Running {
    accounts: Mutex<HashMap<String, Account>>,
}

#[derive(Debug, Default)]
struct Account {
    /// Of functions that have reserved nothing.
    shared: u32,
    /// By function.
    functions: HashMap<String, u32>,
}

/// One execution; ends when it is dropped.
pub(crate) struct Permit {
    running: Arc<Running>,
    account: String,
    function: String,
    is_shared: bool,
    /// Executions of the function and of its account, this one among them.
    pub of_function: u32,
    pub of_account: u32,
}

impl Running {
    /// Begins an execution, if one more may run. `total_reserved` is asked only where it matters.
    pub fn begin(
        self: &Arc<Self>,
        account: &str,
        function: &str,
        reserved: Option<u32>,
        total_reserved: impl FnOnce() -> Result<u32, Error>,
    ) -> Result<Permit, Error> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if !accounts.contains_key(account) {
            accounts.insert(account.to_owned(), Account::default());
        }
        let Some(found) = accounts.get_mut(account) else { return Err(Error::Service("lost count".into())) };
        let own = found.functions.get(function).copied().unwrap_or_default();
        match reserved {
            Some(reserved) if own >= reserved => {
                return Err(Error::TooManyRequests {
                    sentence: "Rate Exceeded.",
                    reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
                });
            }
            None if found.shared >= UNRESERVED_MINIMUM && found.shared >= ACCOUNT_LIMIT - total_reserved()? => {
                return Err(Error::TooManyRequests {
                    sentence: "Rate Exceeded.",
                    reason: "ConcurrentInvocationLimitExceeded",
                });
            }
            Some(_) => {}
            None => found.shared += 1,
        }
        let own = own + 1;
        found.functions.insert(function.to_owned(), own);
        let of_account = found.functions.values().sum();
        Ok(Permit {
            running: Arc::clone(self),
            account: account.to_owned(),
            function: function.to_owned(),
            is_shared: reserved.is_none(),
            of_function: own,
            of_account,
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut accounts = self.running.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = accounts.get_mut(&self.account) else { return };
        if self.is_shared {
            found.shared = found.shared.saturating_sub(1);
        }
        if let Some(own) = found.functions.get_mut(&self.function) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                found.functions.remove(&self.function);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(running: &Arc<Running>, function: &str, reserved: Option<u32>) -> Result<Permit, &'static str> {
        running.begin("111122223333", function, reserved, || Ok(900)).map_err(|error| match error {
            Error::TooManyRequests { reason, .. } => reason,
            _ => "another error",
        })
    }

    #[test]
    fn a_reservation_is_the_most_that_a_function_gets() {
        let running = Arc::new(Running::default());
        let first = begin(&running, "f", Some(1)).unwrap();
        assert_eq!(begin(&running, "f", Some(1)).err(), Some("ReservedFunctionConcurrentInvocationLimitExceeded"));
        drop(first);
        assert!(begin(&running, "f", Some(1)).is_ok());
        assert!(begin(&running, "f", Some(0)).is_err());
    }

    #[test]
    fn functions_without_one_share_what_is_left() {
        let running = Arc::new(Running::default());
        let shared: Vec<_> =
            (0..100).map(|number| begin(&running, &format!("f{}", number % 3), None).unwrap()).collect();
        assert_eq!(begin(&running, "g", None).err(), Some("ConcurrentInvocationLimitExceeded"));
        assert!(begin(&running, "h", Some(900)).is_ok());
        assert_eq!(shared.last().unwrap().of_account, 100);
        drop(shared);
        assert!(begin(&running, "g", None).is_ok());
    }
}

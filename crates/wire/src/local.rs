//! Calls from one service to another, as AWS's services call each other: the same operations with the same rules and
//! errors, in this process, without a wire in between. Auto Scaling runs instances by EC2's `RunInstances`.
//!
//! A service that calls holds a [`Local`] from its start and knows no other service's crate, so that there are no
//! circles; the binary registers all services before any reconciler runs.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, PoisonError, RwLock};

use freehold_core::{Principal, ids};

use crate::service::{Operation, Service, Typed};
use crate::{Call, Error};

/// The operations of a region's services, for the services themselves.
pub struct Local {
    region: String,
    operations: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Local {
    pub fn new(region: &str) -> Arc<Self> {
        Arc::new(Self { region: region.to_owned(), operations: RwLock::default() })
    }

    /// From now on the service's operations can be called.
    pub fn register(&self, service: &Service) {
        self.operations.write().unwrap_or_else(PoisonError::into_inner).extend(service.typed());
    }

    /// Carries `O` out as `principal`, in the principal's account. Nobody is asked whether it may: a service acts by
    /// its service-linked role ([`Principal::service_linked`]). The model's constraints are the caller's to keep.
    ///
    /// # Errors
    /// Those of the operation; `InternalFailure` where no service of the region has it.
    pub async fn call<O: Operation>(&self, principal: Principal, input: O::Input) -> Result<O::Output, Error> {
        let found = self.operations.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<O>()).cloned();
        let Some(handler) = found.as_ref().and_then(|handler| handler.downcast_ref::<Typed<O>>()) else {
            return Err(Error::receiver("InternalFailure", format!("No service here has {}.", O::MODEL.name)));
        };
        let call = Call {
            request_id: ids::uuid(),
            principal,
            region: self.region.clone(),
            operation: O::MODEL.name,
            endpoint: String::new(),
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            trace: None,
        };
        handler(call, input).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Schema, Unit};
    use crate::service::{OperationModel, ServiceModel};

    struct Greet;
    static NOTHING: Schema = Schema::structure("Nothing", &[]);
    static OPERATION: OperationModel = OperationModel {
        name: "Greet",
        http_method: "POST",
        http_uri: "/",
        http_status: 200,
        input: &NOTHING,
        output: &NOTHING,
        result_wrapper: "",
    };
    static MODEL: ServiceModel = ServiceModel {
        id: "greetings",
        signing_name: "greetings",
        api_version: "1",
        protocols: &[],
        target_prefix: "",
        query_compatible: false,
        path_member: "",
        missing: "",
        invalid: "",
        error_detail: false,
        xml_namespace: "",
        operations: &[],
        unsupported: &[],
        unsupported_routes: &[],
        errors: &[],
    };
    impl Operation for Greet {
        type Input = Unit;
        type Output = Unit;
        const MODEL: &'static OperationModel = &OPERATION;
    }

    async fn greet(calls: Arc<RwLock<Vec<Call>>>, call: Call, _: Unit) -> Result<Unit, Error> {
        calls.write().unwrap().push(call);
        Ok(Unit)
    }

    #[tokio::test]
    async fn an_operation_is_called_by_its_type_in_the_account_of_who_calls() {
        let local = Local::new("eu-west-1");
        let robot = Principal::service_linked("111122223333", "AutoScaling");
        let missing = local.call::<Greet>(robot.clone(), Unit).await.unwrap_err();
        assert_eq!(missing.code, "InternalFailure");
        let calls = Arc::new(RwLock::new(Vec::new()));
        local.register(&Service::new(&MODEL).on(Greet, &calls, greet));
        local.call::<Greet>(robot, Unit).await.unwrap();
        let calls = calls.read().unwrap();
        assert_eq!(
            (calls[0].account(), calls[0].region.as_str(), calls[0].operation),
            ("111122223333", "eu-west-1", "Greet")
        );
        let arn = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling";
        assert_eq!(calls[0].principal.arn.to_string(), arn);
    }
}

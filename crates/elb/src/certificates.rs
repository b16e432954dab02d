//! Certificates of listeners: known and issued when they are named, and told to Certificate Manager while they are in use.

use freehold_api::acm::{DescribeCertificateRequest, op};
use freehold_core::Principal;
use freehold_core::certificates::CertificateUsers;
use freehold_store::{Filter, StoreExt};

use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer};

impl Elb {
    /// Refuses what is no certificate of the account's that was issued. Those of IAM are none here.
    pub(crate) async fn check_certificates(&self, account: &str, arns: &[String]) -> Result<(), Error> {
        for arn in arns {
            let input = DescribeCertificateRequest { certificate_arn: Some(arn.clone()) };
            let robot = Principal::service_linked(account, "ElasticLoadBalancing");
            let answer = self.local.call::<op::DescribeCertificate>(robot, input).await;
            let certificate = answer.ok().and_then(|answer| answer.certificate);
            if certificate.and_then(|it| it.status).as_deref() != Some("ISSUED") {
                return Err(Error::CertificateNotFound(arn.clone()));
            }
        }
        Ok(())
    }
}

impl CertificateUsers for Elb {
    fn users(&self, account: &str, certificate: &str) -> Vec<String> {
        let listeners = self.store.list::<Listener>(&Filter::account(account)).unwrap_or_else(|error| {
            tracing::error!(%error, "listeners cannot be read");
            Vec::new()
        });
        let uses = |listener: &Listener| listener.certificates.iter().any(|arn| arn == certificate);
        let mut users: Vec<_> = listeners.into_iter().filter(uses).map(|listener| listener.load_balancer).collect();
        let balancers = self.store.list::<LoadBalancer>(&Filter::account(account)).unwrap_or_else(|error| {
            tracing::error!(%error, "load balancers cannot be read");
            Vec::new()
        });
        let classic = |it: &LoadBalancer| !it.deleted && it.classic.iter().any(|it| it.uses_certificate(certificate));
        users.extend(
            balancers.into_iter().filter(classic).map(|it| crate::classic::arn(&self.region, account, &it.name)),
        );
        users.sort_unstable();
        users.dedup();
        users
    }
}

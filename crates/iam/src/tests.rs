//! Identities without the endpoint: what EC2's metadata service gets, and what time does to it.

use std::sync::Arc;
use std::time::Duration;

use freehold_core::reconcile::{Next, Reconciler};
use freehold_core::{Clock, ManualClock, PrincipalKind};
use freehold_store::{MemoryStore, SharedStore, StoreExt, TxExt};
use freehold_wire::server::Authenticator;

use crate::model::{InstanceProfile, Role};
use crate::{Development, ForgetExpired, Iam, NotTrusted};

const ACCOUNT: &str = "111122223333";

struct Region {
    clock: Arc<ManualClock>,
    store: SharedStore,
    iam: Arc<Iam>,
}

impl Region {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::frozen("2026-03-01T12:00:00Z".parse().unwrap()));
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let iam = Iam::new(Arc::clone(&store), Arc::clone(&clock) as Arc<dyn Clock>, Development::Refused);
        Self { clock, store, iam }
    }

    /// A profile with a role that trusts a service.
    async fn add_role(&self, name: &str, service: &str) {
        let now = self.clock.now();
        let mut role = Role::new(ACCOUNT, name, "/".into(), crate::generate::role_id(), now);
        role.trust_policy = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}}}"#
        );
        let mut profile = InstanceProfile::new(ACCOUNT, name, "/web/".into(), "AIPA".into(), now);
        profile.role = Some(name.to_owned());
        let written = self.store.transact::<_, freehold_store::Error, _>(move |tx| {
            tx.put(&role)?;
            tx.put(&profile)
        });
        written.await.unwrap();
    }
}

#[tokio::test]
async fn the_root_key_is_made_once() {
    let region = Region::new();
    let first = region.iam.root_key().await.unwrap();
    assert!(first.access_key_id.starts_with("AKIA") && first.access_key_id.len() == 20);
    assert_eq!(first.secret_access_key.len(), 40);
    assert_eq!(region.iam.root_key().await.unwrap(), first);
    let found = region.iam.credentials(&first.access_key_id).unwrap();
    assert_eq!(found.secret_access_key, first.secret_access_key);
    assert_eq!(found.principal.arn.to_string(), "arn:aws:iam::000000000000:root");
    assert!(region.iam.credentials("test").is_none());
}

#[tokio::test]
async fn an_instance_gets_the_same_credentials_until_shortly_before_their_end() {
    let region = Region::new();
    region.add_role("web", "ec2.amazonaws.com").await;
    let ask = || region.iam.instance_profile_credentials(ACCOUNT, "web", "i-1");
    let first = ask().await.unwrap();
    region.clock.advance(Duration::from_secs(5 * 3600));
    assert_eq!(ask().await.unwrap(), first);
    region.clock.advance(Duration::from_secs(1800));
    let second = ask().await.unwrap();
    assert_ne!(second, first);
    // The old ones are good to their end.
    let credentials = region.iam.credentials(&first.access_key_id).unwrap();
    assert!(!region.iam.has_ended(&credentials));
    region.clock.advance(Duration::from_secs(1800));
    assert!(region.iam.has_ended(&credentials));

    let other = region.iam.instance_profile_credentials(ACCOUNT, "web", "i-2").await.unwrap();
    assert_ne!(other.access_key_id, second.access_key_id);
    let principal = region.iam.credentials(&other.access_key_id).unwrap().principal.clone();
    assert_eq!(principal.arn.to_string(), format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/i-2"));
    assert_eq!(principal.kind, PrincipalKind::AssumedRole { role: "web".into(), session: "i-2".into() });
}

#[tokio::test]
async fn a_role_that_does_not_trust_ec2_is_not_for_instances() {
    let region = Region::new();
    region.add_role("function", "lambda.amazonaws.com").await;
    let refused = region.iam.instance_profile_credentials(ACCOUNT, "function", "i-1").await;
    assert!(matches!(refused, Err(NotTrusted::Untrusted(_))));
    let missing = region.iam.instance_profile_credentials(ACCOUNT, "none", "i-1").await;
    assert!(matches!(missing, Err(NotTrusted::NoRole)));
}

#[tokio::test]
async fn a_profile_is_found_by_its_name_with_or_without_its_path() {
    let region = Region::new();
    region.add_role("web", "ec2.amazonaws.com").await;
    let find = |name| region.iam.instance_profile(ACCOUNT, name).unwrap();
    assert_eq!(find("web").unwrap().arn, format!("arn:aws:iam::{ACCOUNT}:instance-profile/web/web"));
    assert_eq!(find("/web/WEB").unwrap().role.as_deref(), Some("web"));
    assert_eq!(find("/other/web"), None);
    assert_eq!(region.iam.instance_profile("999999999999", "web").unwrap(), None);
}

#[tokio::test]
async fn expired_keys_are_forgotten_a_day_after_their_end() {
    let region = Region::new();
    region.add_role("web", "ec2.amazonaws.com").await;
    let key = region.iam.instance_profile_credentials(ACCOUNT, "web", "i-1").await.unwrap().access_key_id;
    let root = region.iam.root_key().await.unwrap();
    let forget = ForgetExpired::new(Arc::clone(&region.iam));
    region.clock.advance(Duration::from_secs(29 * 3600));
    assert!(forget.pending().await.unwrap().is_empty());
    region.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(forget.pending().await.unwrap(), std::slice::from_ref(&key));
    for _ in 0..2 {
        assert_eq!(forget.step(&key).await.unwrap(), Next::Settled);
    }
    assert!(forget.pending().await.unwrap().is_empty());
    assert_eq!(region.iam.root_key().await.unwrap(), root);
}

#[tokio::test]
async fn keys_survive_a_restart() {
    let region = Region::new();
    region.add_role("web", "ec2.amazonaws.com").await;
    let issued = region.iam.instance_profile_credentials(ACCOUNT, "web", "i-1").await.unwrap();
    let again = Iam::new(region.store, region.clock, Development::Refused);
    let found = again.credentials(&issued.access_key_id).unwrap();
    assert_eq!(found.session_token.as_deref(), Some(issued.session_token.as_str()));
    assert_eq!(found.secret_access_key, issued.secret_access_key);
}

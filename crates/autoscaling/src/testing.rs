//! What EC2 is for tests: instances that run at once, launched once for each client token.

use std::sync::{Arc, Mutex};

use freehold_api::ec2::{
    self, DescribeInstancesRequest, DescribeInstancesResult, DescribeLaunchTemplateVersionsRequest,
    DescribeLaunchTemplateVersionsResult, Instance, InstanceState, LaunchTemplateVersion, Placement, Reservation,
    RunInstancesRequest, TerminateInstancesRequest, TerminateInstancesResult, op,
};
use freehold_core::ManualClock;
use freehold_core::metrics::Unheard;
use freehold_store::{MemoryStore, SharedStore, StoreExt, TxExt};
use freehold_wire::{Call, Error, Local, Service};

use crate::model::Group;
use crate::plan::testing::{group, now};
use crate::{AutoScaling, Parts};

/// A store, a clock, and an EC2 that outlives who calls it.
pub(crate) struct World {
    pub store: SharedStore,
    pub clock: Arc<ManualClock>,
    pub ec2: Arc<Ec2>,
}

#[derive(Default)]
pub(crate) struct Ec2 {
    instances: Mutex<Vec<Instance>>,
    /// Launches that were asked for, repeated ones too.
    pub launches: Mutex<usize>,
}

impl World {
    /// A world in which a group of this size is asked for.
    pub async fn with_group(desired: u32) -> Self {
        let store: SharedStore = Arc::new(MemoryStore::new("eu-test-1"));
        let clock = Arc::new(ManualClock::frozen(now()));
        let world = Self { store, clock, ec2: Arc::default() };
        world.put(group(0, 9, desired)).await;
        world
    }

    pub async fn put(&self, group: Group) {
        self.store.transact::<_, crate::Error, _>(move |tx| Ok(tx.put(&group)?)).await.unwrap();
    }

    pub fn group(&self) -> Group {
        self.store.get(&group(0, 0, 0).id).unwrap().unwrap()
    }

    /// A new control plane on what there is.
    pub fn boot(&self) -> Arc<AutoScaling> {
        let local = Local::new("eu-test-1");
        local.register(&service(&self.ec2));
        AutoScaling::new(Parts {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock) as _,
            local,
            metrics: Arc::new(Unheard),
            region: "eu-test-1".into(),
        })
    }
}

impl Ec2 {
    /// Instances that are not terminated.
    pub fn alive(&self) -> Vec<Instance> {
        let all = self.instances.lock().unwrap();
        all.iter().filter(|one| state(one) != "terminated").cloned().collect()
    }
}

fn state(instance: &Instance) -> &str {
    instance.state.as_ref().and_then(|state| state.name.as_deref()).unwrap_or_default()
}

fn service(ec2: &Arc<Ec2>) -> Service {
    Service::new(&ec2::MODEL)
        .on(op::RunInstances, ec2, run)
        .on(op::DescribeInstances, ec2, describe)
        .on(op::TerminateInstances, ec2, terminate)
        .on(op::DescribeLaunchTemplateVersions, ec2, template)
}

/// Others may have their turn between any two calls.
async fn pause() {
    tokio::task::yield_now().await;
}

async fn run(ec2: Arc<Ec2>, _: Call, input: RunInstancesRequest) -> Result<Reservation, Error> {
    pause().await;
    *ec2.launches.lock().unwrap() += 1;
    let mut all = ec2.instances.lock().unwrap();
    let known = all.iter().find(|one| one.client_token == input.client_token).cloned();
    let made = known.unwrap_or_else(|| {
        let made = Instance {
            instance_id: Some(format!("i-{:017x}", all.len() + 1)),
            client_token: input.client_token,
            state: Some(InstanceState { name: Some("running".into()), code: Some(16) }),
            placement: input.placement.or(Some(Placement::default())),
            instance_type: Some("t3.nano".into()),
            ..Default::default()
        };
        all.push(made.clone());
        made
    });
    Ok(Reservation { instances: Some(vec![made]), ..Default::default() })
}

async fn describe(ec2: Arc<Ec2>, _: Call, input: DescribeInstancesRequest) -> Result<DescribeInstancesResult, Error> {
    pause().await;
    let filters = input.filters.unwrap_or_default();
    let admits = |instance: &Instance| {
        filters.iter().all(|filter| {
            let values = filter.values.clone().unwrap_or_default();
            let has = |value: &Option<String>| value.as_ref().is_some_and(|value| values.contains(value));
            match filter.name.as_deref() {
                Some("client-token") => has(&instance.client_token),
                Some("instance-id") => has(&instance.instance_id),
                _ => true,
            }
        })
    };
    let found = ec2.instances.lock().unwrap().iter().filter(|one| admits(one)).cloned().collect();
    let reservation = Reservation { instances: Some(found), ..Default::default() };
    Ok(DescribeInstancesResult { reservations: Some(vec![reservation]), next_token: None })
}

async fn terminate(
    ec2: Arc<Ec2>,
    _: Call,
    input: TerminateInstancesRequest,
) -> Result<TerminateInstancesResult, Error> {
    pause().await;
    for one in ec2.instances.lock().unwrap().iter_mut() {
        if input.instance_ids.iter().flatten().any(|id| Some(id) == one.instance_id.as_ref()) {
            one.state = Some(InstanceState { name: Some("terminated".into()), code: Some(48) });
        }
    }
    Ok(TerminateInstancesResult::default())
}

async fn template(
    _: Arc<Ec2>,
    _: Call,
    input: DescribeLaunchTemplateVersionsRequest,
) -> Result<DescribeLaunchTemplateVersionsResult, Error> {
    pause().await;
    let version = LaunchTemplateVersion {
        launch_template_id: input.launch_template_id,
        launch_template_name: Some("t".into()),
        version_number: Some(1),
        ..Default::default()
    };
    Ok(DescribeLaunchTemplateVersionsResult { launch_template_versions: Some(vec![version]), next_token: None })
}

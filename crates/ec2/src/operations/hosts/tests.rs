//! Hosts with real cores, and what is put on them.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::ec2::{
    AllocateHostsRequest, DescribeHostsRequest, Placement, ReleaseHostsRequest, RunInstancesRequest,
    StopInstancesRequest, op,
};
use freehold_core::reconcile::{Next, Reconciler};
use freehold_machine::capacity::{Cores, Pool};
use freehold_store::{Filter, StoreExt};

use crate::Ec2;
use crate::model::{Instance, InstanceState};
use crate::reconcile::{ConvergeInstances, PinMachines, Vpcs};
use crate::testing::{IMAGE, World, call};

const POOL: Pool = Pool { cpu_millis: 8000, memory_mib: 64 << 10, cpu_overcommit_percent: 400 };

fn region(world: &World) -> Arc<Ec2> {
    world.region_of(POOL, Cores::new(vec![vec![0], vec![1]]))
}

async fn settle(world: &World, ec2: &Arc<Ec2>) {
    let vpcs = Arc::new(Vpcs::new(Arc::clone(ec2)));
    let all: [Arc<dyn Reconciler>; 2] =
        [Arc::new(ConvergeInstances::new(Arc::clone(ec2), vpcs)), Arc::new(PinMachines::new(Arc::clone(ec2)))];
    for _ in 0..200 {
        let mut did = false;
        for reconciler in &all {
            for key in reconciler.pending().await.unwrap() {
                did |= match reconciler.step(&key).await.unwrap() {
                    Next::Again => true,
                    Next::After(pause) => {
                        world.clock.advance(pause.min(Duration::from_secs(1)));
                        true
                    }
                    Next::Settled => false,
                };
            }
        }
        if !did {
            return;
        }
    }
    panic!("not settled");
}

async fn allocate(ec2: &Arc<Ec2>) -> Result<String, freehold_wire::Error> {
    let input = AllocateHostsRequest {
        instance_family: Some("t3".into()),
        availability_zone: Some("us-east-1a".into()),
        quantity: Some(1),
        ..Default::default()
    };
    Ok(call(ec2, op::AllocateHosts, input).await?.host_ids.unwrap().remove(0))
}

async fn launch(ec2: &Arc<Ec2>, placement: Option<Placement>) -> Result<String, freehold_wire::Error> {
    let input = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(1),
        max_count: Some(1),
        placement,
        ..Default::default()
    };
    Ok(call(ec2, op::RunInstances, input).await?.instances.unwrap().remove(0).instance_id.unwrap())
}

fn on(host: &str) -> Option<Placement> {
    Some(Placement { tenancy: Some("host".into()), host_id: Some(host.into()), ..Default::default() })
}

fn cpus(world: &World, id: &str) -> Vec<u32> {
    world.host.state().machines[id].spec.resources.cpuset.clone()
}

#[tokio::test]
async fn a_host_has_its_core_to_itself_also_after_a_restart_and_gives_it_back() {
    let world = World::new();
    let ec2 = region(&world);
    let plain = launch(&ec2, None).await.unwrap();
    settle(&world, &ec2).await;
    assert_eq!(cpus(&world, &plain), Vec::<u32>::new());

    let host = allocate(&ec2).await.unwrap();
    let own = launch(&ec2, on(&host)).await.unwrap();
    settle(&world, &ec2).await;
    assert_eq!((cpus(&world, &own), cpus(&world, &plain)), (vec![1], vec![0]));
    let refused = allocate(&ec2).await.unwrap_err();
    assert_eq!((refused.code.as_ref(), refused.status), ("InsufficientHostCapacity", 500));

    let next = region(&world);
    let later = launch(&next, None).await.unwrap();
    settle(&world, &next).await;
    assert_eq!((cpus(&world, &own), cpus(&world, &plain), cpus(&world, &later)), (vec![1], vec![0], vec![0]));

    let ids = vec![host.clone()];
    let release = || ReleaseHostsRequest { host_ids: Some(ids.clone()) };
    let answer = call(&next, op::ReleaseHosts, release()).await.unwrap();
    let item = answer.unsuccessful.unwrap().remove(0).error.unwrap();
    assert_eq!(item.code.as_deref(), Some("Client.InvalidHost.Occupied"));

    let stop = StopInstancesRequest { instance_ids: Some(vec![own.clone()]), ..Default::default() };
    call(&next, op::StopInstances, stop).await.unwrap();
    settle(&world, &next).await;
    let answer = call(&next, op::ReleaseHosts, release()).await.unwrap();
    assert_eq!(answer.successful, Some(ids.clone()));
    settle(&world, &next).await;
    assert_eq!(cpus(&world, &plain), Vec::<u32>::new());
    allocate(&next).await.unwrap();
    let shown = call(&next, op::DescribeHosts, DescribeHostsRequest { host_ids: Some(ids), ..Default::default() });
    assert_eq!(shown.await.unwrap().hosts.unwrap()[0].state.as_deref(), Some("released"));
}

#[tokio::test]
async fn dedicated_instances_have_cores_that_no_other_account_is_on() {
    let world = World::new();
    let ec2 = region(&world);
    let plain = launch(&ec2, None).await.unwrap();
    let dedicated = Some(Placement { tenancy: Some("dedicated".into()), ..Default::default() });
    let own = launch(&ec2, dedicated.clone()).await.unwrap();
    settle(&world, &ec2).await;
    assert_eq!((cpus(&world, &own), cpus(&world, &plain)), (vec![1], vec![0]));
    let next = region(&world);
    assert_eq!(next.ledger.cpus_for(&own), [1]);
    assert!(allocate(&next).await.is_err());
    let stored: Vec<Instance> = world.store.list(&Filter::all()).unwrap();
    assert!(stored.iter().all(|instance| instance.state == InstanceState::Running));
}

//! Interfaces in VPCs, with reconcilers that are killed anywhere.

use std::collections::BTreeSet;

use freehold_api::ec2::{self, op as ec2_op};
use freehold_core::reconcile::Reconciler;
use freehold_functions::spec;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Service};

use super::*;
use crate::model::{Interface, Update, Vpc};
use crate::reconcile::Connect;

const SUBNETS: [&str; 2] = ["subnet-a", "subnet-b"];

/// Keeps interfaces, as EC2 would.
#[derive(Default)]
struct Ec2 {
    interfaces: Mutex<Vec<ec2::NetworkInterface>>,
    /// Subnets without addresses.
    full: Mutex<BTreeSet<String>>,
}

type Answer<T> = Result<T, freehold_wire::Error>;

async fn subnets(_: Arc<Ec2>, _: Call, input: ec2::DescribeSubnetsRequest) -> Answer<ec2::DescribeSubnetsResult> {
    let shown = |id| ec2::Subnet { subnet_id: Some(id), cidr_block: Some("10.0.1.0/24".into()), ..Default::default() };
    let subnets = input.subnet_ids.unwrap_or_default().into_iter().map(shown).collect();
    Ok(ec2::DescribeSubnetsResult { subnets: Some(subnets), ..Default::default() })
}

async fn create(
    ec2: Arc<Ec2>,
    _: Call,
    input: ec2::CreateNetworkInterfaceRequest,
) -> Answer<ec2::CreateNetworkInterfaceResult> {
    let subnet = input.subnet_id.clone().unwrap_or_default();
    if ec2.full.lock().unwrap().contains(&subnet) {
        return Err(freehold_wire::Error::sender("InsufficientFreeAddressesInSubnet", "none left"));
    }
    let made = ec2::NetworkInterface {
        network_interface_id: Some(format!("eni-{}", freehold_core::ids::uuid())),
        subnet_id: input.subnet_id,
        vpc_id: Some("vpc-a".into()),
        description: input.description,
        mac_address: Some("02:00:00:00:00:01".into()),
        private_ip_address: Some("10.0.1.9".into()),
        ..Default::default()
    };
    ec2.interfaces.lock().unwrap().push(made.clone());
    Ok(ec2::CreateNetworkInterfaceResult { network_interface: Some(made), ..Default::default() })
}

async fn describe(
    ec2: Arc<Ec2>,
    _: Call,
    input: ec2::DescribeNetworkInterfacesRequest,
) -> Answer<ec2::DescribeNetworkInterfacesResult> {
    let filters = input.filters.unwrap_or_default();
    let wanted = filters.iter().find(|filter| filter.name.as_deref() == Some("description"));
    let wanted = wanted.and_then(|filter| filter.values.clone()).unwrap_or_default();
    let is_wanted = |one: &&ec2::NetworkInterface| one.description.as_ref().is_some_and(|said| wanted.contains(said));
    let found = ec2.interfaces.lock().unwrap().iter().filter(is_wanted).cloned().collect();
    Ok(ec2::DescribeNetworkInterfacesResult { network_interfaces: Some(found), ..Default::default() })
}

async fn delete(ec2: Arc<Ec2>, _: Call, input: ec2::DeleteNetworkInterfaceRequest) -> Answer<Unit> {
    ec2.interfaces.lock().unwrap().retain(|one| one.network_interface_id != input.network_interface_id);
    Ok(Unit)
}

/// A world with the function in two subnets.
struct Place {
    world: World,
    ec2: Arc<Ec2>,
}

impl Place {
    async fn new() -> Self {
        let (world, ec2) = (World::new().await, Arc::new(Ec2::default()));
        let service = Service::new(&ec2::MODEL)
            .on(ec2_op::DescribeSubnets, &ec2, subnets)
            .on(ec2_op::CreateNetworkInterface, &ec2, create)
            .on(ec2_op::DescribeNetworkInterfaces, &ec2, describe)
            .on(ec2_op::DeleteNetworkInterface, &ec2, delete);
        world.lambda.local.register(&service);
        let vpc = Vpc { id: "vpc-a".into(), subnets: SUBNETS.map(str::to_owned).to_vec(), groups: vec!["sg-a".into()] };
        world.change(|version| version.settings.vpc = Some(vpc)).await;
        Self { world, ec2 }
    }

    fn reconcilers(&self) -> Vec<Arc<dyn Reconciler>> {
        let lambda = || Arc::clone(&self.world.lambda);
        vec![Arc::new(Prepare(lambda())), Arc::new(Connect(lambda())), Arc::new(Dismiss(lambda()))]
    }

    /// Lets everything come to rest.
    async fn settle(&self) {
        loop {
            let mut is_settled = true;
            for reconciler in self.reconcilers() {
                for key in reconciler.pending().await.unwrap() {
                    is_settled = false;
                    reconciler.step(&key).await.unwrap();
                }
            }
            if is_settled {
                return;
            }
        }
    }

    fn interfaces(&self) -> Vec<String> {
        let all = self.ec2.interfaces.lock().unwrap();
        let mut subnets: Vec<_> = all.iter().filter_map(|one| one.subnet_id.clone()).collect();
        subnets.sort();
        subnets
    }

    fn noted(&self) -> Vec<Interface> {
        self.world.store.list::<Interface>(&Filter::all()).unwrap()
    }

    fn spec(&self) -> spec::Revision {
        let path = self.world.lambda.layout.spec(&self.world.version().build);
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

fn once_each(place: &Place) -> Result<(), String> {
    let mut found = place.interfaces();
    let count = found.len();
    found.dedup();
    if count == found.len() { Ok(()) } else { Err(format!("{count} interfaces in {found:?}")) }
}

#[tokio::test]
async fn interfaces_are_made_once_and_the_function_waits_for_them() {
    let scenario = Scenario::new(Place::new, Place::reconcilers).invariant(once_each).outcome(|place| {
        let version = place.world.version();
        if version.state != State::Active || place.interfaces() != SUBNETS {
            return Err(format!("{version:?} {:?}", place.interfaces()));
        }
        match place.spec().network {
            spec::Network::Vpc { interfaces } if interfaces.len() == 2 => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    scenario.undisturbed().await;
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn interfaces_go_with_the_last_build_that_used_them() {
    let make = || async {
        let place = Place::new().await;
        place.settle().await;
        let version = place.world.version();
        let gone = place.world.store.transact::<_, freehold_store::Error, _>(move |tx| {
            tx.delete::<Version>(version.qualified_arn())?;
            tx.put(&Dismissed::build(ACCOUNT, &version.build))
        });
        gone.await.unwrap();
        place
    };
    let scenario = Scenario::new(make, Place::reconcilers).invariant(once_each).outcome(|place| {
        match (place.interfaces().len(), place.noted()) {
            (0, noted) if noted.is_empty() => Ok(()),
            (count, noted) => Err(format!("{count} interfaces, {noted:?}")),
        }
    });
    scenario.undisturbed().await;
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn what_ec2_refuses_is_the_functions_state_and_may_be_granted_later() {
    let place = Place::new().await;
    place.ec2.full.lock().unwrap().insert(SUBNETS[1].to_owned());
    place.settle().await;
    let version = place.world.version();
    let State::Failed(failure) = &version.state else { panic!("{version:?}") };
    assert_eq!(failure.code, "SubnetOutOfIPAddresses");
    assert!(matches!(version.update, Update::Failed(_)));
    assert_eq!((place.interfaces(), place.noted()), (Vec::new(), Vec::new()));

    place.ec2.full.lock().unwrap().clear();
    let now = place.world.lambda.now();
    place.world.change(move |version| version.change(now)).await;
    place.settle().await;
    assert_eq!((place.world.version().state, place.interfaces()), (State::Active, SUBNETS.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn whoever_comes_while_an_interface_leaves_gets_another() {
    let place = Place::new().await;
    place.settle().await;
    let before = place.noted().into_iter().map(|one| one.description).collect::<BTreeSet<_>>();
    let now = place.world.lambda.now();
    place.world.change(|version| version.settings.vpc = None).await;
    place.world.change(move |version| version.change(now)).await;
    let lambda = || Arc::clone(&place.world.lambda);
    let prepare = Prepare(lambda());
    prepare.step(&Version::id(FUNCTION, "$LATEST")).await.unwrap();
    let dismiss = Dismiss(lambda());
    for key in dismiss.pending().await.unwrap() {
        dismiss.step(&key).await.unwrap();
    }
    // Both are noted as leaving, and neither is gone, when the function comes back.
    let connect = Connect(lambda());
    for key in connect.pending().await.unwrap() {
        connect.step(&key).await.unwrap();
    }
    let vpc = Vpc { id: "vpc-a".into(), subnets: SUBNETS.map(str::to_owned).to_vec(), groups: vec!["sg-a".into()] };
    place.world.change(|version| version.settings.vpc = Some(vpc)).await;
    place.world.change(move |version| version.change(now)).await;
    prepare.step(&Version::id(FUNCTION, "$LATEST")).await.unwrap();
    assert_eq!(place.world.version().update, Update::InProgress);
    place.settle().await;
    assert_eq!((place.world.version().state, place.interfaces()), (State::Active, SUBNETS.map(str::to_owned).to_vec()));
    let after = place.noted().into_iter().map(|one| one.description).collect::<BTreeSet<_>>();
    assert!(before.is_disjoint(&after), "{before:?} {after:?}");
}

//! `ec2.image-sweep`: removes from the host's image store what was captured and nobody needs any more: no image names
//! it, and no instance that is left was started from it. An image that is being made may be about to need it, so that
//! nothing is removed meanwhile.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use super::make_images::ImageTurn;
use crate::Ec2;
use crate::model::{Image, Instance, InstanceState};

pub struct SweepImages {
    ec2: Arc<Ec2>,
    turn: ImageTurn,
}

impl SweepImages {
    pub fn new(ec2: Arc<Ec2>, turn: ImageTurn) -> Self {
        Self { ec2, turn }
    }

    fn needed(&self) -> Result<HashSet<String>, Failure> {
        let images: Vec<Image> = self.ec2.store.list(&Filter::all())?;
        let instances: Vec<Instance> = self.ec2.store.list(&Filter::all())?;
        let alive = instances.into_iter().filter(|instance| instance.state != InstanceState::Terminated);
        let by_images = images.into_iter().map(|image| image.machine_image);
        Ok(by_images.chain(alive.map(|instance| instance.machine_image)).collect())
    }
}

#[async_trait]
impl Reconciler for SweepImages {
    fn name(&self) -> &'static str {
        "ec2.image-sweep"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut captured = self.ec2.images.captured();
        if !captured.is_empty() {
            let needed = self.needed()?;
            captured.retain(|name| !needed.contains(name));
        }
        Ok(captured)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        // What is captured while this waits for its turn may be the same content again.
        let _turn = self.turn.lock().await;
        if !self.needed()?.contains(key) {
            tracing::info!(image = key, "removing an image that nobody needs");
            self.ec2.images.remove(key).await?;
        }
        Ok(Next::Settled)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use freehold_api::ec2::{RunInstancesRequest, TerminateInstancesRequest, op};
    use freehold_core::Clock;
    use freehold_machine::Driver;
    use freehold_machine::Result as MachineResult;
    use freehold_machine::net::Network;
    use freehold_store::TxExt;

    use super::*;
    use crate::images::{HostImage, HostImages, NoImages};
    use crate::roles::NoProfiles;
    use crate::testing::{IMAGE, World, call};
    use crate::{Error, Parts, Region};
    use freehold_machine::capacity::Pool;

    /// A store that has captured these.
    struct Shelf(Mutex<BTreeSet<String>>);

    #[async_trait]
    impl HostImages for Shelf {
        fn list(&self) -> Vec<HostImage> {
            NoImages.list()
        }

        fn captured(&self) -> Vec<String> {
            self.0.lock().unwrap().iter().cloned().collect()
        }

        async fn capture(&self, _machine: &str, base: &str, _name: &str, _about: &str) -> MachineResult<String> {
            Ok(base.to_owned())
        }

        async fn remove(&self, name: &str) -> MachineResult<()> {
            self.0.lock().unwrap().remove(name);
            Ok(())
        }
    }

    fn region(world: &World, captured: &[&str]) -> (Arc<Ec2>, Arc<Shelf>) {
        let shelf = Arc::new(Shelf(Mutex::new(captured.iter().map(|&name| name.to_owned()).collect())));
        let ec2 = Ec2::new(Parts {
            store: Arc::clone(&world.store),
            clock: Arc::clone(&world.clock) as Arc<dyn Clock>,
            region: Region::new("us-east-1"),
            driver: Arc::clone(&world.host) as Arc<dyn Driver>,
            network: Arc::clone(&world.host) as Arc<dyn Network>,
            images: Arc::clone(&shelf) as Arc<dyn HostImages>,
            roles: Arc::new(NoProfiles),
            bills: world.bills(),
            pool: Pool::UNLIMITED,
            cores: freehold_machine::capacity::Cores::default(),
            public_pool: "198.51.100.0/24".parse().unwrap(),
        });
        (ec2.unwrap(), shelf)
    }

    async fn sweep(ec2: &Arc<Ec2>) {
        let sweep = SweepImages::new(Arc::clone(ec2), ImageTurn::default());
        for key in sweep.pending().await.unwrap() {
            sweep.step(&key).await.unwrap();
        }
        assert!(sweep.pending().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_a_living_instance_was_started_from_stays_until_it_is_terminated() {
        let world = World::new();
        let (ec2, shelf) = region(&world, &["ami-used", "ami-orphan"]);
        let launch = RunInstancesRequest {
            image_id: Some(IMAGE.into()),
            min_count: Some(1),
            max_count: Some(1),
            instance_type: Some("t3.nano".into()),
            ..Default::default()
        };
        call(&ec2, op::RunInstances, launch).await.unwrap();
        let mut instance: Instance = world.store.list(&Filter::all()).unwrap().pop().unwrap();
        instance.machine_image = "ami-used".into();
        let (id, changed) = (instance.id.clone(), instance.clone());
        world.store.transact(move |tx| Ok::<_, Error>(tx.put(&changed)?)).await.unwrap();

        sweep(&ec2).await;
        assert_eq!(shelf.captured(), ["ami-used"]);

        let terminate = TerminateInstancesRequest { instance_ids: Some(vec![id]), ..Default::default() };
        call(&ec2, op::TerminateInstances, terminate).await.unwrap();
        sweep(&ec2).await;
        assert_eq!(shelf.captured(), ["ami-used"], "its machine is still being ended");

        instance.state = InstanceState::Terminated;
        world.store.transact(move |tx| Ok::<_, Error>(tx.put(&instance)?)).await.unwrap();
        sweep(&ec2).await;
        assert!(shelf.captured().is_empty());
    }
}

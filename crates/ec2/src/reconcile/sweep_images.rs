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

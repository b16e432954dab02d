//! `ec2.images`: makes the images that CreateImage wrote down.
//!
//! | image | machine | step |
//! | --- | --- | --- |
//! | to be copied, interruption wanted | running | its guest is asked to shut down |
//! | to be copied, interruption asked | running | it is waited for; after a minute it is killed |
//! | to be copied | stopped, or not to be interrupted | its disk is copied into the host's image store |
//! | copied or failed, interruption asked | stopped | it is started again |
//! | copied | running | `available` |
//!
//! While it is interrupted the instance stays `running`: `ec2.exits` asks [`is_interrupted`]. If it is stopped or
//! terminated meanwhile, that goes its own way, and nothing is started again here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::{Error as MachineError, MachineState};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use super::Vpcs;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::Reader;
use crate::model::{Image, ImageState, Instance, InstanceState, Interruption};

/// How long a guest may take to shut down before it is cut off.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// What cannot be copied, or started again, for this long cannot be.
const TIMEOUT: SignedDuration = SignedDuration::from_mins(30);
/// Longest pause between looks at a guest that shuts down; its exit is an event and ends the pause.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Held while an image comes to the host's store or leaves it, until it is noted here what for.
pub type ImageTurn = Arc<tokio::sync::Mutex<()>>;

pub struct MakeImages {
    ec2: Arc<Ec2>,
    vpcs: Arc<Vpcs>,
    turn: ImageTurn,
}

/// Whether the instance's machine may be off, or have been so since then, only because an image is being made of it.
pub fn is_interrupted(from: &mut (impl Reader + ?Sized), instance: &Instance, since: Timestamp) -> Result<bool> {
    let images = images_of(from, instance)?;
    Ok(images.iter().any(|image| image.interruption != Interruption::None || image.created >= since))
}

fn images_of(from: &mut (impl Reader + ?Sized), instance: &Instance) -> Result<Vec<Image>> {
    let mut images: Vec<Image> = from.read_all(&Filter::account(&instance.account))?;
    images.retain(|image| image.source_instance.as_ref() == Some(&instance.id));
    Ok(images)
}

impl MakeImages {
    pub fn new(ec2: Arc<Ec2>, vpcs: Arc<Vpcs>, turn: ImageTurn) -> Self {
        Self { ec2, vpcs, turn }
    }

    async fn copy(&self, image: &Image, source: Option<Instance>) -> Result<Next, Failure> {
        let Some(source) = source.filter(|source| !source.state.is_ending()) else {
            return self.fail(image, "The instance was terminated before its disk was copied.").await;
        };
        let machine = self.ec2.driver.state(&source.id).await?;
        if matches!(machine, MachineState::Running { .. }) && image.interruption != Interruption::None {
            return self.halt(image, &source).await;
        }
        match self.capture(image, &source).await {
            Ok(()) => Ok(Next::Again),
            Err(error) if is_final(&error) || self.is_late(image) => {
                tracing::warn!(image = %image.id, %error, "an image cannot be made");
                self.fail(image, &format!("The disk of {} could not be copied: {error}", source.id)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn halt(&self, image: &Image, source: &Instance) -> Result<Next, Failure> {
        if source.state != InstanceState::Running {
            // It is being stopped by its user, or started: either is someone else's work.
            return Ok(Next::After(LOOK_AGAIN));
        }
        if self.ec2.now() >= image.created.saturating_add(GRACE).unwrap_or(image.created) {
            self.ec2.driver.kill(&source.id).await?;
            return Ok(Next::After(Duration::from_millis(20)));
        }
        if image.interruption == Interruption::Wanted {
            self.ec2.driver.shut_down(&source.id).await?;
            return self.write(image, |image| image.interruption = Interruption::Asked).await;
        }
        Ok(Next::After(LOOK_AGAIN))
    }

    async fn capture(&self, image: &Image, source: &Instance) -> Result<(), MachineError> {
        let _turn = self.turn.lock().await;
        let host = &self.ec2.images;
        let name = host.capture(&source.id, &source.machine_image, &image.name, &image.description).await?;
        let noted = self.write(image, move |image| image.machine_image = name).await;
        noted.map(drop).map_err(|error| MachineError::io("note the image", std::io::Error::other(error)))
    }

    async fn fail(&self, image: &Image, reason: &str) -> Result<Next, Failure> {
        let reason = reason.to_owned();
        self.write(image, move |image| {
            (image.state, image.state_reason) = (ImageState::Failed, Some(reason));
        })
        .await
    }

    /// Starts the machine again, then the image is done.
    async fn finish(&self, image: &Image, source: Option<Instance>) -> Result<Next, Failure> {
        if image.interruption != Interruption::None
            && let Some(source) = source.filter(|source| source.state == InstanceState::Running)
            && !self.is_awaited_by_others(image, &source)?
            && self.ec2.driver.state(&source.id).await? == MachineState::Stopped
        {
            match self.start(&source).await {
                Ok(()) => return Ok(Next::Again),
                // Then it is off, and `ec2.exits` says so.
                Err(failure) if self.is_late(image) => {
                    tracing::warn!(instance = %source.id, %failure, "an instance cannot be started again after its image");
                }
                Err(failure) => return Err(failure),
            }
        }
        self.write(image, |image| {
            image.interruption = Interruption::None;
            if image.state == ImageState::Pending {
                image.state = ImageState::Available;
            }
        })
        .await
    }

    async fn start(&self, source: &Instance) -> Result<(), Failure> {
        self.vpcs.ensure(&source.vpc).await?;
        Ok(self.ec2.driver.start(&source.id).await?)
    }

    /// Whether another image of the same instance needs it off: then that one starts it.
    fn is_awaited_by_others(&self, image: &Image, source: &Instance) -> Result<bool> {
        let all = images_of(&mut self.ec2.committed(), source)?;
        Ok(all
            .iter()
            .any(|other| other.id != image.id && other.awaits_copy() && other.interruption != Interruption::None))
    }

    fn is_late(&self, image: &Image) -> bool {
        self.ec2.now().duration_since(image.created) > TIMEOUT
    }

    async fn write(&self, image: &Image, change: impl FnOnce(&mut Image) + Send + 'static) -> Result<Next, Failure> {
        let id = image.id.clone();
        self.ec2
            .store
            .transact(move |tx| {
                let Some(before) = tx.get::<Image>(&id)? else { return Ok(()) };
                let mut after = before.clone();
                change(&mut after);
                if after != before {
                    tx.put(&after)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(Next::Again)
    }
}

#[async_trait]
impl Reconciler for MakeImages {
    fn name(&self) -> &'static str {
        "ec2.images"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let images: Vec<Image> = self.ec2.store.list(&Filter::index(2, Image::UNSETTLED))?;
        Ok(images.into_iter().map(|image| image.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let image: Option<Image> = self.ec2.store.get(key)?;
        let Some(image) = image.filter(Image::is_unsettled) else { return Ok(Next::Settled) };
        let source = match &image.source_instance {
            Some(id) => self.ec2.store.get::<Instance>(id)?,
            None => None,
        };
        if image.awaits_copy() { self.copy(&image, source).await } else { self.finish(&image, source).await }
    }
}

/// Whether trying again would be in vain.
fn is_final(error: &MachineError) -> bool {
    matches!(
        error,
        MachineError::Unsupported(_)
            | MachineError::NoImage(_)
            | MachineError::NoMachine(_)
            | MachineError::DiskFull(_)
    )
}

//! What an instance gives back when it stops, and when it is terminated.

use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

use crate::addresses::{detach_interface, release_public, remove_interface};
use crate::errors::Result;
use crate::lookup::by_index;
use crate::metering::delete_volume;
use crate::model::{Attachment, AttachmentStatus, CpuCredits, Instance, NetworkInterface, Volume, VolumeState};

/// A stopped instance keeps everything but the public addresses that came with its launch.
pub fn stopped(tx: &mut dyn Tx, instance: &Instance, now: Timestamp) -> Result<()> {
    for mut interface in by_index::<NetworkInterface>(tx, 2, &instance.id)? {
        let before = interface.clone();
        for address in &mut interface.addresses {
            if let Some(association) = address.association.take_if(|association| association.elastic.is_none()) {
                release_public(tx, association.public, now)?;
            }
        }
        if interface != before {
            tx.put(&interface)?;
        }
    }
    Ok(())
}

/// A terminated instance keeps nothing; what is not to be deleted with it is detached.
pub fn terminated(tx: &mut dyn Tx, instance: &Instance, now: Timestamp) -> Result<()> {
    stopped(tx, instance, now)?;
    tx.delete::<CpuCredits>(&instance.id)?;
    for mut interface in by_index::<NetworkInterface>(tx, 2, &instance.id)? {
        if interface.attachment.as_ref().is_some_and(goes_too) {
            remove_interface(tx, &interface, now)?;
        } else {
            detach_interface(tx, &mut interface, now)?;
        }
    }
    for mut volume in by_index::<Volume>(tx, 0, &instance.id)? {
        if volume.attachment.as_ref().is_some_and(|attachment| attachment.delete_on_termination) {
            delete_volume(tx, &volume, now)?;
        } else {
            (volume.attachment, volume.state) = (None, VolumeState::Available);
            tx.put(&volume)?;
        }
    }
    Ok(())
}

/// An interface that was about to be detached outlives its instance, whatever was said of it before.
fn goes_too(attachment: &Attachment) -> bool {
    attachment.delete_on_termination && attachment.status != AttachmentStatus::Detaching
}

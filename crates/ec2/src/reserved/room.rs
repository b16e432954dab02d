//! The room that Reserved Instances of a zone keep (*EC2 user guide, Regional and zonal Reserved Instances*): instances of
//! their account take it, running ones first, and nobody else.

use freehold_billing::engine::Tenancy as Billed;
use freehold_store::Tx;

use super::Bought;
use crate::errors::Result;
use crate::model::{HeldRoom, Tags, Tenancy};
use crate::{Ec2, rooms};

/// What is kept; `None` for those of the region, which keep none.
pub fn of(ec2: &Ec2, bought: &Bought) -> Option<HeldRoom> {
    let letter = bought.offer.zone?;
    Some(HeldRoom {
        id: bought.reserved.id.clone(),
        account: bought.reserved.account.clone(),
        instance_type: bought.offer.instance_type.clone(),
        zone: format!("{}{letter}", ec2.region.name),
        platform: "Linux/UNIX".into(),
        tenancy: if bought.offer.tenancy == Billed::Dedicated { Tenancy::Dedicated } else { Tenancy::Default },
        count: bought.reserved.count,
        used: 0,
        is_open: true,
        // It is paid for anyway.
        is_metered: false,
        since: ec2.now(),
    })
}

/// Keeps room for what was bought. Whoever calls gives it back ([`settle`]) if the transaction fails.
///
/// # Errors
/// `InsufficientInstanceCapacity` if there is not so much.
pub fn keep(ec2: &Ec2, tx: &mut dyn Tx, bought: &Bought) -> Result<()> {
    of(ec2, bought).map_or(Ok(()), |room| rooms::hold(tx, &ec2.ledger, room, &Tags::default()))
}

/// Gives back what was kept, so that what replaces it in the same transaction can have it. To be followed by [`settle`],
/// whatever becomes of the transaction.
pub fn give_back(ec2: &Ec2, tx: &mut dyn Tx, id: &str) -> Result<()> {
    rooms::give_back(tx, id, &Tags::default(), ec2.now())?;
    ec2.ledger.give_back_room(id);
    Ok(())
}

/// Makes the ledger hold for these what is stored.
pub fn settle<'i>(ec2: &Ec2, ids: impl IntoIterator<Item = &'i String>) -> Result<()> {
    ids.into_iter().try_for_each(|id| rooms::undo(&mut ec2.committed(), &ec2.ledger, id))
}

//! Images that the caller may change: their own.

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::images;
use crate::lookup::Reader;
use crate::model::Image;

/// The caller's own image. One that they may launch but do not own is refused as AWS does.
pub fn owned(ec2: &Ec2, from: &mut (impl Reader + ?Sized), account: &str, id: Option<&str>) -> Result<Image> {
    let id = id.filter(|id| !id.is_empty()).ok_or(Error::MissingParameter("ImageId"))?;
    let image = images::find(from, ec2.images.as_ref(), account, id)?;
    if image.account == account {
        return Ok(image);
    }
    Err(Error::other("AuthFailure", format!("Not authorized for image:{id}")))
}

//! ModifyListenerAttributes. All of them or none.

use std::sync::Arc;

use freehold_api::elbv2::{ModifyListenerAttributesInput, ModifyListenerAttributesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::model::{Listener, attributes};

pub(super) async fn modify_listener_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyListenerAttributesInput,
) -> Result<ModifyListenerAttributesOutput, freehold_wire::Error> {
    let arn = input.listener_arn.unwrap_or_default();
    let wanted = input.attributes.unwrap_or_default();
    let modified = elb.change::<Listener, _>(call.account(), &arn, move |_, listener| {
        for attribute in wanted {
            let (key, value) = (attribute.key.unwrap_or_default(), attribute.value.unwrap_or_default());
            attributes::of_listener(listener).check(&key, &value)?;
            listener.attributes.insert(key, value);
        }
        Ok(())
    });
    Ok(ModifyListenerAttributesOutput { attributes: Some(view::attributes(&modified.await?)) })
}

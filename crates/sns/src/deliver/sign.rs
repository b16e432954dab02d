//! Signatures of what is delivered. The key is made when it is first needed.

use crate::Sns;
use crate::errors::Error;
use crate::model::{Kind, Notification};
use crate::publish::envelope::{Contents, Signed};
use crate::signature::{Confirmation, Fields, Signer, Subject, Version};

impl Sns {
    /// Who signs.
    pub(crate) async fn signer(&self) -> Result<&Signer, Error> {
        self.signer.get_or_try_init(|| Signer::load_or_make(&self.store)).await.map_err(failed)
    }

    /// The signature of a notification.
    pub(crate) fn sign_notification(
        &self,
        signer: &Signer,
        contents: &Contents<'_>,
        version: Version,
    ) -> Result<Signed, Error> {
        let fields = Fields {
            message: contents.message,
            message_id: contents.message_id,
            timestamp: contents.timestamp,
            topic_arn: contents.topic,
            subject: Subject::Notification(contents.subject),
        };
        signed(signer, &fields, version, contents.endpoint)
    }

    /// The signature of the question whether an endpoint wants to be told.
    pub(crate) fn sign_confirmation(
        &self,
        signer: &Signer,
        notification: &Notification,
        timestamp: &str,
        confirmation: Confirmation<'_>,
        version: Version,
    ) -> Result<Signed, Error> {
        let fields = Fields {
            message: &notification.message,
            message_id: &notification.id,
            timestamp,
            topic_arn: &notification.topic,
            subject: match notification.kind {
                Kind::UnsubscribeConfirmation { .. } => Subject::Unsubscribed(confirmation),
                Kind::SubscriptionConfirmation { .. } | Kind::Notification => Subject::Subscribed(confirmation),
            },
        };
        signed(signer, &fields, version, &notification.endpoint)
    }
}

fn signed(signer: &Signer, fields: &Fields<'_>, version: Version, endpoint: &str) -> Result<Signed, Error> {
    Ok(Signed {
        version: version.as_str(),
        signature: signer.sign(version, fields).map_err(failed)?,
        certificate_url: format!("{endpoint}{}", signer.certificate_path()),
    })
}

fn failed(error: crate::signature::Error) -> Error {
    tracing::error!(%error, "messages cannot be signed");
    Error::Internal
}

//! What is signed: names and values of a message's fields, each on a line of its own, names in byte order.

/// A message's fields that are signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    pub message: &'a str,
    pub message_id: &'a str,
    /// As the message shows it.
    pub timestamp: &'a str,
    pub topic_arn: &'a str,
    pub subject: Subject<'a>,
}

/// What a message is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// `Notification`, with its `Subject` if it has one.
    Notification(Option<&'a str>),
    /// `SubscriptionConfirmation`
    Subscribed(Confirmation<'a>),
    /// `UnsubscribeConfirmation`
    Unsubscribed(Confirmation<'a>),
}

/// How a subscription is confirmed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirmation<'a> {
    pub subscribe_url: &'a str,
    pub token: &'a str,
}

impl Subject<'_> {
    /// `Type` of the message.
    pub(crate) fn message_type(&self) -> &'static str {
        match self {
            Self::Notification(_) => "Notification",
            Self::Subscribed(_) => "SubscriptionConfirmation",
            Self::Unsubscribed(_) => "UnsubscribeConfirmation",
        }
    }
}

impl Fields<'_> {
    /// The string to sign.
    pub(super) fn to_sign(self) -> String {
        let mut text = String::with_capacity(self.message.len() + 512);
        let mut line = |name: &str, value: &str| {
            for part in [name, "\n", value, "\n"] {
                text.push_str(part);
            }
        };
        line("Message", self.message);
        line("MessageId", self.message_id);
        match self.subject {
            Subject::Notification(subject) => {
                if let Some(subject) = subject {
                    line("Subject", subject);
                }
                line("Timestamp", self.timestamp);
            }
            Subject::Subscribed(confirmation) | Subject::Unsubscribed(confirmation) => {
                line("SubscribeURL", confirmation.subscribe_url);
                line("Timestamp", self.timestamp);
                line("Token", confirmation.token);
            }
        }
        line("TopicArn", self.topic_arn);
        line("Type", self.subject.message_type());
        text
    }
}

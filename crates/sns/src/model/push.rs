//! Platform applications and the devices that are registered with them.

use std::collections::BTreeMap;

use freehold_core::Arn;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// Push services (*API reference, CreatePlatformApplication: Platform*).
pub(crate) const PLATFORMS: [&str; 12] = [
    "ADM",
    "APNS",
    "APNS_SANDBOX",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "BAIDU",
    "FCM",
    "GCM",
    "MPNS",
    "MACOS",
    "MACOS_SANDBOX",
    "WNS",
];

/// A program on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Application {
    /// `arn:…:app/GCM/name`; its id too.
    pub arn: String,
    pub account: String,
    pub platform: String,
    pub name: String,
    /// Without the secrets, which are never shown.
    pub attributes: BTreeMap<String, String>,
}

impl Application {
    pub fn arn(region: &str, account: &str, platform: &str, name: &str) -> String {
        Arn::new("sns", region, account, format!("app/{platform}/{name}")).to_string()
    }
}

impl Document for Application {
    const KIND: &'static str = "sns.application";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// A program on one device: SNS calls it a platform endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    /// `arn:…:endpoint/GCM/name/UUID`; its id too.
    pub arn: String,
    pub account: String,
    pub application: String,
    /// `Token`, `Enabled` and `CustomUserData`.
    pub attributes: BTreeMap<String, String>,
}

impl Device {
    pub fn token(&self) -> &str {
        self.attributes.get("Token").map_or("", String::as_str)
    }

    pub fn is_enabled(&self) -> bool {
        self.attributes.get("Enabled").is_some_and(|value| value == "true")
    }

    /// The push service: `GCM`.
    pub fn platform(&self) -> &str {
        platform_of(&self.arn)
    }
}

/// The push service in the ARN of an application or a device.
pub(crate) fn platform_of(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or_default()
}

impl Document for Device {
    const KIND: &'static str = "sns.device";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Application; application with token.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.application.clone()), Some(Self::key(&self.application, self.token())), None]
    }
}

impl Device {
    /// By what a second registration of the same device is found.
    pub fn key(application: &str, token: &str) -> String {
        format!("{application} {token}")
    }
}

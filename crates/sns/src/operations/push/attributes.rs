//! Attributes of applications and devices (*API reference, SetPlatformApplicationAttributes and SetEndpointAttributes*).

use std::collections::BTreeMap;

use crate::errors::Error;

/// Never shown again (*GetPlatformApplicationAttributes*), and there is no push service to show them to: not kept.
const SECRETS: [&str; 2] = ["PlatformCredential", "PlatformPrincipal"];
const OF_APPLICATION: [&str; 10] = [
    "EventEndpointCreated",
    "EventEndpointDeleted",
    "EventEndpointUpdated",
    "EventDeliveryFailure",
    "SuccessFeedbackRoleArn",
    "FailureFeedbackRoleArn",
    "SuccessFeedbackSampleRate",
    "ApplePlatformTeamID",
    "ApplePlatformBundleID",
    "AppleCertificateExpirationDate",
];
/// Bytes (*SetEndpointAttributes: CustomUserData*).
const MOST_DATA: usize = 2048;

/// Checks an application's attributes and sets those that are kept.
pub(super) fn of_application(
    kept: &mut BTreeMap<String, String>,
    changes: BTreeMap<String, String>,
) -> Result<(), Error> {
    for (name, value) in changes {
        if SECRETS.contains(&name.as_str()) {
            if value.is_empty() {
                return Err(Error::reason("Attributes", format!("{name} must not be empty")));
            }
            continue;
        }
        // Events would be published to topics; nobody would be told, so they are refused unless they are switched off.
        if name.starts_with("Event") && !value.is_empty() && OF_APPLICATION.contains(&name.as_str()) {
            return Err(Error::reason("Attributes", format!("{name}: This region does not publish events of devices")));
        }
        if !OF_APPLICATION.contains(&name.as_str()) {
            return Err(Error::reason("Attributes", format!("Invalid attribute name: {name}")));
        }
        set(kept, name, value);
    }
    Ok(())
}

/// Checks a device's attributes and sets them.
pub(super) fn of_device(kept: &mut BTreeMap<String, String>, changes: BTreeMap<String, String>) -> Result<(), Error> {
    for (name, value) in changes {
        match name.as_str() {
            "Enabled" => {
                let value = value.to_ascii_lowercase();
                if !matches!(value.as_str(), "true" | "false") {
                    return Err(Error::reason("Attributes", "Enabled: must be true or false"));
                }
                kept.insert(name, value);
            }
            "Token" if value.is_empty() => return Err(Error::InvalidParameter("Token".into())),
            "Token" => set(kept, name, value),
            "CustomUserData" if value.len() > MOST_DATA => {
                return Err(Error::InvalidParameter("CustomUserData".into()));
            }
            "CustomUserData" => set(kept, name, value),
            _ => return Err(Error::reason("Attributes", format!("Invalid attribute name: {name}"))),
        }
    }
    Ok(())
}

fn set(kept: &mut BTreeMap<String, String>, name: String, value: String) {
    if value.is_empty() {
        kept.remove(&name);
    } else {
        kept.insert(name, value);
    }
}

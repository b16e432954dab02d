//! An account's SMS attributes (*API reference, SetSMSAttributes*).

use crate::errors::Error;

const NAMES: [&str; 6] = [
    "MonthlySpendLimit",
    "DeliveryStatusIAMRole",
    "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",
    "DefaultSMSType",
    "UsageReportS3Bucket",
];

pub(super) fn check_name(name: &str) -> Result<(), Error> {
    if NAMES.contains(&name) {
        Ok(())
    } else {
        Err(Error::InvalidParameter(format!("AttributeName Reason: Unknown attribute {name}")))
    }
}

pub(super) fn check(name: &str, value: &str) -> Result<(), Error> {
    check_name(name)?;
    let is_good = match name {
        "MonthlySpendLimit" => value.parse::<u32>().is_ok(),
        "DeliveryStatusSuccessSamplingRate" => value.parse::<u8>().is_ok_and(|rate| rate <= 100),
        "DeliveryStatusIAMRole" => value.is_empty() || value.starts_with("arn:aws:iam::"),
        "DefaultSenderID" => {
            value.len() <= 11
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && (value.is_empty() || value.bytes().any(|byte| byte.is_ascii_alphabetic()))
        }
        "DefaultSMSType" => matches!(value, "Promotional" | "Transactional"),
        // There is no S3 to report to.
        _ => value.is_empty(),
    };
    if is_good { Ok(()) } else { Err(Error::reason(name, format!("Invalid value [{value}]"))) }
}

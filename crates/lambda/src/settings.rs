//! Settings of a request, checked and put into those of a version.

use std::collections::BTreeMap;

use freehold_api::lambda::{DeadLetterConfig, Environment, EphemeralStorage, LoggingConfig, SnapStart, TracingConfig};

use crate::errors::Error;
use crate::model::{Logging, Settings, Vpc};

/// Bytes of all environment variables (*Developer guide, Lambda quotas*).
const MOST_ENVIRONMENT: usize = 4096;
/// Versions of layers (*Developer guide, Lambda quotas*).
pub(crate) const MOST_LAYERS: usize = 5;
/// What functions may not set (*Developer guide, Defined runtime environment variables: reserved*).
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// What a request may set of a version; what it does not mention stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub runtime: Option<String>,
    pub handler: Option<String>,
    pub role: Option<String>,
    pub description: Option<String>,
    pub timeout: Option<i32>,
    pub memory_size: Option<i32>,
    pub environment: Option<Environment>,
    pub layers: Option<Vec<String>>,
    pub dead_letters: Option<DeadLetterConfig>,
    pub tracing: Option<TracingConfig>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub logging: Option<LoggingConfig>,
    /// As EC2 knows it.
    pub vpc: Option<Vpc>,
}

impl Settings {
    /// What a function has that says nothing more (*API reference, CreateFunction*).
    pub fn new() -> Self {
        Self {
            runtime: String::new(),
            handler: String::new(),
            role: String::new(),
            description: String::new(),
            timeout: 3,
            memory_mib: 128,
            ephemeral_mib: 512,
            architecture: "x86_64".into(),
            variables: BTreeMap::new(),
            layers: Vec::new(),
            dead_letters: None,
            traces: false,
            logging: Logging { is_json: false, application_level: None, system_level: None, group: None },
            vpc: None,
        }
    }

    /// Puts what is wanted in. Whether a role, a runtime or a layer exists is not asked here.
    pub fn apply(&mut self, wanted: Wanted) -> Result<(), Error> {
        set(&mut self.runtime, wanted.runtime);
        set(&mut self.handler, wanted.handler);
        set(&mut self.role, wanted.role);
        set(&mut self.description, wanted.description);
        if let Some(seconds) = wanted.timeout {
            self.timeout = within("timeout", seconds, 1, 900)?;
        }
        if let Some(mib) = wanted.memory_size {
            self.memory_mib = within("memorySize", mib, 128, 10_240)?;
        }
        if let Some(mib) = wanted.ephemeral_storage.and_then(|storage| storage.size) {
            self.ephemeral_mib = within("ephemeralStorage.size", mib, 512, 10_240)?;
        }
        if let Some(environment) = wanted.environment {
            self.variables = variables(environment.variables.unwrap_or_default())?;
        }
        if let Some(layers) = wanted.layers {
            self.layers = checked_layers(layers)?;
        }
        if let Some(target) = wanted.dead_letters {
            self.dead_letters = dead_letters(target.target_arn.unwrap_or_default())?;
        }
        if let Some(mode) = wanted.tracing.and_then(|tracing| tracing.mode) {
            self.traces = mode == "Active";
        }
        if let Some(logging) = wanted.logging {
            self.logging = checked_logging(&self.logging, logging)?;
        }
        if wanted.vpc.is_some() {
            self.vpc = wanted.vpc;
        }
        Ok(())
    }
}

fn set(member: &mut String, wanted: Option<String>) {
    if let Some(wanted) = wanted {
        *member = wanted;
    }
}

fn within(name: &'static str, value: i32, least: i32, most: i32) -> Result<u32, Error> {
    let bound = if value > most {
        format!("less than or equal to {most}")
    } else {
        format!("greater than or equal to {least}")
    };
    u32::try_from(value).ok().filter(|_| (least..=most).contains(&value)).ok_or_else(|| Error::Validation {
        member: name,
        value: value.to_string(),
        constraint: format!("Member must have value {bound}"),
    })
}

fn variables(variables: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Error> {
    const UNABLE: &str = "Lambda was unable to configure your environment variables because the environment variables you \
                          have provided";
    let reserved: Vec<&str> = variables.keys().map(String::as_str).filter(|key| RESERVED.contains(key)).collect();
    if !reserved.is_empty() {
        return Err(Error::invalid(format!(
            "{UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    let is_good = |key: &str| {
        key.len() >= 2
            && key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if let Some(key) = variables.keys().find(|key| !is_good(key)) {
        return Err(Error::Validation {
            member: "environment.variables",
            value: key.clone(),
            constraint: "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: \
                         [a-zA-Z]([a-zA-Z0-9_])+]"
                .into(),
        });
    }
    let bytes: usize = variables.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > MOST_ENVIRONMENT {
        return Err(Error::invalid(format!("{UNABLE} exceeded the 4KB limit. Bytes measured: {bytes}")));
    }
    Ok(variables)
}

fn checked_layers(layers: Vec<String>) -> Result<Vec<String>, Error> {
    if layers.len() > MOST_LAYERS {
        return Err(Error::invalid(format!("Cannot reference more than {MOST_LAYERS} layers.")));
    }
    let mut names = std::collections::BTreeSet::new();
    for arn in &layers {
        let (layer, _) = crate::names::layer_version(arn)
            .ok_or_else(|| Error::invalid(format!("{arn} is not the ARN of a version of a layer")))?;
        if !names.insert(layer) {
            return Err(Error::invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {arn} \
                 and another version of it were."
            )));
        }
    }
    Ok(layers)
}

/// An empty ARN takes the configuration away.
fn dead_letters(arn: String) -> Result<Option<String>, Error> {
    if arn.is_empty() {
        return Ok(None);
    }
    let service = arn.split(':').nth(2).unwrap_or_default();
    if !matches!(service, "sqs" | "sns") || arn.ends_with(".fifo") {
        return Err(Error::invalid(format!("The target ARN {arn} is not a standard queue of SQS or topic of SNS.")));
    }
    Ok(Some(arn))
}

fn checked_logging(present: &Logging, wanted: LoggingConfig) -> Result<Logging, Error> {
    let is_json = wanted.log_format.as_deref().map_or(present.is_json, |format| format == "JSON");
    let has_levels = wanted.application_log_level.is_some() || wanted.system_log_level.is_some();
    if has_levels && !is_json {
        return Err(Error::invalid("ApplicationLogLevel and SystemLogLevel can only be set when LogFormat is JSON."));
    }
    let level = |wanted: Option<String>, present: &Option<String>| {
        is_json.then(|| wanted.or_else(|| present.clone()).unwrap_or_else(|| "INFO".into()))
    };
    Ok(Logging {
        is_json,
        application_level: level(wanted.application_log_level, &present.application_level),
        system_level: level(wanted.system_log_level, &present.system_level),
        group: wanted.log_group.or_else(|| present.group.clone()),
    })
}

/// What a request may carry that this region does not have. Each is refused by its name, unless it asks for nothing.
pub(crate) struct Refusable<'a> {
    pub snap_start: Option<&'a SnapStart>,
    pub kms_key: Option<&'a str>,
    pub has_file_systems: bool,
    pub has_image_config: bool,
    pub has_tenancy: bool,
    pub has_capacity_provider: bool,
    pub has_durability: bool,
    pub has_runtime_config: bool,
    pub has_accelerator: bool,
}

impl Refusable<'_> {
    pub fn check(&self) -> Result<(), Error> {
        let snaps = self.snap_start.is_some_and(|snap| snap.apply_on.as_deref() == Some("PublishedVersions"));
        let has_key = self.kms_key.is_some_and(|key| !key.is_empty());
        let refused = [
            (snaps, "SnapStart: this region has no SnapStart (yet)."),
            (has_key, "KMSKeyArn: this region has no KMS."),
            (self.has_file_systems, "FileSystemConfigs: this region has no EFS."),
            (self.has_image_config, "ImageConfig: functions of this region come from zip packages only (yet)."),
            (self.has_tenancy, "TenancyConfig: this region does not isolate tenants of a function."),
            (self.has_capacity_provider, "CapacityProviderConfig: this region has no capacity providers."),
            (self.has_durability, "DurableConfig: this region has no durable executions."),
            (self.has_runtime_config, "RuntimeConfig: runtimes of this region have one version, the host's."),
            (self.has_accelerator, "AcceleratorConfig: this region has no accelerators for functions."),
        ];
        match refused.iter().find(|(is_wanted, _)| *is_wanted) {
            Some((_, sentence)) => Err(Error::invalid(*sentence)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(wanted: Wanted) -> Result<Settings, Error> {
        let mut settings = Settings::new();
        settings.apply(wanted).map(|()| settings)
    }

    fn with_variables(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
        let variables = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        applied(Wanted { environment: Some(Environment { variables: Some(variables) }), ..Wanted::default() })
    }

    #[test]
    fn what_is_not_mentioned_has_its_default() {
        let settings = applied(Wanted { timeout: Some(900), ..Wanted::default() }).unwrap();
        assert_eq!((settings.timeout, settings.memory_mib, settings.ephemeral_mib), (900, 128, 512));
        for (timeout, memory) in [(Some(0), None), (Some(901), None), (None, Some(127)), (None, Some(10_241))] {
            assert!(applied(Wanted { timeout, memory_size: memory, ..Wanted::default() }).is_err());
        }
    }

    #[test]
    fn the_regions_own_variables_are_not_the_functions_to_set() {
        assert_eq!(with_variables(&[("STAGE", "test")]).unwrap().variables["STAGE"], "test");
        let refused = with_variables(&[("AWS_REGION", "x")]).unwrap_err().to_string();
        assert!(refused.ends_with("Reserved keys used in this request: AWS_REGION"), "{refused}");
        assert!(with_variables(&[("1", "x")]).is_err() && with_variables(&[("A-B", "x")]).is_err());
        let long = "x".repeat(4095);
        assert!(with_variables(&[("AB", &long)]).unwrap_err().to_string().contains("4KB limit"));
    }

    #[test]
    fn a_layer_comes_in_one_version_and_dead_letters_go_to_queues_and_topics() {
        let layer = "arn:aws:lambda:us-east-1:111122223333:layer:tools";
        let layers = |versions: &[u32]| {
            let layers = versions.iter().map(|version| format!("{layer}:{version}")).collect();
            applied(Wanted { layers: Some(layers), ..Wanted::default() })
        };
        assert_eq!(layers(&[1]).unwrap().layers, [format!("{layer}:1")]);
        assert!(layers(&[1, 2]).is_err());
        assert!(dead_letters("arn:aws:sqs:us-east-1:111122223333:q".into()).unwrap().is_some());
        assert!(dead_letters(String::new()).unwrap().is_none());
        assert!(dead_letters("arn:aws:lambda:us-east-1:111122223333:function:f".into()).is_err());
        assert!(dead_letters("arn:aws:sqs:us-east-1:111122223333:q.fifo".into()).is_err());
    }

    #[test]
    fn levels_belong_to_json() {
        let logging = |format: Option<&str>, level: Option<&str>| {
            let wanted = LoggingConfig {
                log_format: format.map(str::to_owned),
                application_log_level: level.map(str::to_owned),
                ..LoggingConfig::default()
            };
            applied(Wanted { logging: Some(wanted), ..Wanted::default() }).map(|settings| settings.logging)
        };
        assert!(logging(None, Some("DEBUG")).is_err());
        let json = logging(Some("JSON"), Some("DEBUG")).unwrap();
        assert_eq!(json.application_level.as_deref(), Some("DEBUG"));
        assert_eq!(json.system_level.as_deref(), Some("INFO"));
        assert_eq!(json.group_of("f"), "/aws/lambda/f");
    }
}

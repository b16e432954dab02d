//! The resources that a request is about, as ARNs (*Service authorization reference*). An action on nothing in
//! particular is about `*`.

use base64::Engine;
use freehold_core::ids::is_well_formed;
use freehold_store::StoreExt;
use freehold_wire::schema::{Kind, Value};
use freehold_wire::server::Authorisation;

use crate::Iam;
use crate::condition_keys::{member, number};
use crate::model::{InstanceProfile, Role};

/// EC2's identifiers by their prefix: the name in ARNs, and whether the ARN names the account.
const EC2: [(&str, &str, bool); 17] = [
    ("i", "instance", true),
    ("vol", "volume", true),
    ("eni", "network-interface", true),
    ("vpc", "vpc", true),
    ("subnet", "subnet", true),
    ("sg", "security-group", true),
    ("sgr", "security-group-rule", true),
    ("rtb", "route-table", true),
    ("igw", "internet-gateway", true),
    ("acl", "network-acl", true),
    ("dopt", "dhcp-options", true),
    ("eipalloc", "elastic-ip", true),
    ("lt", "launch-template", true),
    ("key", "key-pair", true),
    ("nat", "natgateway", true),
    ("ami", "image", false),
    ("snap", "snapshot", false),
];

/// Never empty.
pub(crate) fn of(iam: &Iam, question: &Authorisation<'_>) -> Vec<String> {
    let mut found = match question.service {
        "acm" => member(question, "CertificateArn").map(str::to_owned).into_iter().collect(),
        "ec2" => ec2(question),
        "elasticloadbalancing" => balancers(question),
        "events" => buses(question),
        "iam" => identities(iam, question),
        "lambda" => functions(question),
        "logs" => log_groups(question),
        "monitoring" => alarms(question),
        "savingsplans" => plans(question),
        "scheduler" => schedules(question),
        "ssm" => parameters(question),
        "sns" => topics(question),
        "sqs" => queues(question),
        _ => Vec::new(),
    };
    if found.is_empty() {
        found.push("*".to_owned());
    }
    found
}

fn ec2(question: &Authorisation<'_>) -> Vec<String> {
    let operation = question.call.operation;
    // Describing is about everything (*Actions defined by Amazon EC2*).
    if operation.starts_with("Describe") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let arn = |resource: &str, has_account: bool, id: &str| {
        let account = if has_account { question.call.account() } else { "" };
        format!("arn:aws:ec2:{}:{account}:{resource}/{id}", question.call.region)
    };
    texts(question.input, &mut |text| {
        if let Some((_, resource, has_account)) = EC2.iter().find(|(prefix, ..)| is_well_formed(prefix, text)) {
            found.push(arn(resource, *has_account, text));
        }
    });
    if let Some(name) = member(question, "KeyName") {
        found.push(arn("key-pair", true, name));
    }
    let made: &[&str] = match operation {
        "RunInstances" => &["instance", "network-interface", "volume"],
        "AllocateAddress" => &["elastic-ip"],
        _ => &[],
    };
    found.extend(made.iter().map(|resource| arn(resource, true, "*")));
    if let Some(made) = operation.strip_prefix("Create").filter(|made| !matches!(*made, "Tags" | "Route" | "KeyPair")) {
        found.push(arn(&kebab(made), made != "Image", "*"));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// `SecurityGroup` as `security-group`.
fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 3);
    for (position, character) in name.chars().enumerate() {
        if character.is_ascii_uppercase() && position > 0 {
            text.push('-');
        }
        text.push(character.to_ascii_lowercase());
    }
    text
}

/// Roles and profiles by name; those that do not exist have no path.
fn identities(iam: &Iam, question: &Authorisation<'_>) -> Vec<String> {
    let account = question.call.account();
    let path = member(question, "Path").unwrap_or("/");
    let role = member(question, "RoleName").map(|name| match iam.store.get::<Role>(&Role::id(account, name)) {
        Ok(Some(role)) => role.arn().to_string(),
        _ => format!("arn:aws:iam::{account}:role{path}{name}"),
    });
    let profile = member(question, "InstanceProfileName").map(|name| {
        match iam.store.get::<InstanceProfile>(&InstanceProfile::id(account, name)) {
            Ok(Some(profile)) => profile.arn().to_string(),
            _ => format!("arn:aws:iam::{account}:instance-profile{path}{name}"),
        }
    });
    // What is done to a profile is asked of the profile; the role beside it is passed, not changed.
    profile.or(role).into_iter().collect()
}

/// Functions and what belongs to them, layers, mappings and code signing configurations (*Actions defined by AWS
/// Lambda*). A function that is named with a qualifier is asked for with it.
fn functions(question: &Authorisation<'_>) -> Vec<String> {
    let operation = question.call.operation;
    let arn =
        |resource: String| format!("arn:aws:lambda:{}:{}:{resource}", question.call.region, question.call.account());
    if let Some(arn) = ["Resource", "Arn"].iter().find_map(|name| member(question, name)) {
        return vec![arn.to_owned()];
    }
    let config = member(question, "CodeSigningConfigArn").map(str::to_owned);
    if let Some(layer) = member(question, "LayerName") {
        let layer = if layer.starts_with("arn:") { layer.to_owned() } else { arn(format!("layer:{layer}")) };
        // What a version's policy allows is allowed for that version alone.
        return vec![match number(question, "VersionNumber") {
            Some(version) => format!("{layer}:{version}"),
            None => layer,
        }];
    }
    if let Some(mapping) = member(question, "UUID") {
        return vec![arn(format!("event-source-mapping:{mapping}"))];
    }
    let Some(name) = member(question, "FunctionName").filter(|_| !operation.ends_with("EventSourceMapping")) else {
        return config.into_iter().collect();
    };
    let name = if name.starts_with("arn:") {
        name.to_owned()
    } else {
        // `name`, `function:name`, `account:function:name`, each with a qualifier or without.
        let mut parts: Vec<&str> = name.split(':').collect();
        let has_account = parts.len() > 1 && freehold_core::is_account(parts[0]);
        let account = if has_account { parts.remove(0) } else { question.call.account() };
        if parts.len() > 1 && parts[0] == "function" {
            parts.remove(0);
        }
        format!("arn:aws:lambda:{}:{account}:function:{}", question.call.region, parts.join(":"))
    };
    let function = match member(question, "Qualifier") {
        Some(qualifier) if name.split(':').count() == 7 => format!("{name}:{qualifier}"),
        _ => name,
    };
    // What a function is given is asked for beside it.
    std::iter::once(function).chain(config).collect()
}

/// Alarms by their names, or by ARN where they are tagged. Metrics are no resources.
fn alarms(question: &Authorisation<'_>) -> Vec<String> {
    let arn =
        |name: &str| format!("arn:aws:cloudwatch:{}:{}:alarm:{name}", question.call.region, question.call.account());
    match question.call.operation {
        "DeleteAlarms" | "DisableAlarmActions" | "EnableAlarmActions" => {
            let mut found = Vec::new();
            texts(question.input, &mut |name| found.push(arn(name)));
            found
        }
        "DescribeAlarmHistory" | "PutCompositeAlarm" | "PutMetricAlarm" | "SetAlarmState" => {
            member(question, "AlarmName").map(arn).into_iter().collect()
        }
        _ => member(question, "ResourceARN").map(str::to_owned).into_iter().collect(),
    }
}

/// Balancers and what belongs to them, by ARN; what is made, by what it is made in or by its name. To describe is about
/// everything (*Actions defined by AWS Elastic Load Balancing V2*).
fn balancers(question: &Authorisation<'_>) -> Vec<String> {
    let operation = question.call.operation;
    if operation.starts_with("Describe") {
        return Vec::new();
    }
    let made = |resource: String| {
        let (region, account) = (&question.call.region, question.call.account());
        format!("arn:aws:elasticloadbalancing:{region}:{account}:{resource}/*")
    };
    let name = member(question, "Name").unwrap_or_default();
    match operation {
        "AddTags" | "RemoveTags" | "SetRulePriorities" => {
            let mut found = Vec::new();
            texts(question.input, &mut |text| {
                if text.starts_with("arn:aws:elasticloadbalancing:") {
                    found.push(text.to_owned());
                }
            });
            found
        }
        "CreateLoadBalancer" => {
            let kind = if member(question, "Type") == Some("network") { "net" } else { "app" };
            vec![made(format!("loadbalancer/{kind}/{name}"))]
        }
        "CreateTargetGroup" => vec![made(format!("targetgroup/{name}"))],
        _ => {
            const ARNS: [&str; 4] = ["LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn"];
            ARNS.iter().find_map(|name| member(question, name).map(str::to_owned)).into_iter().collect()
        }
    }
}

/// Savings Plans by ARN where they are tagged, else by their id; offerings are no resources (*Actions defined by AWS
/// Savings Plans*).
fn plans(question: &Authorisation<'_>) -> Vec<String> {
    let arn = |id: &str| format!("arn:aws:savingsplans::{}:savingsplan/{id}", question.call.account());
    let found = match question.call.operation {
        "CreateSavingsPlan" => Some(arn("*")),
        _ => member(question, "resourceArn").map(str::to_owned).or_else(|| member(question, "savingsPlanId").map(arn)),
    };
    found.into_iter().collect()
}

/// Log groups, and streams in them; in ARNs that are asked for, both have a stream's part (*Actions defined by Amazon
/// CloudWatch Logs*), so that `log-group:NAME:*` means them. To describe groups is about all of them.
fn log_groups(question: &Authorisation<'_>) -> Vec<String> {
    if let Some(arn) = member(question, "resourceArn") {
        return vec![arn.to_owned()];
    }
    let name = member(question, "logGroupName").or_else(|| member(question, "logGroupIdentifier"));
    let Some(name) = name.or((question.call.operation == "DescribeLogGroups").then_some("")) else {
        return Vec::new();
    };
    let stream = member(question, "logStreamName").unwrap_or_default();
    let group = match name.strip_prefix("arn:") {
        Some(_) => name.trim_end_matches(":*").to_owned(),
        None => format!("arn:aws:logs:{}:{}:log-group:{name}", question.call.region, question.call.account()),
    };
    vec![format!("{group}:log-stream:{stream}")]
}

fn parameters(question: &Authorisation<'_>) -> Vec<String> {
    if question.call.operation.starts_with("Describe") {
        return Vec::new();
    }
    let mut found = Vec::new();
    texts(question.input, &mut |text| {
        if text.starts_with('/') {
            // Public parameters belong to nobody.
            let account = if text.starts_with("/aws/") { "" } else { question.call.account() };
            found.push(format!("arn:aws:ssm:{}:{account}:parameter{text}", question.call.region));
        }
    });
    found
}

/// A queue by its address, its name, or in message move tasks its ARN.
fn queues(question: &Authorisation<'_>) -> Vec<String> {
    let arn = |account: &str, name: &str| format!("arn:aws:sqs:{}:{account}:{name}", question.call.region);
    let found = if let Some(url) = member(question, "QueueUrl") {
        let mut segments = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/').rsplit('/');
        // An address that is none is refused by the operation.
        segments.next().zip(segments.next()).map(|(name, account)| arn(account, name))
    } else if let Some(name) = member(question, "QueueName") {
        Some(arn(member(question, "QueueOwnerAWSAccountId").unwrap_or(question.call.account()), name))
    } else if let Some(handle) = member(question, "TaskHandle") {
        source_of_task(handle)
    } else {
        member(question, "SourceArn").map(str::to_owned)
    };
    found.into_iter().collect()
}

/// Handles of message move tasks say in JSON what they are about.
fn source_of_task(handle: &str) -> Option<String> {
    let handle = base64::engine::general_purpose::STANDARD.decode(handle).ok()?;
    let handle: serde_json::Value = serde_json::from_slice(&handle).ok()?;
    handle.get("sourceArn")?.as_str().map(str::to_owned)
}

/// Topics, subscriptions and platform applications, by their ARNs. A subscription's permissions are its topic's.
fn topics(question: &Authorisation<'_>) -> Vec<String> {
    const ARNS: [&str; 5] = ["TopicArn", "TargetArn", "ResourceArn", "PlatformApplicationArn", "EndpointArn"];
    let found = ARNS.iter().find_map(|name| member(question, name).map(str::to_owned));
    let found = found.or_else(|| {
        let (topic, _) = member(question, "SubscriptionArn")?.rsplit_once(':')?;
        Some(topic.to_owned())
    });
    let made = || {
        let name = member(question, "Name").filter(|_| question.call.operation == "CreateTopic")?;
        Some(format!("arn:aws:sns:{}:{}:{name}", question.call.region, question.call.account()))
    };
    found.or_else(made).into_iter().collect()
}

/// Schedules by their groups, and groups (*Actions defined by Amazon EventBridge Scheduler*).
fn schedules(question: &Authorisation<'_>) -> Vec<String> {
    let operation = question.call.operation;
    let arn =
        |resource: String| format!("arn:aws:scheduler:{}:{}:{resource}", question.call.region, question.call.account());
    let named = member(question, "Name").map(|name| {
        if operation.ends_with("Group") {
            return arn(format!("schedule-group/{name}"));
        }
        arn(format!("schedule/{}/{name}", member(question, "GroupName").unwrap_or("default")))
    });
    named.or_else(|| member(question, "ResourceArn").map(str::to_owned)).into_iter().collect()
}

/// Rules by their names, or else buses; events by the buses that they go to (*Actions defined by Amazon EventBridge*).
fn buses(question: &Authorisation<'_>) -> Vec<String> {
    let (region, account) = (&question.call.region, question.call.account());
    let bus = |name: Option<&str>| match name.unwrap_or("default") {
        arn if arn.starts_with("arn:") => arn.to_owned(),
        name => format!("arn:aws:events:{region}:{account}:event-bus/{name}"),
    };
    let rule = |rule: &str, bus: Option<&str>| {
        let bus = bus.map_or("default", |bus| bus.rsplit_once(":event-bus/").map_or(bus, |(_, name)| name));
        let path = if bus == "default" { String::new() } else { format!("{bus}/") };
        format!("arn:aws:events:{region}:{account}:rule/{path}{rule}")
    };
    let own = |kind: &str, name: &str| {
        let named = member(question, name).map(|name| format!("arn:aws:events:{region}:{account}:{kind}/{name}"));
        named.into_iter().collect()
    };
    let of = member(question, "EventBusName");
    match question.call.operation {
        "PutEvents" => {
            let mut found = named_buses(question).into_iter().map(bus).collect::<Vec<_>>();
            found.sort_unstable();
            found.dedup();
            found
        }
        "CreateEventBus" | "DeleteEventBus" | "DescribeEventBus" | "UpdateEventBus" => {
            vec![bus(member(question, "Name"))]
        }
        "PutPermission" | "RemovePermission" => vec![bus(of)],
        "CreateArchive" | "DeleteArchive" | "DescribeArchive" | "UpdateArchive" => own("archive", "ArchiveName"),
        "CancelReplay" | "DescribeReplay" => own("replay", "ReplayName"),
        "StartReplay" => member(question, "EventSourceArn").map(str::to_owned).into_iter().collect(),
        "PutTargets" | "RemoveTargets" | "ListTargetsByRule" => {
            member(question, "Rule").map(|name| rule(name, of)).into_iter().collect()
        }
        "DeleteRule" | "DescribeRule" | "DisableRule" | "EnableRule" | "PutRule" => {
            member(question, "Name").map(|name| rule(name, of)).into_iter().collect()
        }
        _ => member(question, "ResourceARN").map(str::to_owned).into_iter().collect(),
    }
}

/// The bus of each entry of PutEvents.
fn named_buses<'a>(question: &Authorisation<'a>) -> Vec<Option<&'a str>> {
    let mut found = Vec::new();
    let Value::Structure(fields) = question.input else { return found };
    for (entries, field) in question.schema.members().iter().zip(fields) {
        let (Kind::List { member: entry }, Some(Value::List(items))) = (&entries.schema.kind, field) else { continue };
        let at = entry.schema.members().iter().position(|member| member.name == "EventBusName");
        found.extend(items.iter().map(|item| match (item, at) {
            (Value::Structure(values), Some(at)) => match values.get(at) {
                Some(Some(Value::String(name))) => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        }));
    }
    found
}

/// Every text in a value.
fn texts(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::List(items) => items.iter().for_each(|item| texts(item, visit)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, visit)),
        Value::Structure(fields) => fields.iter().flatten().for_each(|field| texts(field, visit)),
        _ => {}
    }
}

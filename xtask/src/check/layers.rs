//! Dependencies point down: the binary stands on services, services on what they share, that on `core` and `wire`.
//! A service that needs another above it goes through `core`'s target router.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The layers from the ground up, each crate with those of its own layer that it may use. A crate uses every layer
/// below its own but for what [`FORBIDDEN`] says.
const LAYERS: &[&[(&str, &[&str])]] = &[
    &[("core", &[])],
    &[("balancer", &[]), ("client", &[]), ("wire", &[])],
    &[("api", &[]), ("machine", &[]), ("store", &[])],
    &[("billing", &["metering"]), ("functions", &[]), ("iam", &[]), ("metering", &[]), ("queues", &[])],
    &[
        ("acm", &[]),
        ("autoscaling", &[]),
        ("console", &[]),
        ("costs", &[]),
        ("ec2", &[]),
        ("elb", &[]),
        ("events", &[]),
        ("lambda", &[]),
        ("logs", &[]),
        ("monitoring", &[]),
        ("sns", &["sqs"]),
        ("sqs", &[]),
        ("ssm", &[]),
    ],
    &[("bench", &[]), ("freehold", &[])],
];

/// Edges that point down and yet must not be.
const FORBIDDEN: &[(&str, &str)] = &[
    ("machine", "wire"),
    ("store", "wire"),
    ("iam", "machine"),
    ("functions", "api"),
    ("functions", "store"),
    ("queues", "machine"),
    ("queues", "api"),
    ("freehold", "xtask"),
];

/// Crates that stand outside: the program inside of machines, a function that tests upload, and this one. Nothing uses them, they use nothing.
const APART: &[&str] = &["guest", "sample-function", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a normal one; `dev` ones may point anywhere.
    kind: Option<String>,
    /// Only crates of the workspace have one.
    path: Option<String>,
}

/// What each crate of the workspace uses of it.
type Edges = BTreeMap<String, Vec<String>>;

pub fn findings(root: &Path) -> Result<Vec<String>> {
    Ok(violations(&edges(root)?))
}

/// Reads the manifests, as cargo understands them.
fn edges(root: &Path) -> Result<Edges> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("starting cargo")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("reading cargo's metadata")?;
    let uses = |package: &Package| {
        let own = package.dependencies.iter().filter(|it| it.path.is_some() && it.kind.as_deref() != Some("dev"));
        own.map(|dependency| short(&dependency.name)).collect()
    };
    Ok(metadata.packages.iter().map(|package| (short(&package.name), uses(package))).collect())
}

fn short(name: &str) -> String {
    name.strip_prefix("freehold-").unwrap_or(name).to_owned()
}

fn violations(edges: &Edges) -> Vec<String> {
    let mut findings = Vec::new();
    for (user, used) in edges {
        if level(user).is_none() && !APART.contains(&user.as_str()) {
            findings.push(format!("crate {user} has no layer: give it one in xtask/src/check/layers.rs"));
        }
        for used in used {
            if !is_allowed(user, used) {
                findings.push(format!("crate {user} must not depend on {used}"));
            }
        }
    }
    findings
}

fn level(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.iter().any(|(candidate, _)| *candidate == name))
}

fn is_allowed(user: &str, used: &str) -> bool {
    let (Some(above), Some(below)) = (level(user), level(used)) else { return false };
    let siblings = LAYERS[above].iter().find(|(name, _)| *name == user).map_or(&[][..], |(_, siblings)| siblings);
    (below < above || siblings.contains(&used)) && !FORBIDDEN.contains(&(user, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(user: &str, used: &str) -> Vec<String> {
        violations(&Edges::from([(user.to_owned(), vec![used.to_owned()])]))
    }

    #[test]
    fn downward_edges_pass() {
        for (user, used) in [("wire", "core"), ("api", "wire"), ("iam", "store"), ("ec2", "iam"), ("freehold", "ec2")] {
            assert_eq!(edge(user, used), Vec::<String>::new());
        }
    }

    #[test]
    fn upward_and_sideways_edges_are_found() {
        for (user, used) in [("core", "wire"), ("wire", "api"), ("iam", "ec2"), ("ssm", "ec2"), ("machine", "wire")] {
            assert_eq!(edge(user, used), [format!("crate {user} must not depend on {used}")]);
        }
    }

    #[test]
    fn a_crate_without_a_layer_is_found() {
        assert_eq!(edge("novel", "core").len(), 2);
    }
}

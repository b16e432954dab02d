//! What the tour made so far: enough to remove all of it at any moment, in the order in which it can go.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freehold_client::{Api, Client, Element};

use crate::demo::region::{code, gone};

/// How long something may take to become so.
const PATIENCE: Duration = Duration::from_secs(180);

/// Names and ids in the region. What has the tour's own name is not noted: it is asked for by name at the end.
pub struct Made {
    client: Client,
    /// Of everything that can have a name; distinguishes this run from another at the same time.
    pub name: String,
    pub balancer: Option<String>,
    pub target_group: Option<String>,
    /// Security groups: the servers' is removed before the balancer's, which it names.
    pub groups: Vec<String>,
    pub has_template: bool,
    pub has_fleet: bool,
    pub alarms: Vec<String>,
}

impl Made {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            name: format!("freehold-demo-{}", std::process::id()),
            balancer: None,
            target_group: None,
            groups: Vec::new(),
            has_template: false,
            has_fleet: false,
            alarms: Vec::new(),
        }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub async fn call(&self, api: Api, action: &str, parameters: &[(&str, &str)]) -> Result<Element> {
        self.client.call(api, action, parameters).await.with_context(|| action.to_owned())
    }

    /// The Auto Scaling group as it is now; `None` once it is gone.
    pub async fn fleet(&self) -> Result<Option<Element>> {
        let asked = [("AutoScalingGroupNames.member.1", self.name.as_str())];
        let answer = self.call(Api::AUTO_SCALING, "DescribeAutoScalingGroups", &asked).await?;
        Ok(answer.items("AutoScalingGroups").first().cloned())
    }

    /// Ids of the servers that are in service and healthy for the balancer as well.
    pub async fn serving(&self) -> Result<Vec<String>> {
        let group = self.fleet().await?.context("the Auto Scaling group is gone")?;
        let asked = [("TargetGroupArn", self.target_group.as_deref().unwrap_or_default())];
        let health = self.call(Api::ELB, "DescribeTargetHealth", &asked).await?;
        let healthy: Vec<&str> = health
            .items("TargetHealthDescriptions")
            .iter()
            .filter(|target| target.value("State").is_ok_and(|state| state == "healthy"))
            .filter_map(|target| target.value("Id").ok())
            .collect();
        let in_service = group
            .items("Instances")
            .iter()
            .filter(|instance| instance.value("LifecycleState").is_ok_and(|state| state == "InService"));
        let ids = in_service.filter_map(|instance| instance.value("InstanceId").ok());
        Ok(ids.filter(|id| healthy.contains(id)).map(str::to_owned).collect())
    }

    /// Waits until the servers that serve are as `wanted`; which they are then.
    pub async fn until_serving(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
        let started = Instant::now();
        loop {
            let serving = self.serving().await?;
            if wanted(&serving) {
                return Ok(serving);
            }
            if started.elapsed() > PATIENCE {
                bail!("{what}: not within {} s; {} servers serve", PATIENCE.as_secs(), serving.len());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends the servers, and waits until they are gone.
    pub async fn end_fleet(&mut self) -> Result<()> {
        for alarm in std::mem::take(&mut self.alarms) {
            gone(self.call(Api::CLOUD_WATCH, "DeleteAlarms", &[("AlarmNames.member.1", &alarm)]).await)?;
        }
        if self.has_fleet {
            let asked = [("AutoScalingGroupName", self.name.as_str()), ("ForceDelete", "true")];
            gone(self.call(Api::AUTO_SCALING, "DeleteAutoScalingGroup", &asked).await)?;
            let started = Instant::now();
            while self.fleet().await?.is_some() {
                if started.elapsed() > PATIENCE {
                    bail!("the Auto Scaling group is still there after {} s", PATIENCE.as_secs());
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            self.has_fleet = false;
        }
        Ok(())
    }

    /// Removes the balancer and everything else.
    pub async fn remove_rest(&mut self) -> Result<()> {
        if let Some(arn) = &self.balancer {
            gone(self.call(Api::ELB, "DeleteLoadBalancer", &[("LoadBalancerArn", arn)]).await)?;
            self.balancer = None;
        }
        if let Some(arn) = &self.target_group {
            gone(self.call(Api::ELB, "DeleteTargetGroup", &[("TargetGroupArn", arn)]).await)?;
            self.target_group = None;
        }
        if self.has_template {
            let asked = [("LaunchTemplateName", self.name.as_str())];
            gone(self.call(Api::EC2, "DeleteLaunchTemplate", &asked).await)?;
            self.has_template = false;
        }
        while let Some(group) = self.groups.last().cloned() {
            self.remove_group(&group).await?;
            self.groups.pop();
        }
        Ok(())
    }

    /// A group goes when the last interface that has it has gone.
    async fn remove_group(&self, group: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            match gone(self.call(Api::EC2, "DeleteSecurityGroup", &[("GroupId", group)]).await) {
                Err(error) if code(&error) == Some("DependencyViolation") && started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                outcome => return outcome,
            }
        }
    }
}

//! Building the fleet, step by step.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_client::Api;

use super::made::Made;
use crate::demo::region::newest_image;
use crate::demo::screen::Screen;

/// Serves one page on port 80.
const USER_DATA: &str = "#!/bin/sh
mkdir -p /srv/www
echo \"Hello from $(hostname).\" > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
";
const TYPE: &str = "t3.nano";
/// How long a balancer may take to be active.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the fleet goes, and what it is made of.
pub struct Place {
    pub image: String,
    pub vpc: String,
    /// Of two zones.
    pub subnets: Vec<String>,
}

pub async fn place(made: &Made, screen: &Screen) -> Result<Place> {
    let by_hand = "aws ec2 describe-images --owners amazon --filters 'Name=name,Values=freehold-minimal-*'\n\
                   aws ec2 describe-subnets --filters Name=default-for-az,Values=true";
    screen
        .step("Find an image, and subnets in two zones", by_hand, async {
            let image = newest_image(made.client()).await?.value("imageId")?.to_owned();
            let asked = [("Filter.1.Name", "default-for-az"), ("Filter.1.Value.1", "true")];
            let subnets = made.call(Api::EC2, "DescribeSubnets", &asked).await?;
            let subnets = subnets.items("subnetSet");
            let vpc = subnets.first().context("the account has no default subnets")?.value("vpcId")?.to_owned();
            let ids: Result<Vec<String>> =
                subnets.iter().take(2).map(|subnet| subnet.value("subnetId").map(str::to_owned)).collect();
            let subnets = ids?;
            let outcome = format!("{image}, {}", subnets.join(" and "));
            Ok((Place { image, vpc, subnets }, outcome))
        })
        .await
}

pub async fn groups(made: &mut Made, place: &Place, screen: &Screen) -> Result<()> {
    let name = made.name.clone();
    let by_hand = format!(
        "aws ec2 create-security-group --group-name {name}-balancer --description demo\n\
         aws ec2 create-security-group --group-name {name}-servers --description demo\n\
         aws ec2 authorize-security-group-ingress --group-name {name}-balancer --protocol tcp --port 80 --cidr 0.0.0.0/0\n\
         aws ec2 authorize-security-group-ingress --group-name {name}-servers --protocol tcp --port 80 \
         --source-group {name}-balancer"
    );
    screen
        .step("Let visitors reach the balancer, and only the balancer the servers", &by_hand, async {
            for of in ["balancer", "servers"] {
                let name = format!("{name}-{of}");
                let asked = [
                    ("GroupName", name.as_str()),
                    ("GroupDescription", "freehold demo"),
                    ("VpcId", place.vpc.as_str()),
                ];
                let group = made.call(Api::EC2, "CreateSecurityGroup", &asked).await?.value("groupId")?.to_owned();
                made.groups.push(group);
            }
            let [balancer, servers] = pair(made)?;
            let from_anywhere = ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0");
            let from_balancer = ("IpPermissions.1.Groups.1.GroupId", balancer.as_str());
            for (group, source) in [(&balancer, from_anywhere), (&servers, from_balancer)] {
                let asked = [
                    ("GroupId", group.as_str()),
                    ("IpPermissions.1.IpProtocol", "tcp"),
                    ("IpPermissions.1.FromPort", "80"),
                    ("IpPermissions.1.ToPort", "80"),
                    source,
                ];
                made.call(Api::EC2, "AuthorizeSecurityGroupIngress", &asked).await?;
            }
            Ok(((), format!("{balancer} takes port 80 from anywhere, {servers} from {balancer}")))
        })
        .await
}

fn pair(made: &Made) -> Result<[String; 2]> {
    <[String; 2]>::try_from(made.groups.clone()).ok().context("two security groups")
}

pub async fn template(made: &mut Made, place: &Place, screen: &Screen) -> Result<()> {
    let name = made.name.clone();
    let [_, servers] = pair(made)?;
    let by_hand = format!(
        "cat > web.sh <<'END'\n{USER_DATA}END\naws ec2 create-launch-template --launch-template-name {name} \
         --launch-template-data \"{{\\\"ImageId\\\":\\\"{}\\\",\\\"InstanceType\\\":\\\"{TYPE}\\\",\
         \\\"SecurityGroupIds\\\":[\\\"{servers}\\\"],\\\"UserData\\\":\\\"$(base64 -w0 web.sh)\\\"}}\"",
        place.image
    );
    made.has_template = true;
    screen
        .step("Say in a launch template what a server is", &by_hand, async {
            let user_data = STANDARD.encode(USER_DATA);
            let asked = [
                ("LaunchTemplateName", name.as_str()),
                ("LaunchTemplateData.ImageId", &place.image),
                ("LaunchTemplateData.InstanceType", TYPE),
                ("LaunchTemplateData.SecurityGroupId.1", &servers),
                ("LaunchTemplateData.UserData", &user_data),
            ];
            let answer = made.call(Api::EC2, "CreateLaunchTemplate", &asked).await?;
            Ok(((), answer.value("launchTemplateId")?.to_owned()))
        })
        .await
}

/// The balancer's DNS name.
pub async fn balancer(made: &mut Made, place: &Place, screen: &Screen) -> Result<String> {
    let name = made.name.clone();
    let [balancer, _] = pair(made)?;
    let subnets = place.subnets.join(" ");
    let by_hand = format!(
        "aws elbv2 create-target-group --name {name} --protocol HTTP --port 80 --vpc-id {} \
         --health-check-interval-seconds 5 --health-check-timeout-seconds 2 --healthy-threshold-count 2\n\
         aws elbv2 create-load-balancer --name {name} --subnets {subnets} --security-groups {balancer}\n\
         aws elbv2 create-listener --protocol HTTP --port 80 --load-balancer-arn $balancer \
         --default-actions Type=forward,TargetGroupArn=$targets",
        place.vpc
    );
    screen
        .step("Make a load balancer in both zones", &by_hand, async {
            let group = target_group(made, place).await?;
            let mut asked = vec![("Name", name.as_str()), ("SecurityGroups.member.1", balancer.as_str())];
            for (name, subnet) in ["Subnets.member.1", "Subnets.member.2"].into_iter().zip(&place.subnets) {
                asked.push((name, subnet));
            }
            let answer = made.call(Api::ELB, "CreateLoadBalancer", &asked).await?;
            let (arn, dns_name) = (answer.value("LoadBalancerArn")?.to_owned(), answer.value("DNSName")?.to_owned());
            made.balancer = Some(arn.clone());
            let asked = [
                ("LoadBalancerArn", arn.as_str()),
                ("Protocol", "HTTP"),
                ("Port", "80"),
                ("DefaultActions.member.1.Type", "forward"),
                ("DefaultActions.member.1.TargetGroupArn", &group),
            ];
            made.call(Api::ELB, "CreateListener", &asked).await?;
            until_active(made, &arn).await?;
            Ok((dns_name.clone(), format!("{dns_name} is active")))
        })
        .await
}

async fn target_group(made: &mut Made, place: &Place) -> Result<String> {
    let asked = [
        ("Name", made.name.as_str()),
        ("Protocol", "HTTP"),
        ("Port", "80"),
        ("VpcId", &place.vpc),
        ("HealthCheckIntervalSeconds", "5"),
        ("HealthCheckTimeoutSeconds", "2"),
        ("HealthyThresholdCount", "2"),
    ];
    let answer = made.call(Api::ELB, "CreateTargetGroup", &asked).await?;
    let arn = answer.value("TargetGroupArn")?.to_owned();
    made.target_group = Some(arn.clone());
    let asked = [
        ("TargetGroupArn", arn.as_str()),
        ("Attributes.member.1.Key", "deregistration_delay.timeout_seconds"),
        ("Attributes.member.1.Value", "2"),
    ];
    made.call(Api::ELB, "ModifyTargetGroupAttributes", &asked).await?;
    Ok(arn)
}

async fn until_active(made: &Made, arn: &str) -> Result<()> {
    let started = Instant::now();
    loop {
        let answer = made.call(Api::ELB, "DescribeLoadBalancers", &[("LoadBalancerArns.member.1", arn)]).await?;
        let state = answer.find("State").context("a balancer without a state")?;
        match state.value("Code")? {
            "active" => return Ok(()),
            "failed" => bail!("the balancer failed: {}", state.value("Reason").unwrap_or("no reason given")),
            other if started.elapsed() > PATIENCE => {
                bail!("the balancer is still {other} after {} s", PATIENCE.as_secs());
            }
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

pub async fn fleet(made: &mut Made, place: &Place, screen: &Screen) -> Result<()> {
    let name = made.name.clone();
    let (targets, subnets) = (made.target_group.clone().unwrap_or_default(), place.subnets.join(","));
    let by_hand = format!(
        "aws autoscaling create-auto-scaling-group --auto-scaling-group-name {name} --min-size 2 --max-size 4 \
         --launch-template 'LaunchTemplateName={name},Version=$Latest' --vpc-zone-identifier {subnets} \
         --target-group-arns $targets --health-check-type ELB --health-check-grace-period 15"
    );
    made.has_fleet = true;
    screen
        .step("Ask for two servers, and for as many as four when they are needed", &by_hand, async {
            let asked = [
                ("AutoScalingGroupName", name.as_str()),
                ("LaunchTemplate.LaunchTemplateName", &name),
                ("LaunchTemplate.Version", "$Latest"),
                ("MinSize", "2"),
                ("MaxSize", "4"),
                ("VPCZoneIdentifier", &subnets),
                ("TargetGroupARNs.member.1", &targets),
                ("HealthCheckType", "ELB"),
                ("HealthCheckGracePeriod", "15"),
            ];
            made.call(Api::AUTO_SCALING, "CreateAutoScalingGroup", &asked).await?;
            let serving = made.until_serving("two servers", |now| now.len() >= 2).await?;
            Ok(((), format!("{} are in service", serving.join(" and "))))
        })
        .await
}

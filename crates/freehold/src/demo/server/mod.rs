//! One server: launched, reached, closed, resized and terminated.

mod made;

use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use freehold_client::Client;
use made::Made;

use super::host::Host;
use super::region::newest_image;
use super::screen::Screen;
use super::{probe, removed_after, told_to_end};
use crate::terminal::note;

/// Serves one page on port 80.
const USER_DATA: &str = "#!/bin/sh
mkdir -p /srv/www
echo \"Hello from $(hostname), a server of your own.\" > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
";

const SMALL: &str = "t3.micro";
const LARGER: &str = "t3.small";

/// Takes the tour, and removes what it made unless that is to be kept.
pub async fn take(client: Client, host: &Host, keep: bool, screen: &Screen) -> Result<()> {
    let mut made = Made::new(client)?;
    let toured = tokio::select! {
        toured = walk(&mut made, host, screen) => toured,
        () = told_to_end() => Err(anyhow::anyhow!("interrupted")),
    };
    if keep {
        made.keep_key();
        note(&format!("kept: {}", made.describe()));
        return toured;
    }
    removed_after(toured, clean_up(&mut made, screen).await)
}

async fn walk(made: &mut Made, host: &Host, screen: &Screen) -> Result<()> {
    key_pair(made, screen).await?;
    security_group(made, screen).await?;
    let image = image(made, screen).await?;
    let address = launch(made, screen, &image).await?;
    if host.has_machines() {
        reach(made, screen, address).await?;
        close_port(made, screen, address).await?;
    } else {
        screen.skip("Reach it", "machines exist in state only here (--machines none)");
    }
    let address = resize(made, screen).await?;
    if host.has_machines() {
        memory(made, screen, address).await?;
    }
    Ok(())
}

/// Removes what was made, whatever that is by now.
async fn clean_up(made: &mut Made, screen: &Screen) -> Result<()> {
    if let Some(id) = made.instance.clone() {
        let by_hand = format!("aws ec2 terminate-instances --instance-ids {id}");
        let ended = async { made.end_instance().await.map(|()| ((), "terminated".to_owned())) };
        screen.step("Terminate it", &by_hand, ended).await?;
    }
    if made.group.is_some() || made.key_pair {
        let name = made.name.clone();
        let by_hand =
            format!("aws ec2 delete-security-group --group-name {name}\naws ec2 delete-key-pair --key-name {name}");
        let removed = async { made.remove_names().await.map(|()| ((), "nothing is left".to_owned())) };
        screen.step("Clean up", &by_hand, removed).await?;
    }
    Ok(())
}

async fn key_pair(made: &mut Made, screen: &Screen) -> Result<()> {
    let name = made.name.clone();
    let by_hand = format!(
        "aws ec2 create-key-pair --key-name {name} --key-type ed25519 --query KeyMaterial --output text > key.pem\nchmod 600 key.pem"
    );
    made.key_pair = true;
    screen
        .step("Make a key pair", &by_hand, async {
            let answer = made.ec2("CreateKeyPair", &[("KeyName", &name), ("KeyType", "ed25519")]).await?;
            made.write_key(answer.value("keyMaterial")?)?;
            Ok(((), format!("{} {}", answer.value("keyPairId")?, answer.value("keyFingerprint")?)))
        })
        .await
}

async fn security_group(made: &mut Made, screen: &Screen) -> Result<()> {
    let name = made.name.clone();
    let by_hand = format!(
        "aws ec2 create-security-group --group-name {name} --description demo\n\
         aws ec2 authorize-security-group-ingress --group-name {name} --protocol tcp --port 22 --cidr 0.0.0.0/0\n\
         aws ec2 authorize-security-group-ingress --group-name {name} --protocol tcp --port 80 --cidr 0.0.0.0/0"
    );
    let group = screen
        .step("Let SSH and HTTP in, and nothing else", &by_hand, async {
            let asked = [("GroupName", name.as_str()), ("GroupDescription", "freehold demo")];
            let group = made.ec2("CreateSecurityGroup", &asked).await?.value("groupId")?.to_owned();
            made.group = Some(group.clone());
            for port in ["22", "80"] {
                made.ec2("AuthorizeSecurityGroupIngress", &rule(&group, port)).await?;
            }
            let outcome = format!("{group} allows tcp 22 and tcp 80 from anywhere");
            Ok((group, outcome))
        })
        .await?;
    made.group = Some(group);
    Ok(())
}

/// Parameters of a rule that lets one TCP port in from anywhere.
fn rule<'a>(group: &'a str, port: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("GroupId", group),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", port),
        ("IpPermissions.1.ToPort", port),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ]
}

async fn image(made: &Made, screen: &Screen) -> Result<String> {
    let by_hand = "aws ec2 describe-images --owners amazon --filters 'Name=name,Values=freehold-minimal-*'";
    screen
        .step("Find an image", by_hand, async {
            let newest = newest_image(&made.client).await?;
            let id = newest.value("imageId")?.to_owned();
            let outcome = format!("{id} {}", newest.value("name")?);
            Ok((id, outcome))
        })
        .await
}

async fn launch(made: &mut Made, screen: &Screen, image: &str) -> Result<Ipv4Addr> {
    let name = made.name.clone();
    let group = made.group.clone().unwrap_or_default();
    let by_hand = format!(
        "cat > web.sh <<'END'\n{USER_DATA}END\naws ec2 run-instances --image-id {image} --instance-type {SMALL} \
         --key-name {name} --security-group-ids {group} --user-data file://web.sh"
    );
    screen
        .step("Launch a server with user data that serves a page", &by_hand, async {
            let user_data = STANDARD.encode(USER_DATA);
            let asked = [
                ("ImageId", image),
                ("InstanceType", SMALL),
                ("MinCount", "1"),
                ("MaxCount", "1"),
                ("KeyName", &name),
                ("SecurityGroupId.1", &group),
                ("UserData", &user_data),
                // A retry of this very call cannot make a second instance.
                ("ClientToken", &name),
                ("TagSpecification.1.ResourceType", "instance"),
                ("TagSpecification.1.Tag.1.Key", "Name"),
                ("TagSpecification.1.Tag.1.Value", &name),
            ];
            let id = made.ec2("RunInstances", &asked).await?.value("instanceId")?.to_owned();
            made.instance = Some(id.clone());
            let running = made.until("running").await?;
            let address = public_address(&running)?;
            Ok((address, format!("{id} runs at {address}")))
        })
        .await
}

async fn reach(made: &Made, screen: &Screen, address: Ipv4Addr) -> Result<()> {
    let page = async { probe::page(address).await.map(|page| ((), page)) };
    screen.step("Fetch the page through its public address", &format!("curl http://{address}/"), page).await?;
    let command = "uname -sr; uptime";
    let key = made.key_file();
    let inside = async { probe::ssh(address, &key, command).await.map(|said| ((), said)) };
    screen.step("Run a command over SSH", &format!("ssh -i key.pem root@{address} '{command}'"), inside).await
}

async fn close_port(made: &Made, screen: &Screen, address: Ipv4Addr) -> Result<()> {
    let group = made.group.clone().unwrap_or_default();
    let by_hand = format!(
        "aws ec2 revoke-security-group-ingress --group-id {group} --protocol tcp --port 80 --cidr 0.0.0.0/0\n\
         curl --max-time 1 http://{address}/"
    );
    screen
        .step("Close port 80, and see it closed", &by_hand, async {
            made.ec2("RevokeSecurityGroupIngress", &rule(&group, "80")).await?;
            probe::closed(address, 80).await?;
            Ok(((), "nothing answers any more".to_owned()))
        })
        .await
}

/// Stops the instance, makes it larger and starts it; its new public address.
async fn resize(made: &Made, screen: &Screen) -> Result<Ipv4Addr> {
    let id = made.instance()?;
    screen
        .step("Stop it", &format!("aws ec2 stop-instances --instance-ids {id}"), async {
            made.ec2("StopInstances", &[("InstanceId.1", id)]).await?;
            made.until("stopped").await?;
            Ok(((), "stopped".to_owned()))
        })
        .await?;
    let by_hand = format!("aws ec2 modify-instance-attribute --instance-id {id} --instance-type {LARGER}");
    screen
        .step("Make it larger", &by_hand, async {
            made.ec2("ModifyInstanceAttribute", &[("InstanceId", id), ("InstanceType.Value", LARGER)]).await?;
            Ok(((), format!("{SMALL} became {LARGER}")))
        })
        .await?;
    screen
        .step("Start it again", &format!("aws ec2 start-instances --instance-ids {id}"), async {
            made.ec2("StartInstances", &[("InstanceId.1", id)]).await?;
            let address = public_address(&made.until("running").await?)?;
            Ok((address, format!("runs at {address}")))
        })
        .await
}

async fn memory(made: &Made, screen: &Screen, address: Ipv4Addr) -> Result<()> {
    let command = "grep MemTotal /proc/meminfo";
    let key = made.key_file();
    let inside = async { probe::ssh(address, &key, command).await.map(|said| ((), said)) };
    let title = "See the new memory from inside";
    screen.step(title, &format!("ssh -i key.pem root@{address} {command}"), inside).await
}

fn public_address(instance: &freehold_client::Element) -> Result<Ipv4Addr> {
    instance.value("ipAddress").context("the instance has no public address")?.parse().context("a public address")
}

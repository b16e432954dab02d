"""What tests of Elastic Load Balancing begin with: the account's default VPC, and balancers and groups in it."""

import pytest
from support import tls
from support.waiting import QUICKLY


class Lab:
    """One account of a region without machines: balancers exist in state only."""

    def __init__(self, region, account):
        self.region, self.account = region, account
        self.elb = region.client("elbv2", account=account)
        self.ec2 = region.client("ec2", account=account)
        self.acm = region.client("acm", account=account)
        found = sorted(self.ec2.describe_subnets()["Subnets"], key=lambda subnet: subnet["AvailabilityZone"])
        self.subnets = [subnet["SubnetId"] for subnet in found]
        self.zones = [subnet["AvailabilityZone"] for subnet in found]
        self.vpc = found[0]["VpcId"]

    def arn(self, resource):
        return f"arn:aws:elasticloadbalancing:us-east-1:{self.account}:{resource}"

    def balancer(self, name="web", **more):
        return self.elb.create_load_balancer(**{"Name": name, "Subnets": self.subnets[:2]} | more)["LoadBalancers"][0]

    def network(self, name="net", **more):
        return self.balancer(name, **{"Type": "network", "Subnets": self.subnets[:1]} | more)

    def group(self, name="servers", protocol="HTTP", **more):
        asked = {"Name": name, "Protocol": protocol, "Port": 80, "VpcId": self.vpc} | more
        return self.elb.create_target_group(**asked)["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, balancer, *, port=80, protocol="HTTP", actions=None, **more):
        """The listener's ARN."""
        return self.elb.create_listener(
            LoadBalancerArn=balancer, Protocol=protocol, Port=port, DefaultActions=actions or [answer()], **more
        )["Listeners"][0]["ListenerArn"]

    def rule(self, listener, priority, path="/a", actions=None):
        return self.elb.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=[on_path(path)], Actions=actions or [answer("404")]
        )["Rules"][0]["RuleArn"]

    def certificate(self, name="www.example.com"):
        certificate, key = tls.self_signed(name, kind=("EC", "ec_paramgen_curve:P-256"))
        return self.acm.import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]

    def instance(self):
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        launched = self.ec2.run_instances(
            ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=self.subnets[0]
        )["Instances"][0]["InstanceId"]
        self.ec2.get_waiter("instance_running").wait(
            InstanceIds=[launched], **QUICKLY
        )
        return launched

    def health(self, group, **more):
        found = self.elb.describe_target_health(TargetGroupArn=group, **more)["TargetHealthDescriptions"]
        return [(one["Target"]["Id"], one["TargetHealth"]["State"], one["TargetHealth"].get("Reason")) for one in found]


def answer(status="200"):
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status}}


def forward(group):
    return {"Type": "forward", "TargetGroupArn": group}


def on_path(path):
    return {"Field": "path-pattern", "Values": [path]}


@pytest.fixture
def lab(freehold, account):
    return Lab(freehold, account)


@pytest.fixture
def elb(lab):
    return lab.elb


@pytest.fixture
def moved(region):
    """The same in a region of the test's own whose clock can be moved."""
    return Lab(region("none", "--test-clock"), "111122223333")

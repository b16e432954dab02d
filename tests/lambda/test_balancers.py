"""Functions as targets of application balancers: by name, over HTTP, with a real balancer and a real function."""

import contextlib
import datetime
import gzip
import http.client
import json
import pathlib
import shlex
import socket
import struct
import uuid

import pytest
from support.functions import Functions
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines

SERVICE = "elasticloadbalancing.amazonaws.com"
ACCOUNT = "444455556666"
CODE = """
import json
def handler(event, context):
    headers = event.get("headers") or {}
    if headers.get("user-agent") == "ELB-HealthChecker/2.0":
        return {"statusCode": 200 if event["path"] == "/well" else 500}
    path = event["path"]
    if path == "/raise":
        raise ValueError("no such thing")
    if path == "/wrong":
        return {"body": "no status"}
    if path == "/large":
        return {"statusCode": 200, "body": "x" * (1 << 20)}
    if path == "/bytes":
        return {"statusCode": 200, "isBase64Encoded": True, "body": event["body"], "headers": {"content-type": "image/png"}}
    answer = {"statusCode": 201, "statusDescription": "201 Made it", "body": json.dumps(event)}
    if "multiValueHeaders" in event:
        return answer | {"multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}
    return answer | {"headers": {"Set-Cookie": "a=1", "Content-Type": "application/json"}}
"""
SERVER = "#!/bin/sh\nmkdir -p /srv/www\necho server > /srv/www/index.html\nbusybox httpd -p 80 -h /srv/www\n"


class Answer:
    def __init__(self, found):
        self.status, self.reason, self.body = found.status, found.reason, found.read()
        self.cookies = found.headers.get_all("Set-Cookie")
        self.kind = found.headers.get("Content-Type")

    @property
    def event(self):
        return json.loads(self.body)


class Site:
    """A balancer whose default action forwards to a function."""

    def __init__(self, lab, ending, code=CODE):
        self.lab, self.region, self.ending = lab, lab.region, ending
        self.elb, self.name = self.region.client("elbv2", ACCOUNT), f"fn-{uuid.uuid4().hex[:8]}"
        self.functions = Functions(self.region, ACCOUNT, role=self.name)
        self.function = self.functions.make(self.name, code=code)["FunctionArn"]
        self.subnets = lab.default_subnets()[:2]
        self.group = self.elb.create_target_group(Name=self.name, TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
        ending.callback(self.elb.delete_target_group, TargetGroupArn=self.group)
        self.functions.let_in(SERVICE, self.group, self.name)
        self.elb.register_targets(TargetGroupArn=self.group, Targets=[{"Id": self.function}])
        made = self.elb.create_load_balancer(
            Name=self.name, Subnets=[one["SubnetId"] for one in self.subnets], SecurityGroups=[lab.group(tcp(80))]
        )["LoadBalancers"][0]
        self.arn = made["LoadBalancerArn"]
        ending.callback(self.delete)
        self.listener = self.elb.create_listener(
            LoadBalancerArn=self.arn,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )["Listeners"][0]["ListenerArn"]
        self.elb.get_waiter("load_balancer_available").wait(
            LoadBalancerArns=[self.arn], **QUICKLY
        )
        until(lambda: self.get("/").status == 201, "the function answers", timeout=60)

    @property
    def id(self):
        return self.arn.rsplit("/", 1)[1]

    @property
    def directory(self):
        return pathlib.Path(self.region.data) / "balancers" / self.id

    def interfaces(self):
        filters = [{"Name": "description", "Values": [f"ELB *{self.id}"]}]
        return self.lab.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]

    @property
    def address(self):
        if not hasattr(self, "known"):
            self.known = self.interfaces()[0]["Association"]["PublicIp"]
        return self.known

    def get(self, path, method="GET", body=None, headers=()):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(method, path)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Answer(connection.getresponse())

    def health(self):
        [one] = self.elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return one["TargetHealth"]["State"], one["TargetHealth"].get("Reason")

    def follow(self):
        """Waits until the node serves what it was told last."""

        def follows():
            told, seen = (json.loads((self.directory / f"{name}.json").read_text()) for name in ("config", "status"))
            return told["revision"] == seen["revision"]

        until(follows, "the node follows")

    def set(self, key, value, of="group"):
        wanted = [{"Key": key, "Value": value}]
        if of == "group":
            self.elb.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=wanted)
        else:
            self.elb.modify_load_balancer_attributes(LoadBalancerArn=self.arn, Attributes=wanted)

    def delete(self):
        with contextlib.suppress(Exception):
            self.elb.delete_load_balancer(LoadBalancerArn=self.arn)
        until(lambda: not self.interfaces(), "the balancer's interfaces are gone", timeout=60)


@pytest.fixture(scope="module")
def home(clients, host_is_left_clean):
    with Region("container", "--oversubscribe", "--test-clock", "--no-hosts-file") as region:
        yield region


@pytest.fixture
def site(home):
    with Lab(home, ACCOUNT) as lab, contextlib.ExitStack() as ending:
        yield Site(lab, ending)


def test_a_request_reaches_the_function_and_its_answer_the_client(site):
    headers = [("X-A", "1"), ("X-A", "2"), ("Content-Type", "text/plain")]
    found = site.get("/p%20q?k=1&k=2", "POST", b"hi", headers)
    event = found.event
    assert (found.status, found.reason, found.cookies, found.kind) == (201, "Made it", ["a=1"], "application/json")
    assert event["requestContext"] == {"elb": {"targetGroupArn": site.group}}
    assert (event["httpMethod"], event["path"], event["queryStringParameters"]) == ("POST", "/p%20q", {"k": "2"})
    assert (event["body"], event["isBase64Encoded"], event["headers"]["x-a"]) == ("hi", False, "2")
    assert (event["headers"]["x-forwarded-port"], event["headers"]["x-forwarded-proto"]) == ("80", "http")
    assert event["headers"]["x-forwarded-for"] and event["headers"]["x-amzn-trace-id"].startswith("Root=1-")
    sent = bytes(range(256))
    found = site.get("/bytes", "POST", sent, [("Content-Type", "image/png")])
    assert (found.status, found.kind, found.body) == (200, "image/png", sent)
    site.set("lambda.multi_value_headers.enabled", "true")
    until(lambda: "multiValueHeaders" in site.get("/").event, "all values are told")
    found = site.get("/?k=1&k=2", headers=headers)
    assert (found.cookies, found.event["multiValueHeaders"]["x-a"]) == (["a=1", "b=2"], ["1", "2"])
    assert found.event["multiValueQueryStringParameters"] == {"k": ["1", "2"]}


def test_an_alias_is_run_as_it_points(site):
    lam = site.functions.client
    lam.publish_version(FunctionName=site.name)
    lam.create_alias(FunctionName=site.name, Name="live", FunctionVersion="1")
    site.functions.let_in(SERVICE, site.group, site.name, Qualifier="live")
    site.elb.deregister_targets(TargetGroupArn=site.group, Targets=[{"Id": site.function}])
    until(lambda: site.get("/").status == 503, "the group is empty")
    site.elb.register_targets(TargetGroupArn=site.group, Targets=[{"Id": f"{site.function}:live"}])
    until(lambda: site.get("/").status == 201, "the alias answers", timeout=60)


def test_failures_are_bad_gateways_with_a_reason_and_counted(site):
    bucket = f"logs-{site.name}"
    site.set("access_logs.s3.bucket", bucket, of="balancer")
    site.set("access_logs.s3.enabled", "true", of="balancer")
    until(lambda: json.loads((site.directory / "config.json").read_text())["attributes"]["access_log"], "the node is told")
    site.follow()
    lam = site.functions.client
    assert [site.get(path).status for path in ("/fine", "/raise", "/wrong", "/large")] == [201, 502, 502, 502]
    assert site.get("/much", "POST", b"x" * ((1 << 20) + 1)).status == 413
    assert site.get("/upgrade", headers=[("Connection", "Upgrade"), ("Upgrade", "websocket")]).status == 400
    lam.put_function_concurrency(FunctionName=site.name, ReservedConcurrentExecutions=0)
    assert site.get("/throttled").status == 502
    lam.delete_function_concurrency(FunctionName=site.name)
    assert site.get("/fine").status == 201
    lam.remove_permission(FunctionName=site.name, StatementId="elasticloadbalancing")
    assert site.get("/denied").status == 502
    lam.delete_function(FunctionName=site.name)
    assert site.get("/gone").status == 502
    cloudwatch = site.region.client("cloudwatch", ACCOUNT)
    balancer, group = site.arn.split(":loadbalancer/")[1], site.group.split(":")[-1]

    def sums(name, **dimensions):
        now = datetime.datetime.fromisoformat(site.region.advance_clock(60)["now"])
        found = cloudwatch.get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - datetime.timedelta(days=7),
            EndTime=now + datetime.timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(one["Sum"] for one in found)

    both = {"LoadBalancer": balancer, "TargetGroup": group}
    until(lambda: sums("LambdaUserError", **both) == 7, "failures are told to CloudWatch", timeout=60)
    assert sums("LambdaUserError", TargetGroup=group) == 7
    assert sums("RequestCount", **both) >= 9
    assert sums("LambdaTargetProcessedBytes", LoadBalancer=balancer) > 1 << 20
    assert sums("HTTPCode_ELB_5XX_Count", LoadBalancer=balancer) >= 6
    site.delete()
    until(lambda: not site.directory.exists(), "the balancer is gone", timeout=60)
    found = {}
    for file in (pathlib.Path(site.region.data) / "buckets" / bucket).rglob("*.log.gz"):
        for line in gzip.decompress(file.read_bytes()).decode().splitlines():
            parts = shlex.split(line)
            found[parts[12].split("/")[3].split(" ")[0]] = (parts[4], int(parts[8]), parts[9], parts[24])
    assert found == {
        "fine": ("-", 201, "-", "-"),
        "raise": ("-", 502, "-", "LambdaUnhandled"),
        "wrong": ("-", 502, "-", "LambdaInvalidResponse"),
        "large": ("-", 502, "-", "LambdaResponseTooLarge"),
        "much": ("-", 413, "-", "LambdaRequestTooLarge"),
        "upgrade": ("-", 400, "-", "-"),
        "throttled": ("-", 502, "-", "LambdaThrottling"),
        "denied": ("-", 502, "-", "LambdaAccessDenied"),
        "gone": ("-", 502, "-", "LambdaResourceNotFound"),
    }


def test_a_function_is_checked_where_that_is_asked_for(site):
    assert site.health() == ("unavailable", "Target.HealthCheckDisabled")

    def check(**parameters):
        site.elb.modify_target_group(TargetGroupArn=site.group, **parameters)

    check(
        HealthCheckEnabled=True,
        HealthCheckPath="/well",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=4,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )
    until(lambda: site.health() == ("healthy", None), "the function is healthy", timeout=60)
    check(HealthCheckPath="/ill")
    until(lambda: site.health() == ("unhealthy", "Target.ResponseCodeMismatch"), "it is unhealthy", timeout=60)
    assert site.get("/").status == 201, "the only target there is gets requests"
    check(HealthCheckEnabled=False)
    until(lambda: site.health()[0] == "unavailable", "nobody looks any more", timeout=60)


def test_requests_are_shared_with_servers_by_weight(site):
    server = site.lab.launch(SERVER, SubnetId=site.subnets[0]["SubnetId"], SecurityGroupIds=[site.lab.group(tcp(80))])
    servers = site.elb.create_target_group(
        Name=f"{site.name}-s", Protocol="HTTP", Port=80, VpcId=site.subnets[0]["VpcId"]
    )["TargetGroups"][0]["TargetGroupArn"]
    site.elb.register_targets(TargetGroupArn=servers, Targets=[{"Id": server["InstanceId"]}])
    groups = [{"TargetGroupArn": arn, "Weight": 1} for arn in (site.group, servers)]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    site.elb.modify_listener(ListenerArn=site.listener, DefaultActions=[action])
    until(lambda: {site.get("/").status for _ in range(20)} == {200, 201}, "both answer", timeout=60)
    groups[1]["Weight"] = 0
    site.elb.modify_listener(ListenerArn=site.listener, DefaultActions=[action])
    until(lambda: {site.get("/").status for _ in range(20)} == {201}, "the function alone answers", timeout=60)
    site.elb.modify_listener(
        ListenerArn=site.listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": site.group}]
    )
    site.elb.delete_target_group(TargetGroupArn=servers)


def test_without_the_control_plane_functions_do_not_answer_and_others_do(site):
    site.elb.create_rule(
        ListenerArn=site.listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/fixed"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "204"}}],
    )
    until(lambda: site.get("/fixed").status == 204, "the rule is in force")
    site.region.kill()
    assert (site.get("/").status, site.get("/fixed").status) == (502, 204)
    site.region.start()
    until(lambda: site.get("/").status == 201, "the function answers again", timeout=60)
    assert site.get("/fixed").status == 204


def test_a_node_reaches_no_function_that_is_no_target_of_its(site):
    other = site.functions.make(f"{site.name}-other", code=CODE)["FunctionArn"]
    site.functions.let_in(SERVICE, site.group, f"{site.name}-other")
    event = json.dumps({"path": "/", "headers": {}}).encode()

    def ask(function, group=site.group):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(site.directory / "functions.sock"))
            for part in (json.dumps({"group": group, "function": function}).encode(), event):
                asking.sendall(struct.pack(">I", len(part)) + part)
            reader = asking.makefile("rb")
            return json.loads(reader.read(*struct.unpack(">I", reader.read(4))))

    assert ask(site.function) == "Returned"
    assert ask(other) == {"Failed": "AccessDenied"}
    assert ask(site.function, site.group + "0") == {"Failed": "AccessDenied"}

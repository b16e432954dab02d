"""Answers as they are on the wire, compared with the files beside this one: element names, nesting, namespaces, empty
sets, headers and error shapes of every protocol. `pytest tests/golden --update-golden` writes the files anew; review
what changed against AWS's API reference before you commit it.

One region and one story: each call may use what the calls before it made.
"""

import pathlib
import re

import pytest
from golden.stories import ACCOUNT, ANOTHER
from golden.stories.balancers import BALANCERS
from golden.stories.certificates import CERTIFICATES
from golden.stories.costs import COSTS
from golden.stories.groups import FLEET, GROUPS
from golden.stories.machines import MACHINES, REFUSALS, filtered
from golden.stories.metrics import METRICS
from golden.stories.queues import QUEUES
from golden.stories.topics import TOPICS
from support.raw import send, shown
from support.region import Region
from support.waiting import until

CALLS = [*MACHINES, *QUEUES, *TOPICS, *METRICS, *GROUPS, *BALANCERS, *CERTIFICATES, *COSTS, *REFUSALS]


class Story:
    """Sends the calls of the story, and remembers the answers to those that later calls name."""

    def __init__(self, region):
        self.region = region
        self.known = {}

    def tell(self, service, parameters, **options):
        """One call; `{name}` in a value stands for what an earlier one made known."""
        return send(self.region.endpoint, service, self.filled(parameters), **({"key": ACCOUNT} | options))

    def filled(self, value):
        match value:
            case str():
                return value.format_map(self.known)
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
        return value

    def learn(self, name, body, element):
        self.known[name] = re.search(f"<{element}>([^<]+)</{element}>|\"{element}\":\"([^\"]+)\"", body).expand(r"\1\2")

    def find(self, name, element, **parameters):
        status, _, body = self.tell("ec2", parameters)
        assert status == 200, body
        self.learn(name, body, element)


@pytest.fixture(scope="module")
def story():
    with Region() as region:
        told = Story(region)
        told.find("image", "imageId", Action="DescribeImages", **{"Owner.1": "amazon", **filtered("name", "freehold-minimal-*")})
        zone = filtered("availability-zone", "us-east-1a")
        told.find("subnet", "subnetId", Action="DescribeSubnets", **zone)
        told.find("other_subnet", "subnetId", Action="DescribeSubnets", **filtered("availability-zone", "us-east-1b"))
        told.find("vpc", "vpcId", Action="DescribeVpcs")
        told.tell("sns", {"Action": "CreateTopic", "Name": "theirs"}, key=ANOTHER)
        yield told


def compare(request, name, answer):
    path = pathlib.Path(__file__).parent / f"{name}.http"
    text = shown(*answer)
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert path.exists(), f"{path.name} is missing: run with --update-golden, and review it"
    assert text == path.read_text()


@pytest.mark.parametrize(("name", "service", "parameters", "known"), CALLS, ids=[call[0] for call in CALLS])
def test_the_answer_is_as_recorded(request, story, name, service, parameters, known):
    if name == "ec2_describe_instances":
        # From here on the instance runs, whatever the host's speed.
        running = {"Action": "DescribeInstances", "InstanceId.1": "{instance}"}
        until(lambda: "<name>running</name>" in story.tell("ec2", running)[2], "the instance runs")
    if name == "elbv2_describe_load_balancers":
        there = {"Action": "DescribeLoadBalancers"}
        until(lambda: "<Code>active</Code>" in story.tell("elasticloadbalancing", there)[2], "the balancer is active")
    if name == "autoscaling_describe_groups":
        served = {"Action": "DescribeScalingActivities"} | FLEET
        until(lambda: "Successful" in story.tell("autoscaling", served)[2], "the group's instance serves")
    answer = story.tell(service, parameters)
    for learnt, element in known.items():
        story.learn(learnt, answer[2], element)
    compare(request, name, answer)


# A call of each service that needs nothing but credentials.
HARMLESS = {
    "autoscaling": "DescribeAdjustmentTypes",
    "ec2": "DescribeRegions",
    "sts": "GetCallerIdentity",
    "ssm": "DescribeParameters",
    "sns": "ListTopics",
    "sqs": "ListQueues",
    "sqs+query": "ListQueues",
}


@pytest.mark.parametrize("service", HARMLESS)
def test_bad_credentials_are_refused_as_recorded(request, story, service):
    call, name = {"Action": HARMLESS[service]}, service.replace("+", "_")
    compare(request, f"error_{name}_unknown_key", story.tell(service, call, key="AKIAIOSFODNN7EXAMPLE"))

    def incomplete(sent):
        sent.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test"

    compare(request, f"error_{name}_incomplete_signature", story.tell(service, call, change=incomplete))

    def unsigned(sent):
        del sent.headers["Authorization"]

    compare(request, f"error_{name}_no_signature", story.tell(service, call, change=unsigned))


def test_every_file_belongs_to_a_call():
    known = {f"{call[0]}.http" for call in CALLS}
    known |= {f"error_{service.replace('+', '_')}_{kind}.http" for service in HARMLESS for kind in ("unknown_key", "incomplete_signature", "no_signature")}
    assert {path.name for path in pathlib.Path(__file__).parent.glob("*.http")} <= known

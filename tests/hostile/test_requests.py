"""Ten thousand requests of an enemy who has valid credentials: each is answered in the caller's protocol with AWS's error or
a legal success, nothing panics, memory stays where it was, and the region still serves.

What failed or nearly did is in `REGRESSIONS`. `FREEHOLD_HOSTILE_SEED` draws other requests, `FREEHOLD_HOSTILE_COUNT` more."""

import datetime
import json
import os
import pathlib
import random

import pytest
from hostile.answers import JSON_SERVICES, error_code, wrong_with
from hostile.mutations import document, encode, form
from hostile.raw import Connection, head, signed_headers
from hostile.requests_of_models import MESSAGING, SERVICES, Catalogue
from support.region import Region

pytestmark = pytest.mark.timeout(900)

SEED = int(os.environ.get("FREEHOLD_HOSTILE_SEED", "20260302"))
COUNT = int(os.environ.get("FREEHOLD_HOSTILE_COUNT", "10000"))
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

# (service, body) of what is easily answered wrongly: the answer itself would not be XML, a number does not fit, a list has
# no end, a name is no text.
REGRESSIONS = [
    ("ec2", b""),
    ("ec2", b"Action=Run%00Instances&Version=2016-11-15"),
    ("ec2", b"Action=%FF%FE&Version=2016-11-15"),
    ("ec2", b"Action=DescribeInstances&Version=2016-11-15&InstanceId.99999999999999999999=i-0"),
    ("ec2", b"Action=DescribeInstances&Version=2016-11-15&InstanceId.1=%3C%26%3E%01"),
    ("ec2", b"Action=DescribeInstances&Version=2016-11-15&MaxResults=" + b"9" * 400),
    ("ec2", b"Action=DescribeInstances&Version=2016-11-15&NextToken=%00%FF"),
    ("ec2", b"Action=RunInstances&Version=2016-11-15&MinCount=2147483647&MaxCount=2147483647&ImageId=ami-0"),
    ("ec2", b"Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=tag:%5B%5B&Filter.1.Value.1=%3F*%3F*%3F*%3F*%3F*%3F*x"),
    ("sts", b"Action=AssumeRole&Version=2011-06-15&RoleArn=%ED%A0%80&RoleSessionName=x"),
    ("iam", b"Action=CreateRole&Version=2010-05-08&RoleName=x&AssumeRolePolicyDocument=" + b"%5B" * 20000),
    ("ssm", b'{"Names":["\\ud800"]}'),
    ("ssm", b'{"Names":' + b"9" * 1000 + b"}"),
]


def resident(process):
    """MiB in memory."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the process is gone")


def known_ids(region, account):
    """Ids of one thing of each kind, by the stem of the parameters that name it."""
    ec2 = region.client("ec2", account)
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]
    images = ec2.describe_images(Owners=["amazon"])["Images"]
    found = [
        ("vpc", subnet["VpcId"]),
        ("subnet", subnet["SubnetId"]),
        ("group", group["GroupId"]),
        ("gateway", ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]),
        ("routetable", ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]),
        ("networkinterface", ec2.create_network_interface(SubnetId=subnet["SubnetId"])["NetworkInterface"]["NetworkInterfaceId"]),
        ("allocation", ec2.allocate_address(Domain="vpc")["AllocationId"]),
        ("image", images[0]["ImageId"]),
    ]
    made = ec2.run_instances(ImageId=images[0]["ImageId"], InstanceType="t3.nano", MinCount=1, MaxCount=1)
    return [*found, ("instance", made["Instances"][0]["InstanceId"])]


def known_messaging(region, account):
    """Addresses and ARNs of queues and topics."""
    sqs, sns = region.client("sqs", account), region.client("sns", account)
    urls = [
        sqs.create_queue(QueueName="plain")["QueueUrl"],
        sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"],
    ]
    arns = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"] for url in urls]
    topics = [
        sns.create_topic(Name="plain")["TopicArn"],
        sns.create_topic(Name="ordered.fifo", Attributes={"FifoTopic": "true"})["TopicArn"],
    ]
    subscriptions = [
        sns.subscribe(TopicArn=topics[0], Protocol="sqs", Endpoint=arns[0], ReturnSubscriptionArn=True)["SubscriptionArn"]
    ]
    return [("", one) for one in [*urls, *arns, *topics, *subscriptions]]


def spoil_signature(dice, headers, signing):
    """Sometimes the signature is what is wrong."""
    chance = dice.random()
    if chance < 0.01:
        signing["secret"] = "wrong"
    elif chance < 0.02:
        days = datetime.timedelta(days=dice.choice([-3650, -1, 1, 3650]))
        signing["at"] = datetime.datetime.now(datetime.timezone.utc) + days
    elif chance < 0.03:
        signing["key"] = dice.choice(["", "x", "AKIAIOSFODNN7EXAMPLE", "1" * 12 + "/", "é", "a" * 5000])
    elif chance < 0.04:
        headers["x-amz-content-sha256"] = dice.choice(["0" * 64, "x", "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"])
    elif chance < 0.05:
        headers["x-amz-security-token"] = dice.choice(["", "x", "<&>", "a" * 9000])
    elif chance < 0.06:
        headers["content-type"] = dice.choice(["", "text/xml", "multipart/form-data", "application/json", "application/x-amz-json-1.0"])


def spoil_authorization(dice, headers):
    """And sometimes the header that carries it; whether it was."""
    spoil = dice.random() < 0.02
    if spoil:
        value = headers["authorization"]
        at = dice.randrange(len(value))
        headers["authorization"] = dice.choice(
            ["", "AWS4-HMAC-SHA256", "Bearer x", value[:at], value + ",Signature=0", value.replace("/", "//"), value * 2, "<&>"]
        )
    return spoil


def attack(dice, catalogue, host, account):
    """One hostile request: its service (None where the scope does not tell it), a name for failures, its bytes."""
    service, operation, headers, parts = catalogue.draw()
    body = document(dice, parts) if service in JSON_SERVICES else form(dice, parts)
    signing = {"key": account}
    spoil_signature(dice, headers, signing)
    signed = signed_headers(host, service, body, headers=headers, **signing)
    if spoil_authorization(dice, signed) or "/" in signing["key"] or not signing["key"] or not signing["key"].isascii():
        service = None
    return service, f"{service} {operation}: {body[:200]!r}", head(signed, len(body)) + body


@pytest.fixture(scope="module")
def attacked():
    with Region() as region:
        yield region


@pytest.mark.parametrize("services", [SERVICES, MESSAGING], ids=["machines", "messaging"])
def test_ten_thousand_hostile_requests_are_answered_as_aws_answers(attacked, account, services):
    dice = random.Random(SEED)
    known = known_ids(attacked, account) if services is SERVICES else known_messaging(attacked, account)
    catalogue = Catalogue(dice, known, services)
    connection = Connection(attacked.endpoint)
    failures, before, answers = [], None, {}
    for turn in range(COUNT):
        service, name, sent = attack(dice, catalogue, connection.host, account)
        try:
            status, headers, body = connection.exchange(sent)
        except Exception as error:  # noqa: BLE001: no answer is what this test looks for
            failures.append(f"#{turn} {name}: no answer: {error!r}")
            connection.close()
            continue
        answers[status] = answers.get(status, 0) + 1
        wrong = wrong_with(service, status, headers, body)
        if wrong:
            failures.append(f"#{turn} {name}: {wrong}: {body[:300]!r}")
        if turn == COUNT // 5:
            before = resident(attacked.process)
    connection.close()
    print(f"seed {SEED}: answers by status {dict(sorted(answers.items()))}, {before:.0f} MiB, then {resident(attacked.process):.0f} MiB")
    assert not failures, f"{len(failures)} of {COUNT}, seed {SEED}:\n" + "\n".join(failures[:20])
    assert answers.get(200, 0) > COUNT / 100, "hardly anything got as far as an operation"
    # What succeeded is in the state and costs some; nothing of what was refused may stay.
    assert resident(attacked.process) < before + 32
    assert attacked.client("ec2", account).describe_regions()["Regions"]
    log = attacked.log.read_text(errors="replace")
    assert "panic" not in log and " ERROR " not in log, log[-4000:]


def post(region, account, service, body, headers=FORM):
    connection = Connection(region.endpoint)
    signed = signed_headers(connection.host, service, body, key=account, headers=headers)
    answer = connection.exchange(head(signed, len(body)) + body)
    connection.close()
    return answer


@pytest.mark.parametrize(("service", "body"), REGRESSIONS)
def test_what_is_easily_answered_wrongly_is_refused_or_answered(attacked, account, service, body):
    headers = FORM
    if service == "ssm":
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameters"}
    assert wrong_with(service, *post(attacked, account, service, body, headers)) is None


@pytest.mark.parametrize("text", ["<&>\"'", "]]>", "<!--", "\r\n\t", "é\u2028\U0001f600", "&amp;&#x41;", "a  b "])
def test_what_means_something_to_xml_comes_back_as_it_was(attacked, account, text):
    ec2 = attacked.client("ec2", account)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "k" + text, "Value": text}])
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]
    assert [(tag["Key"], tag["Value"]) for tag in found] == [("k" + text, text)]


@pytest.mark.parametrize("character", ["\0", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_that_xml_does_not_have_leave_answers_well_formed(attacked, account, character):
    pairs = [("Action", "CreateVpc"), ("Version", "2016-11-15"), ("CidrBlock", "10.9.0.0/16")]
    tags = [("TagSpecification.1.ResourceType", "vpc"), ("TagSpecification.1.Tag.1.Key", f"a{character}b")]
    tags += [("TagSpecification.1.Tag.1.Value", f"c{character}d")]
    assert wrong_with("ec2", *post(attacked, account, "ec2", encode(pairs + tags))) is None
    describe = encode([("Action", "DescribeVpcs"), ("Version", "2016-11-15")])
    assert wrong_with("ec2", *post(attacked, account, "ec2", describe)) is None
    refused = encode([("Action", f"No{character}Such"), ("Version", "2016-11-15")])
    for service in ("ec2", "sts", "iam"):
        status, headers, body = post(attacked, account, service, refused)
        assert status == 400
        assert wrong_with(service, status, headers, body) is None


@pytest.mark.parametrize("service", ["ec2", "sts", "iam", "ssm"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(attacked, account, service):
    connection = Connection(attacked.endpoint)
    headers = FORM | ({"x-amz-target": "AmazonSSM.GetParameters", "content-type": "application/x-amz-json-1.1"} if service == "ssm" else {})
    signed = signed_headers(connection.host, service, b"", key=account, headers=headers)
    status, _, body = connection.exchange(head(signed, 1 << 40))
    connection.close()
    assert status == 413
    assert error_code(service, status, body) == "RequestEntityTooLarge"


def test_deeply_nested_json_is_refused(attacked, account):
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameters"}
    for body in (b"[" * 500_000, b'{"Names":' * 50_000, b'{"Names":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}"):
        status, _, answer = post(attacked, account, "ssm", body, headers)
        assert status == 400
        assert json.loads(answer)["__type"].endswith("SerializationException")

"""Requests as botocore writes them, and answers as botocore reads them.

    python3 xtask/botocore_fixtures.py requests > crates/api/tests/fixtures/requests.json
    python3 xtask/botocore_fixtures.py answers crates/api/tests/snapshots

The first prints one line per request: the parameters, and what botocore sends for them. Our tests decode the latter
and expect the former. The second reads the golden answers of our tests with botocore's parser and fails unless it
finds what was meant.
"""

import base64
import datetime
import json
import pathlib
import sys

import botocore.parsers
import botocore.serialize
import botocore.session

UTC = datetime.timezone.utc

REQUESTS = [
    ("ec2", "DescribeRegions", {}),
    ("ec2", "DescribeRegions", {"AllRegions": True, "RegionNames": ["us-east-1", "eu-west-1"], "DryRun": False}),
    ("ec2", "DescribeInstances", {
        "Filters": [
            {"Name": "tag:Name", "Values": ["a b", "c&d=e", "ü+%"]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ],
        "MaxResults": 50,
        "NextToken": "abc==",
    }),
    ("ec2", "RunInstances", {
        "ImageId": "ami-12345678",
        "InstanceType": "t3.micro",
        "MinCount": 1,
        "MaxCount": 3,
        "ClientToken": "token",
        "KeyName": "key",
        "UserData": "#!/bin/sh\necho 'hello & goodbye' > /tmp/x\n",
        "SecurityGroupIds": ["sg-1", "sg-2"],
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True, "VolumeType": "gp3"}},
            {"DeviceName": "/dev/xvdb", "NoDevice": ""},
        ],
        "NetworkInterfaces": [
            {
                "DeviceIndex": 0,
                "SubnetId": "subnet-1",
                "Groups": ["sg-1"],
                "AssociatePublicIpAddress": True,
                "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.0.5"}],
                "Ipv6Addresses": [{"Ipv6Address": "fd00::1"}],
            },
        ],
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": ""}, {"Key": "k", "Value": "v"}]},
        ],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "InstanceInitiatedShutdownBehavior": "terminate",
        "DisableApiTermination": True,
        "IamInstanceProfile": {"Name": "profile"},
        "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"},
    }),
    ("ec2", "AuthorizeSecurityGroupIngress", {
        "GroupId": "sg-1",
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "000000000000"}],
            },
            {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        ],
    }),
    ("ec2", "ModifyInstanceAttribute", {
        "InstanceId": "i-1",
        "DisableApiTermination": {"Value": False},
        "InstanceType": {"Value": "t3.large"},
        "Groups": ["sg-1"],
        "UserData": {"Value": b"\x00\xff binary"},
    }),
    ("ec2", "ImportKeyPair", {"KeyName": "k", "PublicKeyMaterial": b"ssh-ed25519 AAAA me@here"}),
    ("ec2", "CreateTags", {"Resources": ["i-1", "vol-2"], "Tags": [{"Key": "a", "Value": "b"}]}),
    ("ec2", "DescribeInstanceTypes", {"InstanceTypes": ["t3.micro"], "Filters": [{"Name": "x", "Values": []}]}),
    ("ec2", "ModifyImageAttribute", {
        "ImageId": "ami-1",
        "LaunchPermission": {"Add": [{"UserId": "000000000000"}], "Remove": [{"Group": "all"}]},
    }),
    ("ec2", "CreateLaunchTemplate", {
        "LaunchTemplateName": "template",
        "LaunchTemplateData": {
            "ImageId": "ami-1",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
            "InstanceRequirements": {"VCpuCount": {"Min": 1, "Max": 4}, "MemoryMiB": {"Min": 512}},
            "CreditSpecification": {"CpuCredits": "standard"},
        },
    }),
    ("ec2", "DescribeAddresses", {"PublicIps": ["203.0.113.1"], "AllocationIds": ["eipalloc-1"]}),
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {
        "RoleArn": "arn:aws:iam::000000000000:role/r",
        "RoleSessionName": "session",
        "DurationSeconds": 900,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "Tags": [{"Key": "team", "Value": "Größe"}],
        "TransitiveTagKeys": ["team"],
        "Policy": '{"Version": "2012-10-17", "Statement": []}',
    }),
    ("iam", "CreateRole", {
        "RoleName": "r",
        "Path": "/x/",
        "AssumeRolePolicyDocument": "{}",
        "MaxSessionDuration": 3600,
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}],
    }),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": []}),
    ("ssm", "GetParameters", {"Names": ["/aws/service/x", "ü\"\\\n"], "WithDecryption": True}),
    ("ssm", "DescribeParameters", {
        "ParameterFilters": [{"Key": "Name", "Option": "BeginsWith", "Values": ["/a"]}],
        "MaxResults": 10,
    }),
]


def plain(value):
    """JSON has neither bytes nor times."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def model(service):
    return botocore.session.get_session().get_service_model(service)


def requests():
    lines = []
    for service, operation, parameters in REQUESTS:
        service_model = model(service)
        serializer = botocore.serialize.create_serializer(service_model.metadata["protocol"])
        request = serializer.serialize_to_request(dict(parameters), service_model.operation_model(operation))
        body = request["body"]
        if isinstance(body, dict):
            # What botocore's AWSRequest does with a dictionary.
            body = botocore.compat.urlencode(body)
        if isinstance(body, bytes):
            body = body.decode()
        lines.append(json.dumps({
            "service": service,
            "operation": operation,
            "method": request["method"],
            "path": request["url_path"],
            "query": request["query_string"],
            "headers": dict(request["headers"]),
            "body": body,
            "parameters": plain(parameters),
        }, ensure_ascii=False))
    print("[\n" + ",\n".join(lines) + "\n]")


# By the name of the golden file.
ANSWERS = {
    "describe_regions": ("ec2", "DescribeRegions", {
        "Regions": [
            {"RegionName": "us-east-1", "Endpoint": "ec2.us-east-1.amazonaws.com", "OptInStatus": "opt-in-not-required"},
            {"RegionName": "a<&>\"b\r", "Endpoint": "\ufffd"},
        ],
    }),
    "describe_instances": ("ec2", "DescribeInstances", {
        "Reservations": [
            {
                "ReservationId": "r-1",
                "Groups": [],
                "Instances": [
                    {
                        "InstanceId": "i-1",
                        "AmiLaunchIndex": 0,
                        "LaunchTime": "2026-01-02T03:04:05Z",
                        "State": {"Code": 16, "Name": "running"},
                        "EbsOptimized": False,
                        "Tags": [{"Key": "Name", "Value": ""}],
                    },
                ],
            },
        ],
    }),
    "delete_vpc": ("ec2", "DeleteVpc", {}),
    "get_caller_identity": ("sts", "GetCallerIdentity", {
        "UserId": "000000000000", "Account": "000000000000", "Arn": "arn:aws:iam::000000000000:root",
    }),
    "list_roles": ("iam", "ListRoles", {
        "Roles": [
            {
                "Path": "/",
                "RoleName": "r",
                "RoleId": "AROA1",
                "Arn": "arn:aws:iam::000000000000:role/r",
                "CreateDate": "2026-01-02T03:04:05Z",
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        ],
        "IsTruncated": False,
    }),
    "delete_role": ("iam", "DeleteRole", {}),
    "get_parameter": ("ssm", "GetParameter", {
        "Parameter": {
            "Name": "/a",
            "Type": "String",
            "Value": "line\n\"quoted\"",
            "Version": 3,
            "LastModifiedDate": "2026-01-02T03:04:05Z",
        },
    }),
}


def answers(folder):
    failed = 0
    for name, (service, operation, meant) in ANSWERS.items():
        service_model = model(service)
        shape = service_model.operation_model(operation).output_shape
        parser = botocore.parsers.create_parser(service_model.metadata["protocol"])
        golden = pathlib.Path(folder, f"answers__{name}.snap").read_bytes()
        body = golden.split(b"\n---\n", 1)[1]
        read = plain(parser.parse({"status_code": 200, "headers": {}, "body": body}, shape))
        if read != meant:
            failed += 1
            print(f"{name}: botocore reads {json.dumps(read)}")
    print(f"{len(ANSWERS) - failed} of {len(ANSWERS)} answers are read as they are meant")
    return failed


if __name__ == "__main__":
    if sys.argv[1] == "requests":
        requests()
    else:
        sys.exit(1 if answers(sys.argv[2]) else 0)

"""The public parameters that name images."""

import pytest
from botocore.exceptions import ClientError

DEBIAN = "/aws/service/debian/release/12/latest/amd64"
MINIMAL = "/aws/service/freehold/ami/minimal/latest"


def code(function, **arguments):
    with pytest.raises(ClientError) as refused:
        function(**arguments)
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def ssm(freehold):
    return freehold.client("ssm")


@pytest.fixture
def name(ssm):
    """A parameter whose image this region has."""
    found = ssm.get_parameters(Names=[MINIMAL, DEBIAN])["Parameters"]
    if not found:
        pytest.skip("this region has no image of its own")
    return found[0]["Name"]


def test_a_parameter_names_an_image_that_exists(ssm, freehold, name):
    parameter = ssm.get_parameter(Name=name)["Parameter"]
    assert parameter["Type"] == "String"
    assert parameter["DataType"] == "aws:ec2:image"
    assert parameter["ARN"] == f"arn:aws:ssm:us-east-1::parameter{name}"
    assert freehold.client("ec2").describe_images(ImageIds=[parameter["Value"]])["Images"]


def test_a_version_may_be_asked_for(ssm, name):
    version = ssm.get_parameter(Name=name)["Parameter"]["Version"]
    found = ssm.get_parameter(Name=f"{name}:{version}")["Parameter"]
    assert (found["Version"], found["Selector"]) == (version, f":{version}")
    assert code(ssm.get_parameter, Name=f"{name}:{version + 1}") == "ParameterVersionNotFound"


def test_a_hierarchy_lists_what_is_in_it(ssm, name):
    def names(**arguments):
        return [parameter["Name"] for parameter in ssm.get_parameters_by_path(**arguments)["Parameters"]]

    assert name in names(Path="/aws/service", Recursive=True)
    assert names(Path="/aws/service") == []
    assert names(Path=name.rsplit("/", 1)[0] + "/") == [name]
    kind = [{"Key": "Type", "Values": ["SecureString"]}]
    assert names(Path="/aws/service", Recursive=True, ParameterFilters=kind) == []


def test_public_parameters_are_described_when_asked_for(ssm, name):
    assert ssm.describe_parameters()["Parameters"] == []
    filters = [{"Key": "Name", "Option": "BeginsWith", "Values": ["/aws/service/"]}]
    described = {one["Name"]: one for one in ssm.describe_parameters(ParameterFilters=filters)["Parameters"]}
    assert described[name]["DataType"] == "aws:ec2:image"
    older = [{"Key": "Name", "Values": [name]}]
    assert [one["Name"] for one in ssm.describe_parameters(Filters=older)["Parameters"]] == [name]


def test_what_freehold_has_no_image_for_is_not_found(ssm):
    amazon = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    assert code(ssm.get_parameter, Name=amazon) == "ParameterNotFound"
    answer = ssm.get_parameters(Names=[amazon, "mine"])
    assert answer["Parameters"] == []
    assert sorted(answer["InvalidParameters"]) == [amazon, "mine"]


def test_bad_requests_are_refused(freehold):
    ssm = freehold.client("ssm", parameter_validation=False)
    assert code(ssm.get_parameters, Names=["a", "a"]) == "ValidationException"
    assert code(ssm.get_parameters_by_path, Path="no-slash") == "ValidationException"
    assert code(ssm.get_parameters_by_path, Path="/aws", NextToken="made-up") == "InvalidNextToken"
    assert code(ssm.get_parameters_by_path, Path="/aws", MaxResults=11) == "ValidationException"
    wrong_option = [{"Key": "Path", "Option": "Equals", "Values": ["/aws"]}]
    assert code(ssm.describe_parameters, ParameterFilters=wrong_option) == "InvalidFilterOption"
    both = {"Filters": [{"Key": "Name", "Values": ["a"]}], "ParameterFilters": [{"Key": "Name", "Values": ["a"]}]}
    assert code(ssm.describe_parameters, **both) == "ValidationException"
    assert code(ssm.put_parameter, Name="mine", Value="x", Type="String") == "UnknownOperationException"

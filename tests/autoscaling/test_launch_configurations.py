"""Launch configurations: what came before launch templates."""

import base64

import pytest
from support.refusal import refusal

INVALID = "ValidationError"


@pytest.fixture
def configuration(fleet):
    """A configuration that says much; its name."""
    name = f"{fleet.name}-configuration"
    fleet.autoscaling.create_launch_configuration(
        LaunchConfigurationName=name,
        ImageId=fleet.image,
        InstanceType="t3.micro",
        UserData=base64.b64encode(b"#!/bin/sh\n").decode(),
        InstanceMonitoring={"Enabled": False},
        AssociatePublicIpAddress=False,
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3"}}],
    )
    return name


def test_a_configuration_is_kept_as_it_was_said(fleet, configuration):
    shown = fleet.autoscaling.describe_launch_configurations(LaunchConfigurationNames=[configuration])
    (one,) = shown["LaunchConfigurations"]
    assert (one["ImageId"], one["InstanceType"], one["KeyName"]) == (fleet.image, "t3.micro", "")
    assert one["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 9
    assert one["LaunchConfigurationARN"].endswith(f":launchConfigurationName/{configuration}")


def test_a_group_launches_from_a_configuration(fleet, configuration):
    group = fleet.filled(1, LaunchConfigurationName=configuration)
    (one,) = fleet.instances(group)
    assert one["LaunchConfigurationName"] == configuration and one["InstanceType"] == "t3.micro"
    launched = fleet.launched(group)[0]
    assert launched["InstanceType"] == "t3.micro" and launched["MetadataOptions"]["HttpTokens"] == "required"
    assert "PublicIpAddress" not in launched
    delete = fleet.autoscaling.delete_launch_configuration
    assert refusal(delete, LaunchConfigurationName=configuration) == "ResourceInUse"


def test_a_configuration_goes_when_no_group_has_it(fleet, configuration):
    delete = fleet.autoscaling.delete_launch_configuration
    delete(LaunchConfigurationName=configuration)
    assert refusal(delete, LaunchConfigurationName=configuration) == INVALID
    assert not fleet.autoscaling.describe_launch_configurations()["LaunchConfigurations"]


def test_what_is_wrong_with_a_configuration_is_said(fleet, configuration):
    create = fleet.autoscaling.create_launch_configuration
    again = {"LaunchConfigurationName": configuration, "ImageId": fleet.image, "InstanceType": "t3.nano"}
    assert refusal(create, **again) == "AlreadyExists"
    assert refusal(create, LaunchConfigurationName="none") == INVALID
    assert refusal(create, **(again | {"LaunchConfigurationName": "spot", "SpotPrice": "cheap"})) == INVALID
    assert refusal(fleet.autoscaling.describe_launch_configurations, NextToken="bogus") == "InvalidNextToken"

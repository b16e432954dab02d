"""Groups: made, changed, kept at their size, and deleted."""

import pytest
from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def test_a_group_launches_what_it_wants_and_tells_why(fleet):
    group = fleet.filled(3, Tags=[{"Key": "role", "Value": "web", "PropagateAtLaunch": True}])
    shown = fleet.describe(group)
    assert (shown["MinSize"], shown["MaxSize"], shown["DesiredCapacity"]) == (0, 4, 3)
    assert shown["AvailabilityZones"] == ["us-east-1a", "us-east-1b"]
    assert shown["LaunchTemplate"] == {"LaunchTemplateId": fleet.template, "LaunchTemplateName": fleet.name}
    assert (shown["HealthCheckType"], shown["DefaultCooldown"]) == ("EC2", 300)
    assert shown["AutoScalingGroupARN"].endswith(f":autoScalingGroupName/{group}")
    zones = sorted(one["AvailabilityZone"] for one in shown["Instances"])
    assert zones in (["us-east-1a", "us-east-1a", "us-east-1b"], ["us-east-1a", "us-east-1b", "us-east-1b"])
    assert {one["LaunchTemplate"]["Version"] for one in shown["Instances"]} == {"1"}

    tags = {tag["Key"]: tag["Value"] for tag in fleet.launched(group)[0]["Tags"]}
    assert tags["aws:autoscaling:groupName"] == group and tags["role"] == "web"
    assert tags["aws:ec2launchtemplate:id"] == fleet.template

    activities = fleet.activities(group)
    assert len(activities) == 3
    assert {one["StatusCode"] for one in activities} == {"Successful"} and {one["Progress"] for one in activities} == {100}
    assert all(one["Description"].startswith("Launching a new EC2 instance: i-") for one in activities)
    assert "a user request created an AutoScalingGroup changing the desired capacity from 0 to 3." in activities[0]["Cause"]
    assert "increasing the capacity from 0 to 3." in activities[0]["Cause"]

    details = fleet.autoscaling.describe_auto_scaling_instances()["AutoScalingInstances"]
    assert {one["InstanceId"] for one in details} == fleet.serving(group)
    assert {(one["LifecycleState"], one["HealthStatus"]) for one in details} == {("InService", "HEALTHY")}


def test_what_a_group_cannot_be_is_refused(fleet):
    create = fleet.autoscaling.create_auto_scaling_group
    template = {"LaunchTemplateId": fleet.template}
    zones = ["us-east-1a"]
    fine = {"MinSize": 0, "MaxSize": 1, "AvailabilityZones": zones, "LaunchTemplate": template}

    def wrong(**options):
        return refusal(create, AutoScalingGroupName="wrong", **(fine | options))

    assert wrong(MinSize=2) == INVALID
    assert wrong(DesiredCapacity=2) == INVALID
    assert wrong(AvailabilityZones=["us-east-1z"]) == INVALID
    assert wrong(AvailabilityZones=[]) == INVALID
    assert wrong(VPCZoneIdentifier="subnet-00000000000000000") == INVALID
    assert wrong(LaunchTemplate={"LaunchTemplateId": "lt-00000000000000000"}) == INVALID
    assert wrong(LaunchTemplate=template | {"Version": "7"}) == INVALID
    assert wrong(LaunchConfigurationName="missing", LaunchTemplate=template) == INVALID
    assert wrong(HealthCheckType="TEA") == INVALID
    assert wrong(TerminationPolicies=["Youngest"]) == INVALID
    assert wrong(MaxInstanceLifetime=60) == INVALID
    assert wrong(PlacementGroup="close") == INVALID
    assert wrong(LoadBalancerNames=["classic"]) == INVALID
    assert wrong(InstanceMaintenancePolicy={"MinHealthyPercentage": 50, "MaxHealthyPercentage": 200}) == INVALID
    assert wrong(Tags=[{"Key": "aws:x", "Value": ""}]) == INVALID
    fleet.group()
    assert refusal(create, AutoScalingGroupName=fleet.groups[0], **fine) == "AlreadyExists"


def test_the_desired_capacity_moves_within_its_bounds(fleet):
    group = fleet.filled(1)
    set_desired = fleet.autoscaling.set_desired_capacity
    assert refusal(set_desired, AutoScalingGroupName=group, DesiredCapacity=9) == INVALID
    assert refusal(set_desired, AutoScalingGroupName="missing", DesiredCapacity=1) == INVALID
    set_desired(AutoScalingGroupName=group, DesiredCapacity=3)
    fleet.until_serving(group, 3)
    cause = fleet.activities(group)[0]["Cause"]
    assert "a user request explicitly set group desired capacity changing the desired capacity from 1 to 3." in cause
    set_desired(AutoScalingGroupName=group, DesiredCapacity=1)
    left = fleet.until_serving(group, 1)
    ended = fleet.activity(group, "Terminating EC2 instance", "Successful")
    assert "shrinking the capacity from 3 to 1." in ended["Cause"] and "was selected for termination." in ended["Cause"]
    alive = {one["InstanceId"] for one in fleet.launched(group) if one["State"]["Name"] == "running"}
    assert alive == left


def test_an_update_changes_what_comes_and_leaves_what_is_there(fleet):
    group = fleet.filled(1)
    update = fleet.autoscaling.update_auto_scaling_group
    version = fleet.another_version(InstanceType="t3.micro")
    update(
        AutoScalingGroupName=group,
        MinSize=2,
        MaxSize=5,
        LaunchTemplate={"LaunchTemplateId": fleet.template, "Version": version},
        AvailabilityZones=["us-east-1a", "us-east-1c"],
        HealthCheckGracePeriod=7,
        TerminationPolicies=["OldestInstance"],
        NewInstancesProtectedFromScaleIn=True,
        MaxInstanceLifetime=86400,
        DefaultInstanceWarmup=11,
        InstanceMaintenancePolicy={"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
        DeletionProtection="prevent-all-deletion",
    )
    fleet.until_serving(group, 2)
    shown = fleet.describe(group)
    assert shown["DesiredCapacity"] == 2 and shown["MaxInstanceLifetime"] == 86400
    assert shown["DefaultInstanceWarmup"] == 11 and shown["TerminationPolicies"] == ["OldestInstance"]
    assert shown["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}
    assert sorted(one["InstanceType"] for one in shown["Instances"]) == ["t3.micro", "t3.nano"]
    assert [one["ProtectedFromScaleIn"] for one in shown["Instances"] if one["InstanceType"] == "t3.micro"] == [True]
    delete = fleet.autoscaling.delete_auto_scaling_group
    assert refusal(delete, AutoScalingGroupName=group, ForceDelete=True) == "ResourceInUse"
    assert refusal(update, AutoScalingGroupName=group, MinSize=9) == INVALID
    assert refusal(update, AutoScalingGroupName="missing", MinSize=0) == INVALID


def test_a_group_with_instances_goes_by_force_only(fleet):
    group = fleet.filled(2)
    delete = fleet.autoscaling.delete_auto_scaling_group
    assert refusal(delete, AutoScalingGroupName=group) == "ResourceInUse"
    assert refusal(delete, AutoScalingGroupName="missing") == INVALID
    ids = fleet.serving(group)
    delete(AutoScalingGroupName=group, ForceDelete=True)
    fleet.until_gone(group)
    assert {fleet.state(one) for one in ids} == {"terminated"}
    assert refusal(fleet.autoscaling.describe_scaling_activities, AutoScalingGroupName=group) == INVALID
    told = fleet.activities(group, IncludeDeletedGroups=True)
    assert {one["AutoScalingGroupState"] for one in told} == {"Deleted"}

    empty = fleet.group()
    delete(AutoScalingGroupName=empty)
    assert not fleet.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[empty])["AutoScalingGroups"]


def test_groups_are_listed_in_pages_and_by_tags(fleet):
    names = [fleet.group(Tags=[{"Key": "n", "Value": str(n)}]) for n in range(5)]
    describe = fleet.autoscaling.describe_auto_scaling_groups
    pages = fleet.autoscaling.get_paginator("describe_auto_scaling_groups").paginate(PaginationConfig={"PageSize": 2})
    assert sorted(group["AutoScalingGroupName"] for page in pages for group in page["AutoScalingGroups"]) == sorted(names)
    by_tag = describe(Filters=[{"Name": "tag:n", "Values": ["1", "3"]}])["AutoScalingGroups"]
    assert {group["AutoScalingGroupName"] for group in by_tag} == {names[1], names[3]}
    assert refusal(describe, Filters=[{"Name": "colour", "Values": ["red"]}]) == INVALID
    assert refusal(describe, NextToken="bogus") == "InvalidNextToken"
    assert refusal(describe, MaxRecords=101) == INVALID
    shown = fleet.autoscaling.describe_account_limits()
    assert shown["NumberOfAutoScalingGroups"] == 5 and shown["MaxNumberOfAutoScalingGroups"] == 500


def test_subnets_say_where(fleet):
    found = fleet.ec2.describe_subnets()["Subnets"]
    chosen = sorted(found, key=lambda subnet: subnet["AvailabilityZone"])[:2]
    group = fleet.filled(2, VPCZoneIdentifier=",".join(subnet["SubnetId"] for subnet in chosen))
    assert {one["SubnetId"] for one in fleet.launched(group)} == {subnet["SubnetId"] for subnet in chosen}
    assert fleet.describe(group)["AvailabilityZones"] == [subnet["AvailabilityZone"] for subnet in chosen]


def test_a_templates_interfaces_are_put_into_the_groups_subnet(fleet):
    subnet = fleet.ec2.describe_subnets()["Subnets"][0]
    interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": False, "DeleteOnTermination": True}
    version = fleet.another_version(NetworkInterfaces=[interface])
    template = {"LaunchTemplateId": fleet.template, "Version": version}
    group = fleet.filled(1, VPCZoneIdentifier=subnet["SubnetId"], LaunchTemplate=template)
    launched = fleet.launched(group)[0]
    assert launched["SubnetId"] == subnet["SubnetId"] and "PublicIpAddress" not in launched


def test_zones_are_balanced_again_when_one_is_added(fleet):
    group = fleet.filled(2, AvailabilityZones=["us-east-1a"])
    fleet.autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, AvailabilityZones=["us-east-1a", "us-east-1b"])

    def balanced():
        zones = sorted(one["AvailabilityZone"] for one in fleet.instances(group))
        return zones == ["us-east-1a", "us-east-1b"]

    until(balanced, "one in each zone")


def test_launches_that_fail_are_told_and_tried_again_later(fleet):
    group = fleet.group(0)
    fleet.ec2.delete_launch_template(LaunchTemplateId=fleet.template)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    failed = fleet.activity(group, "Launching a new EC2 instance", "Failed")
    assert failed["StatusMessage"].endswith("Launching EC2 instance failed.") and failed["Progress"] == 100
    assert not fleet.instances(group)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)


@pytest.mark.parametrize(
    "operation, member",
    [
        ("describe_adjustment_types", "AdjustmentTypes"),
        ("describe_auto_scaling_notification_types", "AutoScalingNotificationTypes"),
        ("describe_lifecycle_hook_types", "LifecycleHookTypes"),
        ("describe_metric_collection_types", "Metrics"),
        ("describe_scaling_process_types", "Processes"),
        ("describe_termination_policy_types", "TerminationPolicyTypes"),
    ],
)
def test_types_are_listed(fleet, operation, member):
    assert getattr(fleet.autoscaling, operation)()[member]


def test_activities_are_told_the_latest_first_and_in_pages(fleet):
    group = fleet.filled(2)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    fleet.until_serving(group, 3)
    all_of_them = fleet.activities(group)
    assert [one["StartTime"] for one in all_of_them] == sorted((one["StartTime"] for one in all_of_them), reverse=True)
    first = fleet.autoscaling.describe_scaling_activities(AutoScalingGroupName=group, MaxRecords=1)
    rest = fleet.autoscaling.describe_scaling_activities(AutoScalingGroupName=group, NextToken=first["NextToken"])
    assert [one["ActivityId"] for one in first["Activities"] + rest["Activities"]] == [one["ActivityId"] for one in all_of_them]
    named = fleet.autoscaling.describe_scaling_activities(ActivityIds=[all_of_them[1]["ActivityId"]])["Activities"]
    assert [one["ActivityId"] for one in named] == [all_of_them[1]["ActivityId"]]

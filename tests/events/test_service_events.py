"""What services of the region tell about their resources."""

import pytest
from support.fleet import Fleet
from support.waiting import until


@pytest.fixture
def fleet(freehold, account):
    with Fleet(freehold, account) as made:
        yield made


def details(lab, arn, count):
    return [(event["detail-type"], event["detail"]) for event in lab.told(arn, count)]


def test_each_state_of_an_instance_is_told(lab):
    inbox = lab.queue()
    lab.rule({"source": ["aws.ec2"], "detail": {"state": ["running", "terminated"]}}, targets=[{"Arn": inbox}])
    ec2 = lab.region.client("ec2", account=lab.account)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=1, MaxCount=1)
    id = made["Instances"][0]["InstanceId"]
    event = lab.told(inbox)[0]
    assert event["detail-type"] == "EC2 Instance State-change Notification"
    assert event["detail"] == {"instance-id": id, "state": "running"}
    assert event["resources"] == [f"arn:aws:ec2:us-east-1:{lab.account}:instance/{id}"]
    ec2.terminate_instances(InstanceIds=[id])
    assert lab.told(inbox)[0]["detail"] == {"instance-id": id, "state": "terminated"}


def test_launches_and_ends_of_a_group_are_told(fleet, lab):
    inbox = lab.queue()
    lab.rule({"source": ["aws.autoscaling"]}, targets=[{"Arn": inbox}])
    group = fleet.group(1)
    fleet.until_serving(group, 1)
    kind, detail = details(lab, inbox, 1)[0]
    assert kind == "EC2 Instance Launch Successful" and detail["AutoScalingGroupName"] == group
    assert detail["EC2InstanceId"].startswith("i-") and detail["Origin"] == "EC2"
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    until(lambda: fleet.describe(group)["Instances"] == [], "the group is empty")
    assert details(lab, inbox, 1)[0][0] == "EC2 Instance Terminate Successful"

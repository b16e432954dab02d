"""Images of real machines."""

import pytest
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines


def test_an_image_carries_what_was_written_before_it_was_made(machines, account):
    """User data of the first writes a file, user data of the second shows it on the console."""
    ec2 = machines.client("ec2", account)
    public = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]

    def launch(image, script):
        launched = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, UserData=script)
        instance = launched["Instances"][0]["InstanceId"]
        ec2.get_waiter("instance_running").wait(InstanceIds=[instance], **QUICKLY)
        return instance

    def make(instance, name, **more):
        made = ec2.create_image(InstanceId=instance, Name=name, **more)["ImageId"]
        ec2.get_waiter("image_available").wait(ImageIds=[made], **QUICKLY)
        return made

    def says(instance, text):
        until(
            lambda: text in ec2.get_console_output(InstanceId=instance, Latest=True).get("Output", ""),
            f"the console of {instance} says {text}",
        )

    first = launch(public, "#!/bin/sh\necho kept-by-image > /etc/kept\necho written > /dev/console\n")
    says(first, "written")
    made = make(first, "mine")
    shown = ec2.describe_instances(InstanceIds=[first])["Reservations"][0]["Instances"][0]
    assert shown["State"]["Name"] == "running"
    without_reboot = make(first, "again", NoReboot=True)
    second = launch(made, "#!/bin/sh\ncat /etc/kept > /dev/console\n")
    says(second, "kept-by-image")
    for image in (made, without_reboot):
        ec2.deregister_image(ImageId=image)
    ec2.terminate_instances(InstanceIds=[first, second])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[first, second], **QUICKLY)

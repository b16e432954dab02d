"""Auto Scaling groups of a test's own, and how they are waited for."""

import uuid

from support.waiting import until


class Fleet:
    """Clients of one account, a launch template, and groups that end with the test."""

    def __init__(self, region, account, **template):
        self.region = region
        self.account = account
        self.autoscaling = region.client("autoscaling", account)
        self.ec2 = region.client("ec2", account)
        self.groups = []
        self.name = f"t-{uuid.uuid4().hex[:8]}"
        self.image = self.ec2.describe_images(
            Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}]
        )["Images"][0]["ImageId"]
        data = {"ImageId": self.image, "InstanceType": "t3.nano"} | template
        made = self.ec2.create_launch_template(LaunchTemplateName=self.name, LaunchTemplateData=data)
        self.template = made["LaunchTemplate"]["LaunchTemplateId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for group in self.groups:
            if self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]:
                self.autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, DeletionProtection="none")
                self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
        for group in self.groups:
            self.until_gone(group)

    def group(self, size=0, **options):
        """Makes a group; its name."""
        name = f"g-{uuid.uuid4().hex[:8]}"
        launches = {"LaunchConfigurationName", "MixedInstancesPolicy", "LaunchTemplate"} & options.keys()
        options = {"MinSize": 0, "MaxSize": max(size, 4), "DesiredCapacity": size} | options
        if not launches:
            options["LaunchTemplate"] = {"LaunchTemplateId": self.template}
        if "VPCZoneIdentifier" not in options:
            options.setdefault("AvailabilityZones", ["us-east-1a", "us-east-1b"])
        self.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, **options)
        self.groups.append(name)
        return name

    def filled(self, size, **options):
        """Makes a group and waits until so many serve; its name."""
        name = self.group(size, **options)
        self.until_serving(name, size)
        return name

    def describe(self, group):
        return self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"][0]

    def instances(self, group, state=None):
        """Instances of the group, those in a state if one is named."""
        shown = self.describe(group)["Instances"]
        return [one for one in shown if state is None or one["LifecycleState"] == state]

    def serving(self, group):
        """Ids of those in service that are well."""
        return {one["InstanceId"] for one in self.instances(group, "InService") if one["HealthStatus"] == "Healthy"}

    def until_serving(self, group, count, timeout=60):
        """Waits until exactly so many are in service and no others are there; their ids."""

        def settled():
            serving, everything = self.serving(group), self.instances(group)
            return serving if len(serving) == len(everything) == count else None

        if count == 0:
            until(lambda: not self.instances(group), f"{group} is empty", timeout=timeout)
            return set()
        return until(settled, f"{group} has {count} in service", timeout=timeout)

    def until_state(self, group, state, count=1, timeout=60):
        """Waits until so many instances are in a state; they."""

        def reached():
            found = self.instances(group, state)
            return found if len(found) == count else None

        return until(reached, f"{count} of {group} are in {state}", timeout=timeout)

    def until_gone(self, group):
        def gone():
            return not self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]

        until(gone, f"{group} is gone", timeout=120)

    def activities(self, group, **options):
        return self.autoscaling.describe_scaling_activities(AutoScalingGroupName=group, **options)["Activities"]

    def activity(self, group, beginning, status=None):
        """The latest activity whose description begins so; waits for it, and for its status."""

        def found():
            for one in self.activities(group):
                if one["Description"].startswith(beginning) and status in (None, one["StatusCode"]):
                    return one
            return None

        return until(found, f"{group} tells of {beginning!r}")

    def state(self, instance):
        """What EC2 says."""
        found = self.ec2.describe_instances(InstanceIds=[instance])
        return found["Reservations"][0]["Instances"][0]["State"]["Name"]

    def launched(self, group):
        """All instances that EC2 ever had of the group and remembers."""
        mark = {"Name": "tag:aws:autoscaling:groupName", "Values": [group]}
        found = self.ec2.describe_instances(Filters=[mark])["Reservations"]
        return [instance for reservation in found for instance in reservation["Instances"]]

    def another_version(self, **data):
        """A new version of the template; its number."""
        data = {"ImageId": self.image, "InstanceType": "t3.nano"} | data
        made = self.ec2.create_launch_template_version(LaunchTemplateId=self.template, LaunchTemplateData=data)
        return str(made["LaunchTemplateVersion"]["VersionNumber"])

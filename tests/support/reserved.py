"""Reserved Instances of an account."""

import datetime

from support.waiting import until

DAY = 24 * 3600
YEAR = 365 * DAY


class Reserved:
    """One account's Reserved Instances."""

    def __init__(self, region, account):
        self.region = region
        self.account = account
        self.ec2 = region.client("ec2", account=account)

    def offer(self, kind="m5.large", zone=None, **options):
        """What is on offer: for a year, standard, with nothing paid upfront, unless it is said otherwise."""
        years = options.pop("years", 1)
        wanted = {
            "InstanceType": kind,
            "OfferingClass": "standard",
            "OfferingType": "No Upfront",
            "InstanceTenancy": "default",
            "MinDuration": years * YEAR,
            "MaxDuration": years * YEAR,
        } | options
        if zone:
            wanted["AvailabilityZone"] = zone
        else:
            wanted["Filters"] = [{"Name": "scope", "Values": ["Region"]}]
        (found,) = self.ec2.describe_reserved_instances_offerings(**wanted)["ReservedInstancesOfferings"]
        return found

    def offering(self, *arguments, **options):
        """The offer's id."""
        return self.offer(*arguments, **options)["ReservedInstancesOfferingId"]

    def buy(self, count=1, offering=None, **options):
        """The id of what was bought."""
        offering = offering or self.offering()
        return self.ec2.purchase_reserved_instances_offering(
            ReservedInstancesOfferingId=offering, InstanceCount=count, **options
        )["ReservedInstancesId"]

    def show(self, reserved):
        (shown,) = self.ec2.describe_reserved_instances(ReservedInstancesIds=[reserved])["ReservedInstances"]
        return shown

    def modify(self, reserved, *targets, **options):
        """Modifies, waits until it is done, and shows what came of it."""
        reserved = [reserved] if isinstance(reserved, str) else reserved
        modification = self.ec2.modify_reserved_instances(
            ReservedInstancesIds=reserved, TargetConfigurations=list(targets), **options
        )["ReservedInstancesModificationId"]
        return self.settled(modification)

    def modification(self, modification):
        found = self.ec2.describe_reserved_instances_modifications(ReservedInstancesModificationIds=[modification])
        (shown,) = found["ReservedInstancesModifications"]
        return shown

    def settled(self, modification):
        def is_settled():
            shown = self.modification(modification)
            return shown if shown["Status"] != "processing" else None

        return until(is_settled, f"{modification} is done")

    def made(self, modification):
        """Ids of what a modification made."""
        return [result["ReservedInstancesId"] for result in modification["ModificationResults"]]

    def now(self):
        """The region's time."""
        return datetime.datetime.fromisoformat(self.region.advance_clock(0)["now"].replace("Z", "+00:00"))

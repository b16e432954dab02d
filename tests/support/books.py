"""What an account runs, and what it is told that this costs."""

import datetime
import uuid
from decimal import Decimal

from support.plans import Plans
from support.waiting import QUICKLY

HOUR = 3600
DAY = 24 * HOUR


class Books:
    """One account: what it runs, and what it is told that this costs."""

    def __init__(self, region, account):
        self.region = region
        self.account = account
        self.ce = region.client("ce", account=account)
        self.ec2 = region.client("ec2", account=account)
        self.plans = Plans(region, account)

    def now(self):
        return datetime.datetime.fromisoformat(self.region.advance_clock(0)["now"])

    def midnight(self):
        """Moves the clock to where the next day begins; that day."""
        now = self.now()
        day = (now + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        self.region.advance_clock(int((day - now).total_seconds()) + 1)
        return day.date()

    def run(self, kind="t3.nano", **tags):
        """Launches an instance; its id."""
        images = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        options = {}
        if tags:
            named = [{"Key": key, "Value": value} for key, value in tags.items()]
            options["TagSpecifications"] = [{"ResourceType": "instance", "Tags": named}]
        (made,) = self.ec2.run_instances(
            ImageId=images["Images"][0]["ImageId"],
            InstanceType=kind,
            MinCount=1,
            MaxCount=1,
            ClientToken=uuid.uuid4().hex,
            **options,
        )["Instances"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[made["InstanceId"]], **QUICKLY)
        return made["InstanceId"]

    def end(self, instance):
        self.ec2.terminate_instances(InstanceIds=[instance])
        self.ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance], **QUICKLY)

    def costs(self, start, end, *metrics, granularity="DAILY", **options):
        """The results by time."""
        return self.ce.get_cost_and_usage(
            TimePeriod=period(start, end), Granularity=granularity, Metrics=metrics or ["UnblendedCost"], **options
        )["ResultsByTime"]

    def by(self, start, end, key, metric="UnblendedCost", kind="DIMENSION", **options):
        """Sums over the days by a dimension."""
        sums = {}
        for result in self.costs(start, end, metric, GroupBy=[{"Type": kind, "Key": key}], **options):
            for group in result["Groups"]:
                (name,) = group["Keys"]
                sums[name] = sums.get(name, 0) + Decimal(group["Metrics"][metric]["Amount"])
        return sums


def period(start, end):
    return {"Start": str(start), "End": str(end)}


def dimension(key, *values):
    return {"Dimensions": {"Key": key, "Values": list(values)}}

"""What regions with a moved clock say that their usage costs."""

import datetime
import json

from support.waiting import until

HOUR = 3600
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
# However far clocks are moved, and whatever the month: a region that starts again has forgotten that they were.
PERIOD = ["--from", str(TODAY - datetime.timedelta(1)), "--to", str(TODAY + datetime.timedelta(9))]


def half_past(region):
    """Moves the clock to the middle of an hour, so that none turns while a test works."""
    now = datetime.datetime.fromisoformat(region.advance_clock(0)["now"])
    region.advance_clock((HOUR // 2 - now.minute * 60 - now.second) % HOUR)


def bill(region, *arguments):
    return json.loads(region.command("bill", *PERIOD, *arguments, "--format", "json").stdout)


def lines(region, *arguments):
    return {tuple(line["key"]): line for line in bill(region, *arguments)["lines"]}


def launch(ec2, **options):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    options = {"InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1, "ImageId": image} | options
    instance = ec2.run_instances(**options)["Instances"][0]["InstanceId"]
    reach(ec2, instance, "running")
    return instance


def reach(ec2, instance, state):
    def is_there():
        shown = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        return shown["State"]["Name"] == state

    until(is_there, f"{instance} is {state}")

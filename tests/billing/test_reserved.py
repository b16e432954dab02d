"""Reserved Instances on the bill: who is paid for by them, what nobody used, and what they cost."""

import csv
import datetime
import io
import json

import pytest
from support.bills import PERIOD
from support.reserved import DAY, YEAR, Reserved
from support.waiting import QUICKLY

HOUR = 3600
ACCOUNT = "000000000000"
USED, UNUSED, ON_DEMAND = "Reserved Instances", "Reserved Instances, unused", "On-Demand"


class Bills:
    """A region of the test's own, whose clock can be moved and which begins at the middle of an hour."""

    def __init__(self, region):
        self.region = region
        self.reserved = Reserved(region, ACCOUNT)
        self.ec2 = self.reserved.ec2
        self.image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        begin = self.reserved.now().replace(minute=0, second=0, microsecond=0) + datetime.timedelta(hours=1)
        self.to_hour(begin)

    def to_hour(self, when):
        """Moves the clock to a moment, a second after it."""
        self.region.advance_clock(int((when - self.reserved.now()).total_seconds()) + 1)

    def launch(self, kind="m5.large", zone="us-east-1a"):
        options = {"InstanceType": kind, "MinCount": 1, "MaxCount": 1, "ImageId": self.image}
        made = self.ec2.run_instances(Placement={"AvailabilityZone": zone}, **options)["Instances"][0]["InstanceId"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[made], **QUICKLY)
        return made

    def period(self):
        return [*PERIOD[:2], "--to", str(self.reserved.now().date() + datetime.timedelta(9))]

    def by(self, *dimensions):
        """Lines by their keys."""
        asked = ["bill", *self.period(), "--by", ",".join(dimensions), "--format", "json"]
        answer = json.loads(self.region.command(*asked).stdout)
        return {tuple(line["key"]): line for line in answer["lines"]}

    def instance_hours(self):
        """Hours of instances, by option."""
        hours = {}
        for (usage, option), line in self.by("usage", "option").items():
            if usage.startswith(("BoxUsage", "(unused")):
                hours[option] = hours.get(option, 0) + float(line["quantity"])
        return hours

    def purchases(self):
        """Rows of the FOCUS file that say what was paid for commitments."""
        text = self.region.command("bill", *self.period(), "--format", "focus").stdout
        rows = [row for row in csv.DictReader(io.StringIO(text)) if row["ChargeCategory"] == "Purchase"]
        return [(row["CommitmentDiscountId"], row["ChargeFrequency"], float(row["BilledCost"])) for row in rows]


@pytest.fixture
def bills(region):
    return Bills(region("none", "--test-clock"))


def test_what_runs_is_paid_for_by_a_reservation_and_what_does_not_is_unused(bills):
    bills.reserved.buy(2)
    instance = bills.launch()
    bills.region.advance_clock(10 * HOUR)
    found = bills.by("resource", "option")
    line = found[(instance, USED)]
    assert 10 <= float(line["quantity"]) < 10.1
    assert float(line["cost"]) == pytest.approx(0.06048 * float(line["quantity"]))
    assert float(line["on_demand"]) == pytest.approx(0.096 * float(line["quantity"]))
    assert (instance, ON_DEMAND) not in found
    # Eleven hours were begun, of two instances each; what was not used is paid for as well.
    # All of one bill: by the next one the clock may have gone on for a second.
    of = lambda wanted: [line for (_, option), line in found.items() if option == wanted]  # noqa: E731
    hours = {option: sum(float(line["quantity"]) for line in of(option)) for option in (USED, UNUSED)}
    assert hours[USED] + hours[UNUSED] == pytest.approx(22)
    unused = of(UNUSED)
    assert sum(float(line["cost"]) for line in unused) == pytest.approx(0.06048 * hours[UNUSED])


def test_sizes_of_the_family_are_paid_for_by_their_units(bills):
    bills.reserved.buy(1, bills.reserved.offering("m5.xlarge"))
    for _ in range(3):
        bills.launch("m5.large")
    bills.launch("c5.large")
    bills.region.advance_clock(10 * HOUR)
    hours = bills.instance_hours()
    # Of three halves two are paid for; the other family is not.
    assert hours[USED] == pytest.approx(20, abs=0.1)
    assert hours[ON_DEMAND] == pytest.approx(20, abs=0.1)


def test_a_zonal_one_pays_in_its_zone_and_for_its_size_alone(bills):
    bills.reserved.buy(3, bills.reserved.offering(zone="us-east-1a"))
    inside = bills.launch(zone="us-east-1a")
    outside = bills.launch(zone="us-east-1b")
    larger = bills.launch("m5.xlarge", zone="us-east-1a")
    bills.region.advance_clock(5 * HOUR)
    options = {resource: option for resource, option in bills.by("resource", "option") if resource.startswith("i-")}
    assert options == {inside: USED, outside: ON_DEMAND, larger: ON_DEMAND}


def test_one_that_is_moved_to_the_zone_pays_there(bills):
    one = bills.reserved.buy(1, bills.reserved.offering(zone="us-east-1a"))
    instance = bills.launch(zone="us-east-1b")
    bills.region.advance_clock(5 * HOUR)
    assert bills.reserved.modify(one, {"AvailabilityZone": "us-east-1b", "InstanceCount": 1})["Status"] == "fulfilled"
    bills.region.advance_clock(5 * HOUR)
    found = bills.by("resource", "option")
    # From the beginning of the hour in which it was moved.
    assert float(found[(instance, ON_DEMAND)]["quantity"]) == pytest.approx(5, abs=0.1)
    assert float(found[(instance, USED)]["quantity"]) == pytest.approx(5, abs=0.1)


def test_one_that_has_expired_pays_no_more(bills):
    bills.reserved.buy()
    bills.region.advance_clock(YEAR - 10 * HOUR)
    instance = bills.launch()
    bills.region.advance_clock(20 * HOUR)
    found = bills.by("resource", "option")
    used, rest = (float(found[(instance, option)]["quantity"]) for option in (USED, ON_DEMAND))
    assert used == pytest.approx(10, abs=0.1) and rest == pytest.approx(10, abs=0.1)


def test_a_queued_one_pays_from_when_it_is_bought(bills):
    later = bills.reserved.now() + datetime.timedelta(hours=5)
    one = bills.reserved.buy(PurchaseTime=later, offering=bills.reserved.offering(OfferingType="All Upfront"))
    other = bills.reserved.buy(PurchaseTime=later)
    bills.ec2.delete_queued_reserved_instances(ReservedInstancesIds=[other])
    bills.launch()
    bills.region.advance_clock(4 * HOUR)
    assert bills.purchases() == []
    bills.region.advance_clock(6 * HOUR)
    hours = bills.instance_hours()
    assert hours[USED] == pytest.approx(5, abs=0.1) and hours[ON_DEMAND] == pytest.approx(5, abs=0.1)
    assert bills.purchases() == [(one, "One-Time", 496)]


def test_fees_are_rows_of_their_own(bills):
    partial = bills.reserved.buy(2, bills.reserved.offering(OfferingType="Partial Upfront"))
    nothing = bills.reserved.buy(1, bills.reserved.offering("c5.large"))
    hourly = bills.reserved.show(nothing)["RecurringCharges"][0]["Amount"]
    bills.region.advance_clock(3 * HOUR)
    paid = bills.purchases()
    assert [row for row in paid if row[1] == "One-Time"] == [(partial, "One-Time", 504)]
    # The hour that is under way is paid for as well, and none of those to come.
    assert [amount for one, often, amount in paid if (one, often) == (partial, "Recurring")] == [2 * 0.0288] * 4
    assert [amount for one, often, amount in paid if (one, often) == (nothing, "Recurring")] == [hourly] * 4


def test_a_modification_costs_nothing_and_an_exchange_its_difference(bills):
    convertible = {"OfferingClass": "convertible", "OfferingType": "All Upfront"}
    one = bills.reserved.buy(2, bills.reserved.offering(**convertible))
    fixed = bills.reserved.show(one)["FixedPrice"]
    done = bills.reserved.modify(one, {"InstanceCount": 1, "AvailabilityZone": "us-east-1a"}, {"InstanceCount": 1})
    _, rest = bills.reserved.made(done)
    bills.region.advance_clock(DAY)
    target = [{"OfferingId": bills.reserved.offering("m5.xlarge", **convertible)}]
    asked = {"ReservedInstanceIds": [rest], "TargetConfigurations": target}
    due = float(bills.ec2.get_reserved_instances_exchange_quote(**asked)["PaymentDue"])
    bills.ec2.accept_reserved_instances_exchange_quote(**asked)
    bills.launch("m5.xlarge")
    bills.region.advance_clock(DAY)
    paid = bills.purchases()
    assert due > 0
    assert sorted(amount for _, often, amount in paid if often == "One-Time") == pytest.approx(sorted([due, 2 * fixed]))
    hours = bills.instance_hours()
    assert hours[USED] == pytest.approx(24, abs=0.1) and ON_DEMAND not in hours


def test_a_commitment_is_not_charged_for_hours_to_come(bills):
    bills.reserved.buy()
    bills.region.advance_clock(HOUR)
    # The period reaches days into the future.
    assert bills.instance_hours() == {UNUSED: pytest.approx(2)}

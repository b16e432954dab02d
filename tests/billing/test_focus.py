"""Every charge in the columns of FOCUS 1.2, as programs of others read it."""

import csv
import io
import json
from decimal import Decimal

import pytest
from support.bills import HOUR, PERIOD, launch
from support.reserved import Reserved

ACCOUNT = "000000000000"


@pytest.fixture
def moved(region):
    return region("none", "--test-clock")


def rows(region):
    answer = region.command("bill", *PERIOD, "--format", "focus")
    assert answer.returncode == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def test_what_is_bought_and_used_keeps_the_rules_of_the_columns(moved):
    ec2 = moved.client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "worker"}]}]
    covered, spot = launch(ec2, TagSpecifications=tags), launch(ec2, InstanceMarketOptions={"MarketType": "spot"})
    reserved = Reserved(moved, ACCOUNT)
    bought = reserved.buy(2, reserved.offering(OfferingType="Partial Upfront"))
    room = ec2.create_capacity_reservation(
        InstanceType="c5.large", InstancePlatform="Linux/UNIX", AvailabilityZone="us-east-1b", InstanceCount=1
    )["CapacityReservation"]["CapacityReservationId"]
    moved.advance_clock(2 * HOUR)
    found = rows(moved)
    for row in found:
        price, quantity = Decimal(row["ListUnitPrice"]), Decimal(row["PricingQuantity"])
        assert abs(price * quantity - Decimal(row["ListCost"])) < Decimal("0.000001"), row
        assert row["SkuId"] and row["SkuPriceId"] and row["PricingUnit"] and row["SubAccountName"], row
        assert bool(row["CommitmentDiscountId"]) == bool(row["CommitmentDiscountQuantity"]), row
        if row["ChargeCategory"] == "Purchase":
            assert (row["PricingCategory"], row["EffectiveCost"], row["ConsumedQuantity"]) == ("Standard", "0", ""), row
    mine = [row for row in found if row["ResourceId"] == covered]
    assert {row["ResourceName"] for row in mine} == {"worker"} and {row["ResourceType"] for row in mine} == {"Instance"}
    used = [row for row in mine if row["CommitmentDiscountStatus"] == "Used"]
    assert {row["CommitmentDiscountId"] for row in used} == {bought}
    # An m5.large counts for four.
    for row in used:
        weighed = 4 * Decimal(row["ConsumedQuantity"])
        assert abs(Decimal(row["CommitmentDiscountQuantity"]) - weighed) < Decimal("0.00000001")
    upfront, = (row for row in found if row["ChargeFrequency"] == "One-Time")
    assert (upfront["BilledCost"], upfront["CommitmentDiscountId"]) == ("504", bought)
    assert {row["PricingCategory"] for row in found if row["ResourceId"] == spot} == {"Dynamic"}
    unused = [row for row in found if row["CapacityReservationId"] == room]
    assert unused and {row["CapacityReservationStatus"] for row in unused} == {"Unused"}
    assert json.loads(unused[0]["SkuPriceDetails"])["InstanceType"] == "c5.large"


def test_the_price_of_a_row_is_found_in_the_price_list(moved):
    instance = launch(moved.client("ec2"))
    moved.advance_clock(HOUR)
    row = next(row for row in rows(moved) if row["ResourceId"] == instance)
    asked = {"ServiceCode": "AmazonEC2", "Filters": [{"Type": "TERM_MATCH", "Field": "sku", "Value": row["SkuId"]}]}
    (item,) = moved.client("pricing").get_products(**asked)["PriceList"]
    (term,) = json.loads(item)["terms"]["OnDemand"].values()
    dimension = term["priceDimensions"][row["SkuPriceId"]]
    assert Decimal(dimension["pricePerUnit"]["USD"]) == Decimal(row["ListUnitPrice"]) == Decimal("0.096")

"""Reserved Instances: offered, bought, queued, modified and exchanged. What bills make of them is in tests/billing."""

import datetime
import json
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from support.refusal import refusal
from support.region import Region
from support.reserved import DAY, YEAR, Reserved

UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def reserved(freehold, account):
    return Reserved(freehold, account)


@pytest.fixture(scope="module")
def clocked():
    """A region whose clock can be moved."""
    with Region("none", "--test-clock") as shared:
        yield shared


@pytest.fixture
def moved(clocked, account):
    return Reserved(clocked, account)


def names(offers, key):
    return {offer.get(key) for offer in offers}


def test_every_combination_of_a_type_is_on_offer(reserved):
    pages = reserved.ec2.get_paginator("describe_reserved_instances_offerings").paginate(InstanceType="m5.large")
    offers = [offer for page in pages for offer in page["ReservedInstancesOfferings"]]
    assert len(offers) == len({offer["ReservedInstancesOfferingId"] for offer in offers}) == 4 * 2 * 2 * 2 * 3
    assert names(offers, "AvailabilityZone") == {None, "us-east-1a", "us-east-1b", "us-east-1c"}
    assert names(offers, "OfferingType") == {"No Upfront", "Partial Upfront", "All Upfront"}
    assert names(offers, "OfferingClass") == {"standard", "convertible"}
    assert names(offers, "InstanceTenancy") == {"default", "dedicated"}
    assert names(offers, "Duration") == {YEAR, 3 * YEAR}
    assert names(offers, "ProductDescription") == {"Linux/UNIX"}
    assert names(offers, "Marketplace") == {False}
    zonal = [offer for offer in offers if "AvailabilityZone" in offer]
    assert names(zonal, "Scope") == {"Availability Zone"}


@pytest.mark.parametrize(
    ("payment", "fixed", "hourly"),
    [("No Upfront", 0, 0.06048), ("Partial Upfront", 252, 0.0288), ("All Upfront", 496, 0)],
)
def test_an_offer_says_what_it_costs(reserved, payment, fixed, hourly):
    offer = reserved.offer(OfferingType=payment)
    assert (offer["FixedPrice"], offer["UsagePrice"], offer["CurrencyCode"]) == (fixed, 0, "USD")
    assert offer["RecurringCharges"] == [{"Amount": hourly, "Frequency": "Hourly"}]
    assert offer["PricingDetails"] == []


def test_offers_are_found_by_what_they_are(reserved):
    def found(**asked):
        return reserved.ec2.describe_reserved_instances_offerings(InstanceType="m5.large", **asked)[
            "ReservedInstancesOfferings"
        ]

    def by(name, *values):
        return found(Filters=[{"Name": name, "Values": list(values)}])

    assert names(found(AvailabilityZone="us-east-1b"), "AvailabilityZone") == {"us-east-1b"}
    zone = found(AvailabilityZone="us-east-1b")[0]["AvailabilityZoneId"]
    assert names(found(AvailabilityZoneId=zone), "AvailabilityZone") == {"us-east-1b"}
    assert names(by("availability-zone-id", zone), "AvailabilityZone") == {"us-east-1b"}
    assert names(by("availability-zone", "us-east-1c"), "AvailabilityZone") == {"us-east-1c"}
    assert names(found(InstanceTenancy="dedicated"), "InstanceTenancy") == {"dedicated"}
    assert names(found(MinDuration=YEAR + 1), "Duration") == {3 * YEAR}
    assert names(found(MaxDuration=YEAR), "Duration") == names(by("duration", str(YEAR)), "Duration") == {YEAR}
    assert names(by("scope", "Region"), "Scope") == {"Region"}
    assert names(by("fixed-price", "252.0"), "FixedPrice") == names(by("fixed-price", "252"), "FixedPrice") == {252}
    offer = reserved.offering()
    assert names(by("reserved-instances-offering-id", offer), "ReservedInstancesOfferingId") == {offer}
    assert names(found(ReservedInstancesOfferingIds=[offer]), "ReservedInstancesOfferingId") == {offer}
    assert len(found(ProductDescription="Linux/UNIX (Amazon VPC)")) == len(by("usage-price", "0.0")) == 96
    assert len(found(IncludeMarketplace=True, MaxInstanceCount=1)) == len(by("marketplace", "false")) == 96
    assert by("marketplace", "true") == found(ProductDescription="Windows") == found(OfferingType="Light Utilization")
    assert by("instance-type", "m5.xlarge") == by("product-description", "Windows") == []


def test_offers_that_cannot_be_are_refused(reserved):
    call = reserved.ec2.describe_reserved_instances_offerings
    for name, value in {
        "InstanceType": "m5.huge",
        "AvailabilityZone": "us-east-1z",
        "AvailabilityZoneId": "use1-az9",
        "OfferingClass": "golden",
        "OfferingType": "Half Upfront",
        "InstanceTenancy": "host",
        "ProductDescription": "BeOS",
        "MaxResults": 101,
        "MaxInstanceCount": 0,
        "Filters": [{"Name": "colour", "Values": ["red"]}],
    }.items():
        assert refusal(call, **{name: value}) == "InvalidParameterValue", name
    unknown = {"ReservedInstancesOfferingIds": [UNKNOWN]}
    assert refusal(call, **unknown) == "InvalidReservedInstancesOfferingId"
    assert refusal(call, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(call, DryRun=True) == "DryRunOperation"


def test_what_is_bought_is_shown(reserved):
    offer = reserved.offer(OfferingType="Partial Upfront")
    one = reserved.show(reserved.buy(3, offer["ReservedInstancesOfferingId"]))
    for key in ("FixedPrice", "UsagePrice", "RecurringCharges", "InstanceType", "Duration", "OfferingType", "Scope"):
        assert one[key] == offer[key], key
    assert (one["State"], one["InstanceCount"], one["ProductDescription"]) == ("active", 3, "Linux/UNIX")
    assert one["End"] - one["Start"] == datetime.timedelta(seconds=YEAR - 1)
    zonal = reserved.show(reserved.buy(1, reserved.offering(zone="us-east-1b", InstanceTenancy="dedicated")))
    assert (zonal["Scope"], zonal["AvailabilityZone"]) == ("Availability Zone", "us-east-1b")
    assert (zonal["InstanceTenancy"], zonal["AvailabilityZoneId"]) == ("dedicated", "use1-az2")


def test_what_cannot_be_bought_is_refused(reserved):
    call, offering = reserved.ec2.purchase_reserved_instances_offering, reserved.offering(OfferingType="All Upfront")
    wanted = {"ReservedInstancesOfferingId": offering, "InstanceCount": 2}
    unknown = {"ReservedInstancesOfferingId": UNKNOWN, "InstanceCount": 1}
    assert refusal(call, **unknown) == "InvalidReservedInstancesOfferingId"
    assert refusal(call, **(wanted | {"InstanceCount": 0})) == "InvalidParameterValue"
    assert refusal(call, DryRun=True, **wanted) == "DryRunOperation"
    assert refusal(call, LimitPrice={"Amount": 991.99}, **wanted) == "ReservedInstancesUnavailable"
    assert refusal(call, LimitPrice={"Amount": 992, "CurrencyCode": "EUR"}, **wanted) == "InvalidParameterValue"
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert refusal(call, PurchaseTime=past, **wanted) == "InvalidParameterValue"
    assert reserved.ec2.describe_reserved_instances()["ReservedInstances"] == []
    call(LimitPrice={"Amount": 992, "CurrencyCode": "USD"}, **wanted)


def test_twenty_are_bought_in_a_month_for_the_region_and_for_each_zone(moved):
    # The middle of a month, whatever today is.
    start = moved.now()
    middle = (start.replace(day=1) + datetime.timedelta(days=32)).replace(day=15)
    moved.region.advance_clock(int((middle - start).total_seconds()))
    call, offering = moved.ec2.purchase_reserved_instances_offering, moved.offering()
    moved.buy(12, offering)
    asked = {"ReservedInstancesOfferingId": offering, "InstanceCount": 9}
    assert refusal(call, **asked) == "ReservedInstancesLimitExceeded"
    moved.buy(8, offering)
    moved.buy(20, moved.offering(zone="us-east-1a"))
    moved.buy(20, moved.offering(zone="us-east-1b"))
    # Those that are queued count in the month in which they are bought.
    moved.buy(20, offering, PurchaseTime=middle + datetime.timedelta(days=31))
    moved.region.advance_clock(62 * DAY)
    moved.buy(20, offering)


def test_what_is_bought_is_found_by_what_it_is(reserved):
    standard = reserved.buy(2)
    convertible = reserved.buy(
        1, reserved.offering("c5.large", OfferingClass="convertible", OfferingType="All Upfront", years=3)
    )
    zonal = reserved.buy(1, reserved.offering("t3.micro", zone="us-east-1a"))

    def found(**asked):
        return {one["ReservedInstancesId"] for one in reserved.ec2.describe_reserved_instances(**asked)["ReservedInstances"]}

    def by(name, *values):
        return found(Filters=[{"Name": name, "Values": list(values)}])

    assert found() == {standard, convertible, zonal}
    assert found(OfferingClass="convertible") == found(OfferingType="All Upfront") == {convertible}
    assert by("duration", str(3 * YEAR)) == by("instance-type", "c5.*") == {convertible}
    assert by("scope", "Availability Zone") == by("availability-zone", "us-east-1a") == {zonal}
    assert by("availability-zone-id", "use1-az1") == by("reserved-instances-id", zonal) == {zonal}
    shown = reserved.show(convertible)
    assert by("fixed-price", str(shown["FixedPrice"])) == {convertible}
    assert by("end", shown["End"].strftime("%Y-%m-%dT%H:%M:%S.") + f"{shown['End'].microsecond // 1000:03}Z") == {convertible}
    assert by("start", shown["Start"].strftime("%Y-%m-%d*")) == by("state", "active") == {standard, convertible, zonal}
    assert by("state", "retired") == by("product-description", "Windows") == set()
    assert by("usage-price", "0.0") == {standard, convertible, zonal}
    call = reserved.ec2.describe_reserved_instances
    assert refusal(call, OfferingClass="golden") == "InvalidParameterValue"
    assert refusal(call, ReservedInstancesIds=[UNKNOWN]) == "InvalidReservedInstancesId"
    assert refusal(call, DryRun=True) == "DryRunOperation"


def test_they_have_tags(reserved):
    one = reserved.buy()
    reserved.ec2.create_tags(Resources=[one], Tags=[{"Key": "team", "Value": "blue"}])
    assert reserved.show(one)["Tags"] == [{"Key": "team", "Value": "blue"}]
    asked = [{"Name": "tag:team", "Values": ["blue"]}]
    assert len(reserved.ec2.describe_reserved_instances(Filters=asked)["ReservedInstances"]) == 1
    (tag,) = reserved.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [one]}])["Tags"]
    assert (tag["ResourceType"], tag["Value"]) == ("reserved-instances", "blue")
    reserved.ec2.delete_tags(Resources=[one], Tags=[{"Key": "team"}])
    assert "Tags" not in reserved.show(one) or reserved.show(one)["Tags"] == []
    call = reserved.ec2.create_tags
    assert refusal(call, Resources=[UNKNOWN], Tags=[{"Key": "a", "Value": "b"}]) == "InvalidReservedInstancesId"


def test_nobody_sees_those_of_another_account(reserved, freehold):
    one = reserved.buy()
    other = freehold.client("ec2", account="999988887777")
    assert refusal(other.describe_reserved_instances, ReservedInstancesIds=[one]) == "InvalidReservedInstancesId"
    targets = [{"InstanceCount": 1, "AvailabilityZone": "us-east-1a"}]
    asked = {"ReservedInstancesIds": [one], "TargetConfigurations": targets}
    assert refusal(other.modify_reserved_instances, **asked) == "InvalidReservedInstancesId"
    call = other.get_reserved_instances_exchange_quote
    assert refusal(call, ReservedInstanceIds=[one]) == "InvalidReservedInstancesId"


def test_a_queued_purchase_is_made_later_or_deleted(moved):
    later = moved.now() + datetime.timedelta(days=2)
    kept, deleted = (moved.buy(PurchaseTime=later) for _ in range(2))
    assert moved.show(kept)["State"] == "queued"
    call = moved.ec2.delete_queued_reserved_instances
    answer = call(ReservedInstancesIds=[deleted, UNKNOWN])
    assert answer["SuccessfulQueuedPurchaseDeletions"] == [{"ReservedInstancesId": deleted}]
    (failed,) = answer["FailedQueuedPurchaseDeletions"]
    assert (failed["ReservedInstancesId"], failed["Error"]["Code"]) == (UNKNOWN, "reserved-instances-id-invalid")
    moved.region.advance_clock(2 * DAY + 1)
    assert (moved.show(kept)["State"], moved.show(deleted)["State"]) == ("active", "queued-deleted")
    (failed,) = call(ReservedInstancesIds=[kept])["FailedQueuedPurchaseDeletions"]
    assert failed["Error"]["Code"] == "reserved-instances-not-in-queued-state"
    assert refusal(call, ReservedInstancesIds=[UNKNOWN] * 101) == "InvalidParameterValue"
    assert refusal(call, ReservedInstancesIds=[kept], DryRun=True) == "DryRunOperation"
    moved.region.advance_clock(YEAR)
    assert moved.show(kept)["State"] == "retired"


def test_only_regional_ones_are_queued(moved):
    call, offering = moved.ec2.purchase_reserved_instances_offering, moved.offering(zone="us-east-1a")
    asked = {"ReservedInstancesOfferingId": offering, "InstanceCount": 1}
    later = moved.now() + datetime.timedelta(days=2)
    assert refusal(call, PurchaseTime=later, **asked) == "InvalidParameterCombination"
    much_later = moved.now() + datetime.timedelta(days=3 * 365 + 1)
    asked["ReservedInstancesOfferingId"] = moved.offering()
    assert refusal(call, PurchaseTime=much_later, **asked) == "InvalidParameterValue"


def test_a_reservation_moves_to_a_zone_and_back(reserved):
    one = reserved.buy(4, reserved.offering(OfferingType="All Upfront"))
    target = {"AvailabilityZone": "us-east-1b", "InstanceCount": 3}
    done = reserved.modify(one, target, {"Scope": "Region", "InstanceCount": 1})
    assert done["Status"] == "fulfilled"
    assert done["ReservedInstancesIds"] == [{"ReservedInstancesId": one}]
    zonal, regional = map(reserved.show, reserved.made(done))
    assert (zonal["Scope"], zonal["AvailabilityZone"], zonal["InstanceCount"]) == ("Availability Zone", "us-east-1b", 3)
    assert (regional["Scope"], regional["InstanceCount"], regional["State"]) == ("Region", 1, "active")
    old = reserved.show(one)
    assert old["State"] == "retired"
    assert old["End"] == zonal["Start"] == done["EffectiveDate"]
    # *A $0 fixed price and not the fixed price of the original reservation.*
    assert zonal["FixedPrice"] == regional["FixedPrice"] == 0
    assert zonal["Duration"] == YEAR
    assert zonal["End"] > old["End"]
    back = reserved.modify(reserved.made(done), {"Scope": "Region", "InstanceCount": 4})
    (merged,) = map(reserved.show, reserved.made(back))
    assert (merged["InstanceCount"], merged["Scope"], merged["End"]) == (4, "Region", zonal["End"])


def test_sizes_are_split_and_merged(reserved):
    one = reserved.buy(2, reserved.offering("m5.xlarge"))
    hourly = reserved.show(one)["RecurringCharges"][0]["Amount"]
    done = reserved.modify(
        one, {"InstanceType": "m5.large", "InstanceCount": 2}, {"InstanceType": "m5.xlarge", "InstanceCount": 1}
    )
    small, large = map(reserved.show, reserved.made(done))
    assert (small["InstanceType"], small["InstanceCount"]) == ("m5.large", 2)
    assert small["RecurringCharges"][0]["Amount"] == pytest.approx(hourly / 2)
    assert large["RecurringCharges"][0]["Amount"] == hourly
    done = reserved.modify(reserved.made(done), {"InstanceType": "m5.2xlarge", "InstanceCount": 1})
    (merged,) = map(reserved.show, reserved.made(done))
    assert (merged["InstanceType"], merged["RecurringCharges"][0]["Amount"]) == ("m5.2xlarge", hourly * 2)


def test_a_modification_that_is_none_is_refused(reserved):
    one = reserved.buy(2)
    dedicated = reserved.buy(2, reserved.offering(InstanceTenancy="dedicated"))

    def refused(*targets, ids=(one,)):
        asked = {"ReservedInstancesIds": list(ids), "TargetConfigurations": list(targets)}
        return refusal(reserved.ec2.modify_reserved_instances, **asked)

    zone = {"AvailabilityZone": "us-east-1a"}
    assert refused(zone | {"InstanceCount": 3}) == "InvalidParameterCombination"
    assert refused({"InstanceType": "m5.xlarge", "InstanceCount": 2}) == "InvalidParameterCombination"
    assert refused({"InstanceType": "c5.large", "InstanceCount": 2}) == "InvalidParameterCombination"
    assert refused({"Scope": "Region", "InstanceCount": 2}) == "InvalidParameterCombination"
    assert refused(zone | {"Scope": "Region", "InstanceCount": 2}) == "InvalidParameterCombination"
    assert refused(zone | {"InstanceCount": 4}, ids=(one, dedicated)) == "InvalidParameterCombination"
    smaller = {"InstanceType": "m5.xlarge", "InstanceCount": 1}
    assert refused(smaller, ids=[dedicated]) == "InvalidParameterCombination"
    assert refused({"AvailabilityZone": "us-east-1z", "InstanceCount": 2}) == "InvalidParameterValue"
    assert refused({"InstanceType": "m5.huge", "InstanceCount": 2}) == "InvalidParameterValue"
    assert refused({"Scope": "World", "InstanceCount": 2}) == "InvalidParameterValue"
    assert refused(zone | {"InstanceCount": 0}) == "InvalidParameterValue"
    assert refused(zone) == refused({"Scope": "Availability Zone", "InstanceCount": 2}) == "MissingParameter"
    assert refused(zone | {"InstanceCount": 2, "Platform": "EC2-Classic"}) == "UnsupportedOperation"
    assert refused(zone | {"InstanceCount": 2}, ids=[UNKNOWN]) == "InvalidReservedInstancesId"
    assert reserved.show(one)["State"] == "active"
    made = reserved.modify(one, zone | {"InstanceCount": 2})
    assert refused({"Scope": "Region", "InstanceCount": 2}) == "IncorrectState"
    assert made["Status"] == "fulfilled"


def test_the_same_token_modifies_once(reserved):
    one = reserved.buy(2)
    call = reserved.ec2.modify_reserved_instances
    asked = {
        "ReservedInstancesIds": [one],
        "TargetConfigurations": [{"AvailabilityZone": "us-east-1a", "InstanceCount": 2}],
        "ClientToken": "once",
    }
    first = call(**asked)["ReservedInstancesModificationId"]
    reserved.settled(first)
    assert call(**asked)["ReservedInstancesModificationId"] == first
    asked["TargetConfigurations"] = [{"AvailabilityZone": "us-east-1b", "InstanceCount": 2}]
    assert refusal(call, **asked) == "IdempotentParameterMismatch"


def test_modifications_are_found_by_what_they_are(reserved):
    one, other = reserved.buy(2), reserved.buy(1, reserved.offering("c5.large"))
    first = reserved.modify(one, {"AvailabilityZone": "us-east-1a", "InstanceCount": 2}, ClientToken="mine")
    second = reserved.modify(other, {"InstanceType": "c5.large", "AvailabilityZone": "us-east-1b", "InstanceCount": 1})

    def by(name, *values):
        filters = [{"Name": name, "Values": list(values)}]
        found = reserved.ec2.describe_reserved_instances_modifications(Filters=filters)
        return [one["ReservedInstancesModificationId"] for one in found["ReservedInstancesModifications"]]

    first, made, second = first["ReservedInstancesModificationId"], reserved.made(first)[0], second["ReservedInstancesModificationId"]
    result = "modification-result."
    target = f"{result}target-configuration."
    assert by("client-token", "mine") == by("reserved-instances-id", one) == [first]
    assert by(f"{result}reserved-instances-id", made) == by("reserved-instances-modification-id", first) == [first]
    assert by(f"{target}availability-zone", "us-east-1b") == by(f"{target}instance-type", "c5.large") == [second]
    assert by(f"{target}availability-zone-id", "use1-az1") == by(f"{target}instance-count", "2") == [first]
    assert sorted(by("status", "fulfilled")) == sorted([first, second])
    for name in ("create-date", "update-date", "effective-date"):
        assert sorted(by(name, "20*Z")) == sorted([first, second]), name
    call = reserved.ec2.describe_reserved_instances_modifications
    assert refusal(call, ReservedInstancesModificationIds=["rimod-1"]) == "InvalidReservedInstancesModificationId"
    assert refusal(call, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"


def test_convertible_ones_are_exchanged_for_what_is_worth_no_less(reserved):
    convertible = {"OfferingClass": "convertible", "OfferingType": "All Upfront"}
    old = reserved.buy(1, reserved.offering("m5.large", **convertible))
    target = reserved.offer("c5.large", **convertible)
    asked = {
        "ReservedInstanceIds": [old],
        "TargetConfigurations": [{"OfferingId": target["ReservedInstancesOfferingId"]}],
    }
    quote = reserved.ec2.get_reserved_instances_exchange_quote(**asked)
    assert quote["IsValidExchange"] and quote["CurrencyCode"] == "USD"
    before, after = quote["ReservedInstanceValueRollup"], quote["TargetConfigurationValueRollup"]
    assert Decimal(after["RemainingTotalValue"]) >= Decimal(before["RemainingTotalValue"]) > 0
    (wanted,) = quote["TargetConfigurationValueSet"]
    count = wanted["TargetConfiguration"]["InstanceCount"]
    # A c5.large costs less than an m5.large, so that it takes two.
    assert count == 2 and wanted["ReservationValue"] == after
    assert Decimal(quote["PaymentDue"]) == Decimal(after["RemainingUpfrontValue"]) - Decimal(before["RemainingUpfrontValue"])
    assert reserved.show(old)["State"] == "active"
    call = reserved.ec2.accept_reserved_instances_exchange_quote
    assert refusal(call, DryRun=True, **asked) == "DryRunOperation"
    assert call(**asked)["ExchangeId"].startswith("riex-")
    assert reserved.show(old)["State"] == "retired"
    shown = reserved.ec2.describe_reserved_instances(Filters=[{"Name": "state", "Values": ["active"]}])
    (new,) = shown["ReservedInstances"]
    assert (new["InstanceType"], new["InstanceCount"]) == ("c5.large", 2)
    assert new["FixedPrice"] * 2 == pytest.approx(float(quote["PaymentDue"]))
    assert new["End"] + datetime.timedelta(seconds=1) == quote["OutputReservedInstancesWillExpireAt"]
    assert refusal(call, **asked) == "InvalidParameterCombination"


def test_half_of_the_term_is_worth_half(moved):
    options = {"OfferingClass": "convertible", "OfferingType": "All Upfront"}
    offering = moved.offering("m5.large", **options)
    old = moved.buy(2, offering)
    fixed = moved.show(old)["FixedPrice"]
    moved.region.advance_clock(YEAR // 2)
    asked = {"ReservedInstanceIds": [old], "TargetConfigurations": [{"OfferingId": offering}]}
    quote = moved.ec2.get_reserved_instances_exchange_quote(**asked)
    value = quote["ReservedInstanceValueSet"][0]["ReservationValue"]
    assert float(value["RemainingUpfrontValue"]) == pytest.approx(fixed, rel=0.001)
    assert (quote["PaymentDue"], quote["TargetConfigurationValueSet"][0]["TargetConfiguration"]["InstanceCount"]) == (
        "0.000000",
        2,
    )


def test_an_exchange_that_cannot_be_says_why(reserved):
    standard = reserved.buy()
    upfront = reserved.buy(1, reserved.offering(OfferingClass="convertible", OfferingType="All Upfront"))

    def why(one, **options):
        targets = [{"OfferingId": reserved.offering(**options)}]
        asked = {"ReservedInstanceIds": [one], "TargetConfigurations": targets}
        quote = reserved.ec2.get_reserved_instances_exchange_quote(**asked)
        assert not quote["IsValidExchange"]
        call = reserved.ec2.accept_reserved_instances_exchange_quote
        assert refusal(call, **asked) == "InvalidParameterCombination"
        return quote["ValidationFailureReason"]

    convertible = {"OfferingClass": "convertible"}
    assert "not convertible" in why(standard, **convertible)
    assert "not convertible" in why(upfront)
    assert "No Upfront" in why(upfront, **convertible)
    assert "term" in why(upfront, years=3, OfferingType="All Upfront", **convertible)
    call = reserved.ec2.get_reserved_instances_exchange_quote
    nothing = call(ReservedInstanceIds=[upfront])
    assert not nothing["IsValidExchange"] and "target" in nothing["ValidationFailureReason"]
    target = {"OfferingId": reserved.offering(**convertible)}
    assert refusal(call, ReservedInstanceIds=[UNKNOWN]) == "InvalidReservedInstancesId"
    assert refusal(call, ReservedInstanceIds=[upfront], DryRun=True) == "DryRunOperation"
    asked = {"ReservedInstanceIds": [upfront]}
    assert refusal(call, TargetConfigurations=[target, target], **asked) == "InvalidParameterValue"
    assert refusal(call, TargetConfigurations=[target | {"InstanceCount": 1}], **asked) == "InvalidParameter"
    unknown = [{"OfferingId": UNKNOWN}]
    assert refusal(call, TargetConfigurations=unknown, **asked) == "InvalidReservedInstancesOfferingId"
    accept = reserved.ec2.accept_reserved_instances_exchange_quote
    assert refusal(accept, **asked) == "MissingParameter"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (
            "create_reserved_instances_listing",
            {
                "ClientToken": "a",
                "InstanceCount": 1,
                "PriceSchedules": [{"Price": 1.0, "Term": 1, "CurrencyCode": "USD"}],
                "ReservedInstancesId": UNKNOWN,
            },
        ),
        ("cancel_reserved_instances_listing", {"ReservedInstancesListingId": UNKNOWN}),
        ("describe_reserved_instances_listings", {}),
    ],
)
def test_the_marketplace_is_refused_by_name(reserved, operation, arguments):
    with pytest.raises(ClientError) as refused:
        getattr(reserved.ec2, operation)(**arguments)
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidAction"
    assert operation.replace("_", "") in error["Message"].lower()


def test_a_modification_outlives_the_control_plane(region):
    own = region("none")
    reserved = Reserved(own, "111122223333")
    one = reserved.buy(2)
    asked = [{"AvailabilityZone": "us-east-1a", "InstanceCount": 2}]
    call = reserved.ec2.modify_reserved_instances
    modification = call(ReservedInstancesIds=[one], TargetConfigurations=asked)["ReservedInstancesModificationId"]
    own.kill()
    own.start()
    reserved = Reserved(own, "111122223333")
    done = reserved.settled(modification)
    assert done["Status"] == "fulfilled"
    states = {shown["State"] for shown in reserved.ec2.describe_reserved_instances()["ReservedInstances"]}
    assert states == {"active", "retired"}


def test_the_command_line_buys(aws):
    asked = ("ec2", "describe-reserved-instances-offerings", "--instance-type", "t3.nano", "--max-items", "1")
    (offer,) = json.loads(aws(*asked).stdout)["ReservedInstancesOfferings"]
    wanted = ("--reserved-instances-offering-id", offer["ReservedInstancesOfferingId"], "--instance-count", "1")
    bought = aws("ec2", "purchase-reserved-instances-offering", *wanted)
    assert bought.returncode == 0, bought.stderr
    one = json.loads(bought.stdout)["ReservedInstancesId"]
    shown = json.loads(aws("ec2", "describe-reserved-instances", "--reserved-instances-ids", one).stdout)
    assert shown["ReservedInstances"][0]["InstanceType"] == "t3.nano"

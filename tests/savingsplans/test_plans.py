"""Buying plans, queueing, returning and tagging them."""

import datetime
import json
from decimal import Decimal

import pytest
from support.plans import YEAR
from support.refusal import refusal

DAY = 24 * 3600


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_a_plan_is_active_at_once_for_its_term(plans):
    offering = plans.offering()
    plan = plans.buy("0.5", offering)
    shown = plans.show(plan)
    assert shown["state"] == "active"
    assert shown["offeringId"] == offering
    assert shown["savingsPlanArn"] == f"arn:aws:savingsplans::{plans.account}:savingsplan/{plan}"
    assert (shown["savingsPlanType"], shown["paymentOption"]) == ("Compute", "No Upfront")
    assert shown["productTypes"] == ["EC2", "Fargate", "Lambda"]
    assert (shown["commitment"], shown["currency"]) == ("0.5", "USD")
    assert Decimal(shown["upfrontPaymentAmount"]) == 0
    assert Decimal(shown["recurringPaymentAmount"]) == Decimal("0.5")
    assert shown["termDurationInSeconds"] == YEAR
    assert "region" not in shown and "ec2InstanceFamily" not in shown
    assert (moment(shown["end"]) - moment(shown["start"])).total_seconds() == YEAR - 1


@pytest.mark.parametrize(
    ("payment", "upfront", "recurring"),
    [("No Upfront", "0", "1"), ("Partial Upfront", "4380", "0.5"), ("All Upfront", "8760", "0")],
)
def test_what_is_paid_at_once_follows_from_the_option(plans, payment, upfront, recurring):
    offering = plans.offering("EC2Instance", payment, 1, "m5")
    shown = plans.show(plans.buy("1", offering))
    assert Decimal(shown["upfrontPaymentAmount"]) == Decimal(upfront)
    assert Decimal(shown["recurringPaymentAmount"]) == Decimal(recurring)
    assert (shown["region"], shown["ec2InstanceFamily"]) == ("us-east-1", "m5")


def test_a_larger_part_may_be_paid_at_once(plans):
    offering = plans.offering(payment="Partial Upfront")
    shown = plans.show(plans.buy("1", offering, upfrontPaymentAmount="6570"))
    assert Decimal(shown["upfrontPaymentAmount"]) == 6570
    assert Decimal(shown["recurringPaymentAmount"]) == Decimal("0.25")


def test_what_cannot_be_bought_is_refused(plans):
    call, offering = plans.client.create_savings_plan, plans.offering()
    for commitment in ("0.0009", "1000001", "0.000001", "-1", "a lot"):
        assert refusal(call, savingsPlanOfferingId=offering, commitment=commitment) == "ValidationException", commitment
    unknown = "11111111-1111-4111-8111-111111111111"
    assert refusal(call, savingsPlanOfferingId=unknown, commitment="1") == "ResourceNotFoundException"
    wanted = {"savingsPlanOfferingId": offering, "commitment": "1"}
    assert refusal(call, upfrontPaymentAmount="4380", **wanted) == "ValidationException"
    partial = plans.offering(payment="Partial Upfront")
    for upfront in ("4379", "8700", "4380.5"):
        asked = {"savingsPlanOfferingId": partial, "commitment": "1", "upfrontPaymentAmount": upfront}
        assert refusal(call, **asked) == "ValidationException", upfront
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert refusal(call, purchaseTime=past, **wanted) == "ValidationException"
    assert refusal(call, tags={"aws:mine": "no"}, **wanted) == "ValidationException"
    assert plans.client.describe_savings_plans()["savingsPlans"] == []


def test_the_same_token_buys_once(plans):
    offering = plans.offering()
    first = plans.buy("1", offering, clientToken="once")
    assert plans.buy("1", offering, clientToken="once") == first
    call = plans.client.create_savings_plan
    asked = {"savingsPlanOfferingId": offering, "commitment": "2", "clientToken": "once"}
    assert refusal(call, **asked) == "ValidationException"
    assert len(plans.client.describe_savings_plans()["savingsPlans"]) == 1


def test_plans_are_found_by_what_they_are(plans):
    compute = plans.buy("1")
    of_m5 = plans.buy("2", plans.offering("EC2Instance", "All Upfront", 3, "m5"))

    def found(**asked):
        return [one["savingsPlanId"] for one in plans.client.describe_savings_plans(**asked)["savingsPlans"]]

    def by(name, value):
        return found(filters=[{"name": name, "values": [value]}])

    assert found() == [compute, of_m5]
    assert found(savingsPlanIds=[of_m5]) == [of_m5]
    assert found(savingsPlanArns=[plans.show(compute)["savingsPlanArn"]]) == [compute]
    assert found(states=["active"]) == [compute, of_m5]
    assert found(states=["retired"]) == []
    assert by("savings-plan-type", "Compute") == [compute]
    assert by("payment-option", "All Upfront") == [of_m5]
    assert by("ec2-instance-family", "m5") == by("instance-family", "m5") == by("region", "us-east-1") == [of_m5]
    assert by("commitment", "1") == [compute]
    assert by("term", str(3 * YEAR)) == [of_m5]
    assert by("start", plans.show(compute)["start"]) == [compute]
    assert by("end", plans.show(of_m5)["end"]) == [of_m5]
    assert by("upfront", plans.show(of_m5)["upfrontPaymentAmount"]) == [of_m5]
    page = plans.client.describe_savings_plans(maxResults=1)
    assert [one["savingsPlanId"] for one in page["savingsPlans"]] == [compute]
    assert found(maxResults=1, nextToken=page["nextToken"]) == [of_m5]
    call = plans.client.describe_savings_plans
    assert refusal(call, nextToken="nonsense") == "ValidationException"
    assert refusal(call, states=["happy"]) == "ValidationException"


def test_nobody_sees_the_plans_of_another_account(plans, freehold):
    plan = plans.buy()
    other = freehold.client("savingsplans", account="999988887777")
    assert other.describe_savings_plans(savingsPlanIds=[plan])["savingsPlans"] == []
    assert refusal(other.describe_savings_plan_rates, savingsPlanId=plan) == "ResourceNotFoundException"
    assert refusal(other.return_savings_plan, savingsPlanId=plan) == "ResourceNotFoundException"
    arn = plans.show(plan)["savingsPlanArn"]
    assert refusal(other.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"


def test_a_plan_has_the_rates_that_it_was_bought_with(plans):
    plan = plans.buy("1", plans.offering("EC2Instance", family="m5"))
    asked = [
        {"name": "instanceType", "values": ["m5.large"]},
        {"name": "productDescription", "values": ["Linux/UNIX"]},
        {"name": "tenancy", "values": ["shared"]},
    ]
    answer = plans.client.describe_savings_plan_rates(savingsPlanId=plan, filters=asked)
    assert answer["savingsPlanId"] == plan
    (rate,) = answer["searchResults"]
    assert (rate["currency"], rate["usageType"]) == ("USD", "BoxUsage:m5.large")
    assert 0 < Decimal(rate["rate"]) < Decimal("0.096")
    page = plans.client.describe_savings_plan_rates(savingsPlanId=plan, maxResults=5)
    assert len(page["searchResults"]) == 5
    following = plans.client.describe_savings_plan_rates(savingsPlanId=plan, maxResults=5, nextToken=page["nextToken"])
    assert following["searchResults"][0] not in page["searchResults"]
    by_service = [{"name": "serviceCode", "values": ["AWSLambda"]}]
    assert plans.client.describe_savings_plan_rates(savingsPlanId=plan, filters=by_service)["searchResults"] == []
    unknown = "11111111-1111-4111-8111-111111111111"
    assert refusal(plans.client.describe_savings_plan_rates, savingsPlanId=unknown) == "ResourceNotFoundException"


def test_a_queued_plan_begins_later_or_never(moved):
    later = moved.now() + datetime.timedelta(days=2)
    plan, other = (moved.buy("1", purchaseTime=later) for _ in range(2))
    assert moved.show(plan)["state"] == "queued"
    moved.client.delete_queued_savings_plan(savingsPlanId=other)
    assert moved.show(other)["state"] == "queued-deleted"
    moved.region.advance_clock(2 * DAY + 1)
    assert moved.show(plan)["state"] == "active"
    assert moved.show(other)["state"] == "queued-deleted"
    call = moved.client.delete_queued_savings_plan
    assert refusal(call, savingsPlanId=plan) == "ValidationException"
    assert refusal(call, savingsPlanId=other) == "ValidationException"
    unknown = "11111111-1111-4111-8111-111111111111"
    assert refusal(call, savingsPlanId=unknown) == "ResourceNotFoundException"
    moved.region.advance_clock(YEAR)
    assert moved.show(plan)["state"] == "retired"


def first_of_next_month(plans):
    """Moves the clock to the beginning of a month, when a week is in the month as well."""
    now = plans.now()
    following = (now.replace(day=1) + datetime.timedelta(days=32)).replace(day=1, hour=0, minute=0, second=10)
    plans.region.advance_clock(int((following - now).total_seconds()))


def test_a_plan_is_returned_within_a_week(moved):
    first_of_next_month(moved)
    plan, late = moved.buy(), moved.buy()
    until = moment(moved.show(plan)["returnableUntil"]) - moment(moved.show(plan)["start"])
    assert until == datetime.timedelta(days=7)
    assert moved.client.return_savings_plan(savingsPlanId=plan, clientToken="back")["savingsPlanId"] == plan
    assert moved.show(plan)["state"] == "returned"
    assert moved.client.return_savings_plan(savingsPlanId=plan, clientToken="back")["savingsPlanId"] == plan
    call = moved.client.return_savings_plan
    assert refusal(call, savingsPlanId=plan, clientToken="again") == "ValidationException"
    moved.region.advance_clock(7 * DAY + 1)
    assert refusal(call, savingsPlanId=late) == "ValidationException"


def test_a_large_plan_is_never_returned(moved):
    first_of_next_month(moved)
    plan = moved.buy("100.01")
    shown = moved.show(plan)
    assert shown["returnableUntil"] == shown["start"]
    assert refusal(moved.client.return_savings_plan, savingsPlanId=plan) == "ValidationException"


def test_ten_plans_are_returned_in_a_year(moved):
    first_of_next_month(moved)
    bought = [moved.buy("0.001") for _ in range(11)]
    for plan in bought[:10]:
        moved.client.return_savings_plan(savingsPlanId=plan)
    assert refusal(moved.client.return_savings_plan, savingsPlanId=bought[10]) == "ServiceQuotaExceededException"


def test_plans_have_tags(plans):
    plan = plans.buy(tags={"team": "blue"})
    arn = plans.show(plan)["savingsPlanArn"]
    client = plans.client
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "blue"}
    client.tag_resource(resourceArn=arn, tags={"team": "red", "stage": "test"})
    assert plans.show(plan)["tags"] == {"team": "red", "stage": "test"}
    client.untag_resource(resourceArn=arn, tagKeys=["team", "unknown"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    many = {f"key{number}": "" for number in range(50)}
    assert refusal(client.tag_resource, resourceArn=arn, tags=many) == "ServiceQuotaExceededException"
    assert refusal(client.tag_resource, resourceArn=arn, tags={"aws:x": ""}) == "ValidationException"
    unknown = arn[:-36] + "11111111-1111-4111-8111-111111111111"
    assert refusal(client.tag_resource, resourceArn=unknown, tags={"a": "b"}) == "ResourceNotFoundException"
    assert refusal(client.untag_resource, resourceArn=unknown, tagKeys=["a"]) == "ResourceNotFoundException"
    assert refusal(client.list_tags_for_resource, resourceArn=unknown) == "ResourceNotFoundException"
    assert refusal(client.list_tags_for_resource, resourceArn="arn:aws:s3:::bucket") == "ValidationException"


def test_plans_outlive_the_control_plane(region):
    own = region("none")
    client = own.client("savingsplans", account="111122223333")
    (offering,) = client.describe_savings_plans_offerings(
        planTypes=["Compute"], paymentOptions=["No Upfront"], durations=[YEAR]
    )["searchResults"]
    plan = client.create_savings_plan(savingsPlanOfferingId=offering["offeringId"], commitment="1")["savingsPlanId"]
    before = client.describe_savings_plans()["savingsPlans"]
    own.kill()
    own.start()
    client = own.client("savingsplans", account="111122223333")
    assert client.describe_savings_plans()["savingsPlans"] == before
    assert before[0]["savingsPlanId"] == plan


def test_the_command_line_buys_and_returns(aws, freehold):
    asked = ("savingsplans", "describe-savings-plans-offerings", "--plan-types", "Compute")
    offering = json.loads(aws(*asked).stdout)["searchResults"][0]["offeringId"]
    bought = aws("savingsplans", "create-savings-plan", "--savings-plan-offering-id", offering, "--commitment", "0.01")
    assert bought.returncode == 0, bought.stderr
    plan = json.loads(bought.stdout)["savingsPlanId"]
    shown = aws("savingsplans", "describe-savings-plans", "--savings-plan-ids", plan)
    assert json.loads(shown.stdout)["savingsPlans"][0]["state"] == "active"
    refused = aws("savingsplans", "create-savings-plan", "--savings-plan-offering-id", offering, "--commitment", "0")
    assert refused.returncode != 0 and "ValidationException" in refused.stderr

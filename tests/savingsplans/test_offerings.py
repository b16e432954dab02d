"""What is on offer, and at which rates."""

import json
from decimal import Decimal

from support.plans import YEAR
from support.refusal import refusal


def every(call, results="searchResults", **arguments):
    """All pages."""
    found, token = [], {}
    while True:
        page = call(**arguments, **token)
        assert len(page[results]) <= arguments["maxResults"]
        found += page[results]
        if not page.get("nextToken"):
            return found
        token = {"nextToken": page["nextToken"]}


def test_plans_for_everything_are_offered_in_six_ways(plans):
    found = plans.client.describe_savings_plans_offerings(planTypes=["Compute"])["searchResults"]
    ways = {(one["paymentOption"], one["durationSeconds"]) for one in found}
    assert len(found) == len(ways) == 6
    assert ways == {(how, years * YEAR) for how in ("No Upfront", "Partial Upfront", "All Upfront") for years in (1, 3)}
    one = next(one for one in found if (one["paymentOption"], one["durationSeconds"]) == ("No Upfront", YEAR))
    assert one["productTypes"] == ["EC2", "Fargate", "Lambda"]
    assert (one["currency"], one["serviceCode"]) == ("USD", "ComputeSavingsPlans")
    assert (one["usageType"], one["operation"]) == ("ComputeSP:1yrNoUpfront", "")
    assert one["description"] == "1 year No Upfront Compute Savings Plan"


def test_plans_for_a_family_say_which_and_where(plans):
    asked = {"planTypes": ["EC2Instance"], "filters": [{"name": "instanceFamily", "values": ["m5"]}]}
    found = plans.client.describe_savings_plans_offerings(**asked)["searchResults"]
    assert len(found) == 6
    for one in found:
        properties = {it["name"]: it["value"] for it in one["properties"]}
        assert properties == {"region": "us-east-1", "instanceFamily": "m5"}
        assert one["productTypes"] == ["EC2"]


def test_every_parameter_narrows_what_is_listed(plans):
    call = plans.client.describe_savings_plans_offerings
    offering = plans.offering("EC2Instance", "All Upfront", 3, "c5")
    described = {
        "offeringIds": [offering],
        "paymentOptions": ["All Upfront"],
        "productType": "EC2",
        "planTypes": ["EC2Instance"],
        "durations": [3 * YEAR],
        "currencies": ["USD"],
        "descriptions": ["3 year All Upfront c5 EC2 Instance Savings Plan"],
        "serviceCodes": ["ComputeSavingsPlans"],
        "usageTypes": ["EC2SP:c5.3yrAllUpfront"],
        "filters": [{"name": "region", "values": ["us-east-1"]}],
    }
    assert [one["offeringId"] for one in call(**described)["searchResults"]] == [offering]
    others = {
        "offeringIds": [plans.offering()],
        "paymentOptions": ["No Upfront"],
        "productType": "Lambda",
        "planTypes": ["Compute"],
        "durations": [YEAR],
        "currencies": ["CNY"],
        "descriptions": ["something else"],
        "serviceCodes": ["Other"],
        "usageTypes": ["EC2SP:c5.1yrAllUpfront"],
        "filters": [{"name": "region", "values": ["eu-west-1"]}],
        "operations": ["RunInstances"],
    }
    for name, value in others.items():
        assert call(**(described | {name: value}))["searchResults"] == [], name


def test_offerings_are_listed_a_page_at_a_time(plans):
    whole = every(plans.client.describe_savings_plans_offerings, maxResults=1000)
    small = every(plans.client.describe_savings_plans_offerings, maxResults=250)
    assert whole == small
    assert len({one["offeringId"] for one in whole}) == len(whole) > 600


def test_plans_that_nothing_here_would_use_are_refused_by_name(plans):
    call = plans.client.describe_savings_plans_offerings
    assert refusal(call, planTypes=["SageMaker"]) == "ValidationException"
    assert refusal(call, planTypes=["Database"]) == "ValidationException"
    assert refusal(call, productType="RDS") == "ValidationException"
    rates = plans.client.describe_savings_plans_offering_rates
    assert refusal(rates, savingsPlanTypes=["SageMaker"]) == "ValidationException"
    assert refusal(rates, filters=[{"name": "productId", "values": ["x"]}]) == "ValidationException"


def test_a_token_of_another_list_is_refused(plans):
    call = plans.client.describe_savings_plans_offerings
    token = call(maxResults=1)["nextToken"]
    assert refusal(call, maxResults=1, planTypes=["EC2Instance"], nextToken=token) == "ValidationException"
    assert refusal(call, nextToken="nonsense") == "ValidationException"
    assert refusal(call, maxResults=1001) == "ValidationException"


def rate(plans, offering, **properties):
    filters = [{"name": name, "values": [value]} for name, value in properties.items()]
    asked = {"savingsPlanOfferingIds": [offering], "filters": filters}
    (found,) = plans.client.describe_savings_plans_offering_rates(**asked)["searchResults"]
    return found


def test_a_plan_has_a_rate_for_each_type_system_and_tenancy(plans):
    offering = plans.offering("EC2Instance", "No Upfront", 1, "m5")
    linux = {"instanceType": "m5.large", "productDescription": "Linux/UNIX", "tenancy": "shared"}
    found = rate(plans, offering, **linux)
    assert found["usageType"] == "BoxUsage:m5.large"
    assert (found["operation"], found["unit"], found["productType"]) == ("RunInstances", "Hrs", "EC2")
    assert found["serviceCode"] == "AmazonEC2"
    parent = found["savingsPlanOffering"]
    assert parent["offeringId"] == offering
    assert (parent["planType"], parent["durationSeconds"]) == ("EC2Instance", YEAR)
    each = Decimal(found["rate"])
    assert 0 < each < Decimal("0.096")
    windows = rate(plans, offering, **(linux | {"productDescription": "Windows"}))
    assert windows["operation"] == "RunInstances:0002"
    assert Decimal(windows["rate"]) > each
    dedicated = rate(plans, offering, **(linux | {"tenancy": "dedicated"}))
    assert dedicated["usageType"] == "DedicatedUsage:m5.large"
    longer = rate(plans, plans.offering("EC2Instance", "All Upfront", 3, "m5"), **linux)
    assert Decimal(longer["rate"]) < each
    wider = rate(plans, plans.offering(), **linux)
    assert Decimal(wider["rate"]) > each


def test_compute_plans_have_rates_for_fargate_and_lambda(plans):
    call = plans.client.describe_savings_plans_offering_rates
    offering = [plans.offering()]
    found = call(savingsPlanOfferingIds=offering, products=["Fargate"])["searchResults"]
    assert {one["serviceCode"] for one in found} == {"AmazonECS"}
    assert len(found) == len({one["usageType"] for one in found}) == 6
    asked = {"serviceCodes": ["AWSLambda"], "usageTypes": ["Request"], "operations": ["Invoke"]}
    (requests,) = call(savingsPlanOfferingIds=offering, **asked)["searchResults"]
    # Requests count against a plan at their full price.
    assert (requests["unit"], Decimal(requests["rate"])) == ("Request", Decimal("0.0000002"))
    of_family = plans.offering("EC2Instance", family="m5")
    assert call(savingsPlanOfferingIds=[of_family], products=["Lambda"])["searchResults"] == []


def test_rates_are_listed_a_page_at_a_time(plans):
    call = plans.client.describe_savings_plans_offering_rates
    offering = plans.offering("EC2Instance", family="m5")
    whole = every(call, savingsPlanOfferingIds=[offering], maxResults=1000)
    assert every(call, savingsPlanOfferingIds=[offering], maxResults=30) == whole
    assert len(whole) > 60


def test_the_command_line_lists_offerings(aws, plans):
    answer = aws("savingsplans", "describe-savings-plans-offerings", "--plan-types", "Compute", "--durations", str(YEAR))
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)["searchResults"]
    assert {one["paymentOption"] for one in found} == {"No Upfront", "Partial Upfront", "All Upfront"}
    refused = aws("savingsplans", "describe-savings-plans-offerings", "--plan-types", "SageMaker")
    assert refused.returncode != 0
    assert "ValidationException" in refused.stderr and "SageMaker" in refused.stderr

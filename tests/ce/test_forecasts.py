"""What is to come, which resource cost what, and what to reserve."""

import datetime
import json
from decimal import Decimal

import pytest
from support.books import DAY, dimension, period
from support.cli import cli
from support.refusal import refusal
from support.reserved import Reserved

EC2 = "Amazon Elastic Compute Cloud - Compute"
LARGE = Decimal("0.096")


def days(count):
    return datetime.timedelta(days=count)


def amount(said):
    return Decimal(said["Amount"])


def close(one, other, within="0.01"):
    return abs(one - other) <= Decimal(within) * abs(other)


def test_what_runs_all_the_time_goes_on(books):
    day = books.midnight()
    books.run("m5.large")
    books.region.advance_clock(10 * DAY)
    today = day + days(10)
    only = {"Filter": dimension("SERVICE", EC2), "Metric": "UNBLENDED_COST"}
    week = books.ce.get_cost_forecast(TimePeriod=period(today, today + days(7)), Granularity="DAILY", **only)
    assert week["Total"]["Unit"] == "USD" and close(amount(week["Total"]), 7 * 24 * LARGE)
    results = week["ForecastResultsByTime"]
    assert [one["TimePeriod"] for one in results] == [
        period(today + days(number), today + days(number + 1)) for number in range(7)
    ]
    for one in results:
        lower, mean, upper = (
            Decimal(one[name])
            for name in ("PredictionIntervalLowerBound", "MeanValue", "PredictionIntervalUpperBound")
        )
        assert lower <= mean <= upper and close(mean, 24 * LARGE)
    year = books.ce.get_cost_forecast(TimePeriod=period(today, today + days(365)), Granularity="MONTHLY", **only)
    assert close(amount(year["Total"]), 365 * 24 * LARGE)
    assert close(sum(Decimal(one["MeanValue"]) for one in year["ForecastResultsByTime"]), amount(year["Total"]), "0.000001")
    usage = books.ce.get_usage_forecast(
        TimePeriod=period(today, today + days(1)),
        Granularity="DAILY",
        Metric="USAGE_QUANTITY",
        Filter=dimension("USAGE_TYPE", "BoxUsage:m5.large"),
    )
    assert usage["Total"]["Unit"] == "Hrs" and close(amount(usage["Total"]), Decimal(24))


def test_days_that_differ_make_the_interval_wide(books):
    day = books.midnight()
    for _ in range(4):
        instance = books.run("m5.large")
        books.region.advance_clock(DAY)
        books.end(instance)
        books.region.advance_clock(DAY)
    today = day + days(8)
    asked = {"TimePeriod": period(today, today + days(1)), "Metric": "UNBLENDED_COST", "Granularity": "DAILY"}
    asked["Filter"] = dimension("SERVICE", EC2)

    def width(**level):
        (one,) = books.ce.get_cost_forecast(**asked, **level)["ForecastResultsByTime"]
        assert close(Decimal(one["MeanValue"]), 12 * LARGE, "0.05")
        return Decimal(one["PredictionIntervalUpperBound"]) - Decimal(one["PredictionIntervalLowerBound"])

    assert Decimal(0) < width(PredictionIntervalLevel=51) < width() == width(PredictionIntervalLevel=80)


def test_what_is_paid_at_once_does_not_come_again(books):
    day = books.midnight()
    books.plans.buy("1", books.plans.offering(payment="All Upfront"))
    books.region.advance_clock(2 * DAY)
    asked = {"TimePeriod": period(day + days(2), day + days(3)), "Granularity": "DAILY"}
    assert amount(books.ce.get_cost_forecast(Metric="UNBLENDED_COST", **asked)["Total"]) == 0
    assert amount(books.ce.get_cost_forecast(Metric="AMORTIZED_COST", **asked)["Total"]) == 24


def test_what_cannot_be_foreseen_is_refused(books):
    day = books.midnight()
    call = books.ce.get_cost_forecast
    asked = {"TimePeriod": period(day, day + days(7)), "Granularity": "DAILY", "Metric": "UNBLENDED_COST"}
    assert refusal(call, **asked) == "DataUnavailableException"
    instance = books.run()
    books.region.advance_clock(DAY)
    books.end(instance)
    today = day + days(1)
    asked["TimePeriod"] = period(today, today + days(7))
    assert call(**asked)["ForecastResultsByTime"]
    for wrong in (
        {"TimePeriod": period(day, today + days(7))},
        {"TimePeriod": period(today, today)},
        {"TimePeriod": period(today, today + days(120))},
        {"Granularity": "HOURLY"},
        {"Metric": "USAGE_QUANTITY"},
        {"Metric": "BEAUTY"},
        {"Filter": dimension("RESOURCE_ID", instance)},
    ):
        assert refusal(call, **(asked | wrong)) == "ValidationException", wrong
    call = books.ce.get_usage_forecast
    assert refusal(call, **asked) == "ValidationException"
    assert refusal(call, **(asked | {"Metric": "USAGE_QUANTITY", "Granularity": "HOURLY"})) == "ValidationException"


def test_resources_are_told_apart_one_by_one(books):
    day = books.midnight()
    large, nano = books.run("m5.large", team="blue"), books.run("t3.nano")
    books.region.advance_clock(DAY)
    books.end(large)
    books.end(nano)
    call = books.ce.get_cost_and_usage_with_resources
    asked = {"TimePeriod": period(day, day + days(1)), "Granularity": "DAILY", "Filter": dimension("SERVICE", EC2)}
    by_resource = [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}]
    answer = call(GroupBy=by_resource, Metrics=["UnblendedCost", "UsageQuantity"], **asked)
    assert answer["GroupDefinitions"] == by_resource
    (result,) = answer["ResultsByTime"]
    costs = {group["Keys"][0]: group["Metrics"] for group in result["Groups"]}
    assert costs.keys() == {large, nano}
    assert close(amount(costs[large]["UnblendedCost"]), 24 * LARGE)
    assert costs[nano]["UsageQuantity"]["Unit"] == "Hrs"
    # Together they are what the account is charged.
    (whole,) = books.costs(day, day + days(1), Filter=dimension("SERVICE", EC2))
    each = sum(amount(metrics["UnblendedCost"]) for metrics in costs.values())
    assert abs(each - amount(whole["Total"]["UnblendedCost"])) < Decimal("0.000000001")
    both = {"And": [dimension("SERVICE", EC2), dimension("RESOURCE_ID", nano)]}
    (one,) = call(**(asked | {"Filter": both}))["ResultsByTime"]
    assert one["Total"]["UnblendedCost"] == costs[nano]["UnblendedCost"]
    hours = {"Start": f"{day}T00:00:00Z", "End": f"{day}T03:00:00Z"}
    found = call(GroupBy=by_resource, **(asked | {"TimePeriod": hours, "Granularity": "HOURLY"}))["ResultsByTime"]
    assert [len(one["Groups"]) for one in found] == [2, 2, 2]


def test_what_tells_no_resources_apart_is_refused(books):
    day = books.midnight()
    call = books.ce.get_cost_and_usage_with_resources
    asked = {"TimePeriod": period(day, day + days(1)), "Granularity": "DAILY", "Filter": dimension("SERVICE", EC2)}
    by_resource = {"GroupBy": [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}]}
    assert call(**asked, **by_resource)["ResultsByTime"]
    assert refusal(call, **asked) == "ValidationException"
    assert refusal(call, **(asked | by_resource | {"Filter": dimension("REGION", "us-east-1")})) == "ValidationException"
    long_ago = {"TimePeriod": period(day - days(15), day)}
    assert refusal(call, **(asked | by_resource | long_ago)) == "ValidationException"
    either = {"Filter": {"Or": [dimension("SERVICE", EC2), dimension("RESOURCE_ID", "i-1")]}}
    assert refusal(call, **(asked | by_resource | either)) == "ValidationException"
    assert refusal(books.ce.get_cost_and_usage, Metrics=["UnblendedCost"], **asked, **by_resource) == "ValidationException"


@pytest.mark.parametrize("flexible", [True, False])
def test_what_always_runs_is_worth_reserving(books, flexible):
    books.midnight()
    # Of a family whose sizes are flexible the smallest is recommended: two m5.large for an m5.xlarge.
    kind, smallest, count = ("m5.xlarge", "m5.large", 2) if flexible else ("g4dn.xlarge", "g4dn.xlarge", 1)
    instance = books.run(kind)
    books.region.advance_clock(8 * DAY)
    asked = {"Service": EC2, "TermInYears": "ONE_YEAR", "PaymentOption": "PARTIAL_UPFRONT"}
    call = books.ce.get_reservation_purchase_recommendation
    answer = call(LookbackPeriodInDays="SEVEN_DAYS", **asked)
    (advice,) = answer["Recommendations"]
    assert advice["ServiceSpecification"] == {"EC2Specification": {"OfferingClass": "STANDARD"}}
    assert (advice["TermInYears"], advice["LookbackPeriodInDays"]) == ("ONE_YEAR", "SEVEN_DAYS")
    (detail,) = advice["RecommendationDetails"]
    details = detail["InstanceDetails"]["EC2InstanceDetails"]
    assert (details["InstanceType"], details["SizeFlexEligible"]) == (smallest, flexible)
    assert (detail["AccountId"], detail["RecommendedNumberOfInstancesToPurchase"]) == (books.account, str(count))
    assert detail["AverageUtilization"] == "100"
    offer = Reserved(books.region, books.account).offer(smallest, OfferingType="Partial Upfront")
    fixed, hourly = Decimal(str(offer["FixedPrice"])), Decimal(str(offer["RecurringCharges"][0]["Amount"]))
    assert Decimal(detail["UpfrontCost"]) == count * fixed
    assert Decimal(detail["RecurringStandardMonthlyCost"]) == count * hourly * 730
    month = Decimal(detail["EstimatedMonthlyOnDemandCost"])
    saved = month - count * (hourly + fixed / 8760) * 730
    assert abs(Decimal(detail["EstimatedMonthlySavingsAmount"]) - saved) < Decimal("0.000001")
    assert 0 < Decimal(detail["EstimatedBreakEvenInMonths"]) < 12
    assert advice["RecommendationSummary"]["TotalEstimatedMonthlySavingsAmount"] == detail["EstimatedMonthlySavingsAmount"]
    convertible = {"ServiceSpecification": {"EC2Specification": {"OfferingClass": "CONVERTIBLE"}}}
    (other,) = call(LookbackPeriodInDays="SEVEN_DAYS", **convertible, **asked)["Recommendations"]
    (less,) = other["RecommendationDetails"]
    assert Decimal(less["EstimatedMonthlySavingsAmount"]) < Decimal(detail["EstimatedMonthlySavingsAmount"])
    # Eight days of thirty are not worth a year.
    assert call(LookbackPeriodInDays="THIRTY_DAYS", **asked)["Recommendations"] == []
    books.end(instance)


def test_what_is_reserved_is_not_recommended_again(books):
    books.midnight()
    books.run("m5.large")
    reserved = Reserved(books.region, books.account)
    call = books.ce.get_reservation_purchase_recommendation
    reserved.buy()
    books.region.advance_clock(8 * DAY)
    assert call(Service=EC2)["Recommendations"] == []
    books.run("m5.large")
    books.region.advance_clock(8 * DAY)
    (advice,) = call(Service=EC2)["Recommendations"]
    assert [one["RecommendedNumberOfInstancesToPurchase"] for one in advice["RecommendationDetails"]] == ["1"]
    assert (advice["PaymentOption"], advice["TermInYears"], advice["AccountScope"]) == ("NO_UPFRONT", "ONE_YEAR", "PAYER")
    other = {"Filter": dimension("LINKED_ACCOUNT", "999999999999")}
    assert call(Service=EC2, **other)["Recommendations"] == []


def test_reservations_of_other_services_are_refused(books):
    call = books.ce.get_reservation_purchase_recommendation
    assert call(Service=EC2)["Recommendations"] == []
    assert refusal(call, Service="Amazon Relational Database Service") == "ValidationException"
    assert refusal(call, Service=EC2, PaymentOption="HEAVY_UTILIZATION") == "ValidationException"
    assert refusal(call, Service=EC2, Filter=dimension("REGION", "us-east-1")) == "ValidationException"
    assert refusal(call, Service=EC2, NextPageToken="nonsense") == "InvalidNextTokenException"


def test_the_command_line_foresees_and_recommends(books):
    day = books.midnight()
    instance = books.run("m5.large")
    books.region.advance_clock(8 * DAY)
    today = day + days(8)
    aws = cli(books.region, books.account)

    def told(operation, *arguments):
        answer = aws("ce", operation, *arguments)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    ahead = ["--time-period", f"Start={today},End={today + days(2)}", "--granularity", "DAILY"]
    assert len(told("get-cost-forecast", "--metric", "UNBLENDED_COST", *ahead)["ForecastResultsByTime"]) == 2
    assert len(told("get-usage-forecast", "--metric", "USAGE_QUANTITY", *ahead)["ForecastResultsByTime"]) == 2
    (advice,) = told("get-reservation-purchase-recommendation", "--service", EC2)["Recommendations"]
    assert advice["RecommendationSummary"]["CurrencyCode"] == "USD"
    back = ["--time-period", f"Start={day},End={today}", "--granularity", "MONTHLY"]
    by_resource = ["--group-by", "Type=DIMENSION,Key=RESOURCE_ID", "--filter", json.dumps(dimension("SERVICE", EC2))]
    results = told("get-cost-and-usage-with-resources", *back, *by_resource)["ResultsByTime"]
    assert {group["Keys"][0] for result in results for group in result["Groups"]} == {instance}
    refused = aws("ce", "get-cost-forecast", "--metric", "USAGE_QUANTITY", *ahead)
    assert refused.returncode != 0 and "ValidationException" in refused.stderr

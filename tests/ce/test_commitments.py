"""How far what was bought was used, and what to buy."""

import datetime
from decimal import Decimal

from support.books import DAY, HOUR, dimension, period
from support.refusal import refusal
from support.reserved import Reserved

NANO = Decimal("0.0052")


def days(count):
    return datetime.timedelta(days=count)


def test_a_plan_is_charged_beside_what_it_covers(books):
    day = books.midnight()
    plan = books.plans.buy("0.01")
    instance = books.run()
    books.region.advance_clock(DAY)
    books.end(instance)
    records = books.by(day, day + days(1), "RECORD_TYPE")
    assert records["SavingsPlanRecurringFee"] == Decimal("0.24")
    assert records["SavingsPlanCoveredUsage"] > 0
    assert records["SavingsPlanCoveredUsage"] + records["SavingsPlanNegation"] == 0
    amortized = books.by(day, day + days(1), "RECORD_TYPE", "AmortizedCost")
    whole = amortized["SavingsPlanRecurringFee"] + amortized["SavingsPlanCoveredUsage"]
    assert abs(whole - Decimal("0.24")) < Decimal("0.0000001")
    assert amortized["SavingsPlanNegation"] == 0
    services = books.by(day, day + days(1), "SERVICE")
    assert services["Savings Plans for AWS Compute usage"] == Decimal("0.24")
    arn = books.plans.show(plan)["savingsPlanArn"]
    assert arn in books.by(day, day + days(1), "SAVINGS_PLAN_ARN")
    bought = books.ce.get_dimension_values(
        TimePeriod=period(day, day + days(1)), Dimension="SAVINGS_PLAN_ARN", Context="SAVINGS_PLANS"
    )["DimensionValues"]
    assert [one["Value"] for one in bought] == [arn]


def test_what_is_paid_at_once_is_charged_once(books):
    day = books.midnight()
    books.plans.buy("1", books.plans.offering(payment="All Upfront"))
    books.region.advance_clock(2 * DAY)
    upfront = [
        books.by(day + days(number), day + days(number + 1), "RECORD_TYPE").get("SavingsPlanUpfrontFee")
        for number in range(2)
    ]
    assert upfront == [8760, None]
    amortized = books.by(day + days(1), day + days(2), "RECORD_TYPE", "AmortizedCost")
    assert amortized == {"SavingsPlanRecurringFee": 24}


def test_what_was_paid_for_a_reservation_is_not_charged_again_when_it_is_modified(books):
    day = books.midnight()
    reserved = Reserved(books.region, books.account)
    one = reserved.buy(2, reserved.offering(OfferingType="All Upfront"))
    # At once, so that what comes of it has the whole term before it.
    reserved.modify(one, *({"AvailabilityZone": f"us-east-1{zone}", "InstanceCount": 1} for zone in "ab"))
    books.region.advance_clock(DAY)
    fixed = Decimal(str(reserved.show(one)["FixedPrice"]))
    assert books.by(day, day + days(1), "RECORD_TYPE")["Upfront"] == 2 * fixed


def test_what_an_exchange_costs_is_charged_on_its_day(books):
    day = books.midnight()
    reserved = Reserved(books.region, books.account)
    options = {"OfferingClass": "convertible", "OfferingType": "All Upfront"}
    one = reserved.buy(1, reserved.offering("c5.large", **options))
    books.region.advance_clock(10 * DAY)
    asked = {
        "ReservedInstanceIds": [one],
        "TargetConfigurations": [{"OfferingId": reserved.offering("m5.large", **options)}],
    }
    due = Decimal(books.ec2.get_reserved_instances_exchange_quote(**asked)["PaymentDue"])
    assert due > 0
    books.ec2.accept_reserved_instances_exchange_quote(**asked)
    books.region.advance_clock(DAY)
    assert books.by(day + days(10), day + days(11), "RECORD_TYPE")["Upfront"] == due
    assert books.by(day, day + days(1), "RECORD_TYPE")["Upfront"] == Decimal(str(reserved.show(one)["FixedPrice"]))


def test_plans_are_told_of_day_by_day_and_one_by_one(books):
    day = books.midnight()
    large, small = books.plans.buy("0.02"), books.plans.buy("0.001")
    instance = books.run()
    books.region.advance_clock(2 * DAY)
    books.end(instance)
    asked = {"TimePeriod": period(day, day + days(2))}
    answer = books.ce.get_savings_plans_utilization(Granularity="DAILY", **asked)
    by_day = answer["SavingsPlansUtilizationsByTime"]
    assert [one["TimePeriod"] for one in by_day] == [period(day + days(n), day + days(n + 1)) for n in range(2)]
    total = answer["Total"]["Utilization"]
    committed, used, unused = (Decimal(total[name]) for name in ("TotalCommitment", "UsedCommitment", "UnusedCommitment"))
    assert committed == Decimal("0.021") * 48
    assert abs(used + unused - committed) < Decimal("0.0000001") and used > 0
    assert abs(Decimal(total["UtilizationPercentage"]) - used / committed * 100) < Decimal("0.0001")
    savings = answer["Total"]["Savings"]
    covered = Decimal(savings["OnDemandCostEquivalent"])
    assert used < covered <= NANO * 48
    assert Decimal(savings["NetSavings"]) == covered - committed
    assert Decimal(answer["Total"]["AmortizedCommitment"]["TotalAmortizedCommitment"]) == committed
    assert "SavingsPlansUtilizationsByTime" not in books.ce.get_savings_plans_utilization(**asked)
    of_small = dimension("SAVINGS_PLAN_ARN", books.plans.show(small)["savingsPlanArn"])
    narrowed = books.ce.get_savings_plans_utilization(Filter=of_small, **asked)["Total"]["Utilization"]
    assert Decimal(narrowed["TotalCommitment"]) == Decimal("0.048")

    details = books.ce.get_savings_plans_utilization_details(
        SortBy={"Key": "TotalCommitment", "SortOrder": "DESCENDING"}, **asked
    )
    assert details["TimePeriod"] == asked["TimePeriod"] and details["Total"] == answer["Total"]
    arns = [one["SavingsPlanArn"] for one in details["SavingsPlansUtilizationDetails"]]
    assert arns == [books.plans.show(plan)["savingsPlanArn"] for plan in (large, small)]
    first = details["SavingsPlansUtilizationDetails"][0]
    assert first["Attributes"]["HourlyCommitment"] == "0.02"
    assert first["Attributes"]["PaymentOption"] == "No Upfront"
    page = books.ce.get_savings_plans_utilization_details(MaxResults=1, DataType=["UTILIZATION"], **asked)
    (one,) = page["SavingsPlansUtilizationDetails"]
    assert one.keys() == {"SavingsPlanArn", "Utilization"}
    rest = books.ce.get_savings_plans_utilization_details(
        MaxResults=1, DataType=["UTILIZATION"], NextToken=page["NextToken"], **asked
    )
    assert rest["SavingsPlansUtilizationDetails"][0]["SavingsPlanArn"] != one["SavingsPlanArn"]


def test_an_account_without_plans_has_nothing_to_tell(books):
    day = books.midnight()
    books.region.advance_clock(DAY)
    asked = {"TimePeriod": period(day, day + days(1))}
    assert refusal(books.ce.get_savings_plans_utilization, **asked) == "DataUnavailableException"
    assert refusal(books.ce.get_savings_plans_utilization_details, **asked) == "DataUnavailableException"
    future = {"TimePeriod": period(day, day + days(3))}
    assert refusal(books.ce.get_savings_plans_utilization, **future) == "ValidationException"
    hourly = refusal(books.ce.get_savings_plans_utilization, Granularity="HOURLY", **asked)
    assert hourly == "ValidationException"
    by_service = dimension("SERVICE", "AWS Lambda")
    call = books.ce.get_savings_plans_utilization_details
    assert refusal(call, Filter=by_service, **asked) == "ValidationException"
    assert refusal(call, SortBy={"Key": "Beauty"}, **asked) == "ValidationException"


def test_coverage_is_what_plans_paid_for_of_what_they_could(books):
    day = books.midnight()
    books.plans.buy("1", books.plans.offering("EC2Instance", family="t3"))
    instances = [books.run(), books.run("m5.large")]
    books.region.advance_clock(DAY)
    for instance in instances:
        books.end(instance)
    asked = {"TimePeriod": period(day, day + days(1))}
    by_family = [{"Type": "DIMENSION", "Key": "INSTANCE_FAMILY"}]
    answer = books.ce.get_savings_plans_coverage(GroupBy=by_family, **asked)["SavingsPlansCoverages"]
    families = {one["Attributes"]["INSTANCE_TYPE_FAMILY"]: one["Coverage"] for one in answer}
    assert {name: coverage["CoveragePercentage"] for name, coverage in families.items()} == {"t3": "100", "m5": "0"}
    assert Decimal(families["t3"]["OnDemandCost"]) == Decimal(families["m5"]["SpendCoveredBySavingsPlans"]) == 0
    (whole,) = books.ce.get_savings_plans_coverage(Granularity="DAILY", **asked)["SavingsPlansCoverages"]
    assert 0 < Decimal(whole["Coverage"]["CoveragePercentage"]) < 10
    order = {"Key": "TotalCost", "SortOrder": "DESCENDING"}
    page = books.ce.get_savings_plans_coverage(GroupBy=by_family, SortBy=order, MaxResults=1, **asked)
    assert page["SavingsPlansCoverages"][0]["Attributes"] == {"INSTANCE_TYPE_FAMILY": "m5"}
    assert page["NextToken"]
    call = books.ce.get_savings_plans_coverage
    assert refusal(call, GroupBy=by_family, Granularity="DAILY", **asked) == "ValidationException"
    assert refusal(call, GroupBy=[{"Type": "DIMENSION", "Key": "AZ"}], **asked) == "ValidationException"
    assert refusal(call, Metrics=["Hour"], **asked) == "ValidationException"
    assert refusal(call, NextToken="nonsense", **asked) == "InvalidNextTokenException"


def test_nothing_is_covered_where_nothing_is_reserved(books):
    day = books.midnight()
    instance = books.run()
    books.region.advance_clock(DAY)
    books.end(instance)
    asked = {"TimePeriod": period(day, day + days(1))}
    answer = books.ce.get_reservation_coverage(Metrics=["Hour", "Unit", "Cost"], **asked)
    total = answer["Total"]
    assert total["CoverageHours"]["CoverageHoursPercentage"] == total["CoverageHours"]["ReservedHours"] == "0"
    hours = Decimal(total["CoverageHours"]["OnDemandHours"])
    assert 23 < hours <= 24
    # Both are written with ten digits.
    units = Decimal(total["CoverageNormalizedUnits"]["TotalRunningNormalizedUnits"])
    assert abs(units - hours / 4) < Decimal("0.000000001")
    assert abs(Decimal(total["CoverageCost"]["OnDemandCost"]) - hours * NANO) < Decimal("0.000001")
    by_type = [{"Type": "DIMENSION", "Key": "INSTANCE_TYPE"}]
    (one,) = books.ce.get_reservation_coverage(GroupBy=by_type, **asked)["CoveragesByTime"]
    assert [group["Attributes"] for group in one["Groups"]] == [{"instanceType": "t3.nano"}]
    none = books.ce.get_reservation_coverage(Filter=dimension("INSTANCE_TYPE", "m5.large"), **asked)["Total"]
    assert none["CoverageHours"]["TotalRunningHours"] == "0"
    daily = books.ce.get_reservation_coverage(Granularity="DAILY", **asked)["CoveragesByTime"]
    assert [part["TimePeriod"] for part in daily] == [asked["TimePeriod"]]
    call = books.ce.get_reservation_coverage
    assert refusal(call, GroupBy=by_type, Granularity="DAILY", **asked) == "ValidationException"
    assert refusal(call, Metrics=["Beauty"], **asked) == "ValidationException"
    assert refusal(call, Filter=dimension("SERVICE", "Amazon Redshift"), **asked) == "ValidationException"
    assert refusal(call, Filter={"Not": dimension("AZ", "us-east-1a")}, **asked) == "ValidationException"

    used = books.ce.get_reservation_utilization(**asked)
    assert used["UtilizationsByTime"] == []
    assert used["Total"]["PurchasedHours"] == used["Total"]["UtilizationPercentage"] == "0"
    call = books.ce.get_reservation_utilization
    by_subscription = [{"Type": "DIMENSION", "Key": "SUBSCRIPTION_ID"}]
    assert refusal(call, GroupBy=by_subscription, Granularity="DAILY", **asked) == "ValidationException"
    assert refusal(call, GroupBy=by_type, **asked) == "ValidationException"
    assert refusal(call, SortBy={"Key": "Beauty"}, **asked) == "ValidationException"


def test_what_runs_all_the_time_is_worth_a_plan(books):
    books.midnight()
    instance = books.run("m5.large")
    books.region.advance_clock(8 * DAY)
    asked = {"TermInYears": "ONE_YEAR", "PaymentOption": "NO_UPFRONT", "LookbackPeriodInDays": "SEVEN_DAYS"}
    call = books.ce.get_savings_plans_purchase_recommendation
    answer = call(SavingsPlansType="EC2_INSTANCE_SP", **asked)
    advice = answer["SavingsPlansPurchaseRecommendation"]
    (detail,) = advice["SavingsPlansPurchaseRecommendationDetails"]
    assert detail["SavingsPlansDetails"]["InstanceFamily"] == "m5"
    assert detail["AccountId"] == books.account
    spend = Decimal("0.096") * 168
    assert abs(Decimal(detail["EstimatedOnDemandCostWithCurrentCommitment"]) - spend) < Decimal("0.001")
    saved, paid = Decimal(detail["EstimatedSavingsAmount"]), Decimal(detail["EstimatedSPCost"])
    assert Decimal("0.3") * spend < saved < Decimal("0.45") * spend
    assert abs(saved + paid + Decimal(detail["EstimatedOnDemandCost"]) - spend) < Decimal("0.001")
    summary = advice["SavingsPlansPurchaseRecommendationSummary"]
    assert summary["TotalRecommendationCount"] == "1"
    hourly = summary["HourlyCommitmentToPurchase"]
    assert hourly == detail["HourlyCommitmentToPurchase"]
    # What is recommended can be bought, and then nothing is.
    books.plans.buy(hourly, detail["SavingsPlansDetails"]["OfferingId"])
    books.region.advance_clock(8 * DAY)
    later = call(SavingsPlansType="COMPUTE_SP", **asked)["SavingsPlansPurchaseRecommendation"]
    rest = Decimal(later["SavingsPlansPurchaseRecommendationSummary"]["CurrentOnDemandSpend"])
    assert rest < spend / 20
    books.end(instance)
    assert refusal(call, SavingsPlansType="SAGEMAKER_SP", **asked) == "ValidationException"
    assert refusal(call, SavingsPlansType="DATABASE_SP", **asked) == "ValidationException"
    heavy = asked | {"PaymentOption": "HEAVY_UTILIZATION"}
    assert refusal(call, SavingsPlansType="COMPUTE_SP", **heavy) == "ValidationException"
    assert refusal(call, SavingsPlansType="COMPUTE_SP", NextPageToken="nonsense", **asked) == "InvalidNextTokenException"


def test_a_cheap_hour_is_no_reason_to_buy(books):
    books.midnight()
    instance = books.run()
    books.region.advance_clock(HOUR)
    books.end(instance)
    books.region.advance_clock(7 * DAY)
    answer = books.ce.get_savings_plans_purchase_recommendation(
        SavingsPlansType="COMPUTE_SP",
        TermInYears="THREE_YEARS",
        PaymentOption="ALL_UPFRONT",
        LookbackPeriodInDays="THIRTY_DAYS",
    )["SavingsPlansPurchaseRecommendation"]
    assert answer["SavingsPlansPurchaseRecommendationDetails"] == []
    assert answer["SavingsPlansPurchaseRecommendationSummary"]["TotalRecommendationCount"] == "0"

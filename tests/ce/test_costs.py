"""What an account is charged, and what tells charges apart."""

import datetime
import json
from decimal import Decimal

from support.books import DAY, HOUR, dimension, period
from support.cli import cli
from support.refusal import refusal

COMPUTE = "Amazon Elastic Compute Cloud - Compute"
NANO = Decimal("0.0052")


def amount(result, metric="UnblendedCost"):
    return Decimal(result["Total"][metric]["Amount"])


def only(*parts):
    return {"And": list(parts)} if len(parts) > 1 else parts[0]


def test_an_account_that_ran_nothing_is_charged_nothing(books):
    today = books.midnight()
    (result,) = books.costs(today, today + datetime.timedelta(days=1), "UnblendedCost", "UsageQuantity")
    assert result["TimePeriod"] == period(today, today + datetime.timedelta(days=1))
    assert result["Total"] == {
        "UnblendedCost": {"Amount": "0", "Unit": "USD"},
        "UsageQuantity": {"Amount": "0", "Unit": "N/A"},
    }
    assert result["Groups"] == [] and result["Estimated"]


def test_an_instance_is_charged_for_the_hours_that_it_ran(books):
    day = books.midnight()
    instance = books.run()
    books.region.advance_clock(30 * HOUR)
    books.end(instance)
    books.region.advance_clock(2 * DAY)
    end = day + datetime.timedelta(days=3)
    compute = dimension("SERVICE", COMPUTE)
    results = books.costs(day, end, "UnblendedCost", "AmortizedCost", "UsageQuantity", Filter=compute)
    assert len(results) == 3
    hours = [amount(result, "UsageQuantity") for result in results]
    # The clock goes on by itself while the test runs.
    assert 23 < hours[0] <= 24 and 6 <= hours[1] < 7 and hours[2] == 0
    for result, ran in zip(results, hours):
        assert abs(amount(result) - ran * NANO) < Decimal("0.000001")
        assert amount(result, "AmortizedCost") == amount(result)
    assert results[0]["Total"]["UsageQuantity"]["Unit"] == "Hrs"
    whole = books.costs(day, end, granularity="MONTHLY", Filter=compute)
    assert abs(sum(map(amount, whole)) - sum(map(amount, results))) < Decimal("0.000001")
    from_hour = f"{day}T00:00:00Z", f"{day}T03:00:00Z"
    hourly = books.costs(*from_hour, granularity="HOURLY", Filter=compute)
    assert [result["TimePeriod"]["Start"] for result in hourly] == [f"{day}T0{hour}:00:00Z" for hour in range(3)]
    assert amount(hourly[1]) == NANO
    assert abs(amount(hourly[2]) - NANO) == 0


def test_charges_are_told_apart_by_dimensions_and_tags(books):
    day = books.midnight()
    tagged, other = books.run(team="blue"), books.run("t3.micro")
    books.region.advance_clock(10 * HOUR)
    for instance in (tagged, other):
        books.end(instance)
    end = day + datetime.timedelta(days=1)
    compute = dimension("SERVICE", COMPUTE)
    assert COMPUTE in books.by(day, end, "SERVICE")
    types = books.by(day, end, "INSTANCE_TYPE", Filter=compute)
    assert types.keys() == {"t3.nano", "t3.micro"} and types["t3.nano"] < types["t3.micro"]
    usage = books.by(day, end, "USAGE_TYPE", "UsageQuantity", Filter=compute)
    assert usage.keys() == {"BoxUsage:t3.nano", "BoxUsage:t3.micro"}
    units = books.by(day, end, "INSTANCE_TYPE", "NormalizedUsageAmount", Filter=compute)
    assert units["t3.micro"] / units["t3.nano"] > Decimal("1.9")
    teams = books.by(day, end, "team", kind="TAG", Filter=compute)
    assert teams == {"team$blue": types["t3.nano"], "team$": types["t3.micro"]}
    for key, value in {
        "LINKED_ACCOUNT": books.account,
        "RECORD_TYPE": "Usage",
        "PURCHASE_TYPE": "On Demand Instances",
        "PLATFORM": "Linux/UNIX",
        "OPERATION": "RunInstances",
        "REGION": "us-east-1",
        "TENANCY": "Shared",
        "DATABASE_ENGINE": "NoDatabaseEngine",
        "LEGAL_ENTITY_NAME": "Amazon Web Services, Inc.",
    }.items():
        assert books.by(day, end, key, Filter=compute).keys() == {value}, key
    both = [{"Type": "DIMENSION", "Key": "INSTANCE_TYPE"}, {"Type": "TAG", "Key": "team"}]
    answer = books.ce.get_cost_and_usage(
        TimePeriod=period(day, end), Granularity="DAILY", Metrics=["UnblendedCost"], GroupBy=both, Filter=compute
    )
    assert answer["GroupDefinitions"] == both
    (result,) = answer["ResultsByTime"]
    assert result["Total"] == {}
    assert [group["Keys"] for group in result["Groups"]] == [["t3.micro", "team$"], ["t3.nano", "team$blue"]]

    def kinds(expression):
        filtered = {"And": [compute, expression]}
        return books.by(day, end, "INSTANCE_TYPE", Filter=filtered).keys()

    nano, micro = dimension("INSTANCE_TYPE", "t3.nano"), dimension("INSTANCE_TYPE", "t3.micro")
    assert kinds({"Or": [nano, micro]}) == {"t3.nano", "t3.micro"}
    assert kinds({"Not": nano}) == {"t3.micro"}
    assert kinds(dimension("INSTANCE_TYPE", "t3.nano", "t3.large")) == {"t3.nano"}
    assert kinds({"Tags": {"Key": "team", "Values": ["blue"]}}) == {"t3.nano"}
    assert kinds({"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}) == {"t3.micro"}


def test_values_of_dimensions_are_listed(books):
    day = books.midnight()
    instances = [books.run(team="blue"), books.run("t3.micro", team="red", stage="test")]
    books.region.advance_clock(5 * HOUR)
    for instance in instances:
        books.end(instance)
    asked = {"TimePeriod": period(day, day + datetime.timedelta(days=1))}

    def values(name, **options):
        return [one["Value"] for one in books.ce.get_dimension_values(Dimension=name, **asked, **options)["DimensionValues"]]

    assert values("INSTANCE_TYPE") == ["t3.micro", "t3.nano"]
    assert COMPUTE in values("SERVICE", SearchString="elastic compute")
    assert values("SERVICE", SearchString="nothing") == []
    assert values("INSTANCE_TYPE", Context="RESERVATIONS") == ["t3.micro", "t3.nano"]
    assert values("SAVINGS_PLAN_ARN", Context="SAVINGS_PLANS") == []
    dear = [{"Key": "UnblendedCost", "SortOrder": "DESCENDING"}]
    assert values("INSTANCE_TYPE", SortBy=dear) == ["t3.micro", "t3.nano"]
    cheap = [{"Key": "UnblendedCost", "SortOrder": "ASCENDING"}]
    assert values("INSTANCE_TYPE", SortBy=cheap, MaxResults=1) == ["t3.nano"]
    listed = books.ce.get_dimension_values(Dimension="USAGE_TYPE", SearchString="BoxUsage:t3.nano", **asked)
    assert listed["DimensionValues"] == [{"Value": "BoxUsage:t3.nano", "Attributes": {"unit": "Hrs"}}]
    assert (listed["ReturnSize"], listed["TotalSize"]) == (1, 1)
    page = books.ce.get_dimension_values(Dimension="INSTANCE_TYPE", MaxResults=1, **asked)
    assert (page["ReturnSize"], page["TotalSize"]) == (1, 2)
    assert values("INSTANCE_TYPE", MaxResults=1, NextPageToken=page["NextPageToken"]) == ["t3.nano"]

    def tags(**options):
        return books.ce.get_tags(**asked, **options)["Tags"]

    assert tags() == ["stage", "team"]
    assert set(tags(TagKey="team")) >= {"blue", "red"}
    assert tags(TagKey="team", SearchString="bl") == ["blue"]
    nano = dimension("INSTANCE_TYPE", "t3.nano")
    assert tags(Filter=nano) == ["team"]
    page = books.ce.get_tags(MaxResults=1, **asked)
    assert books.ce.get_tags(MaxResults=1, NextPageToken=page["NextPageToken"], **asked)["Tags"] == ["team"]

    call = books.ce.get_dimension_values
    assert refusal(call, Dimension="RESOURCE_ID", **asked) == "ValidationException"
    assert refusal(call, Dimension="OPERATION", Context="RESERVATIONS", **asked) == "ValidationException"
    assert refusal(call, Dimension="SERVICE", NextPageToken="nonsense", **asked) == "InvalidNextTokenException"
    changed = {"Dimension": "SERVICE", "NextPageToken": page["NextPageToken"]}
    assert refusal(call, **changed, **asked) == "RequestChangedException"
    assert refusal(call, Dimension="SERVICE", SortBy=dear, SearchString="x", **asked) == "ValidationException"
    assert refusal(books.ce.get_tags, NextPageToken="nonsense", **asked) == "InvalidNextTokenException"
    assert refusal(books.ce.get_tags, SortBy=[{"Key": "Beauty"}], **asked) == "ValidationException"


def test_nobody_sees_the_charges_of_another_account(books):
    day = books.midnight()
    instance = books.run()
    books.region.advance_clock(2 * HOUR)
    books.end(instance)
    other = books.region.client("ce", account="999988887777")
    (result,) = other.get_cost_and_usage(
        TimePeriod=period(day, day + datetime.timedelta(days=1)), Granularity="DAILY", Metrics=["UnblendedCost"]
    )["ResultsByTime"]
    assert amount(result) == 0


def test_what_cannot_be_told_is_refused(books):
    day = books.midnight()
    following = day + datetime.timedelta(days=1)

    def refused(start=day, end=following, granularity="DAILY", metrics=("UnblendedCost",), **options):
        asked = {"TimePeriod": period(start, end), "Granularity": granularity, "Metrics": list(metrics)}
        return refusal(books.ce.get_cost_and_usage, **asked, **options)

    assert refused(end=day) == "ValidationException"
    assert refused(start=following, end=following + datetime.timedelta(days=1)) == "ValidationException"
    assert refused(start=day - datetime.timedelta(days=500)) == "ValidationException"
    assert refused(start="yesterday") == "ValidationException"
    assert refused(granularity="HOURLY") == "ValidationException"
    old = day - datetime.timedelta(days=15)
    assert refused(f"{old}T00:00:00Z", f"{old}T01:00:00Z", "HOURLY") == "ValidationException"
    assert refused(metrics=["Beauty"]) == "ValidationException"
    assert refused(metrics=["ListCost"]) == "ValidationException"
    three = [{"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "REGION", "AZ")]
    assert refused(GroupBy=three) == "ValidationException"
    assert refused(GroupBy=[{"Type": "COST_CATEGORY", "Key": "x"}]) == "ValidationException"
    service = dimension("SERVICE", COMPUTE)
    assert refused(Filter={"And": [service]}) == "ValidationException"
    assert refused(Filter=service | {"Not": service}) == "ValidationException"
    assert refused(Filter={"CostCategories": {"Key": "x", "Values": ["y"]}}) == "ValidationException"
    assert refused(NextPageToken="nonsense") == "InvalidNextTokenException"
    view = "arn:aws:billing::111122223333:billingview/custom-1"
    assert refused(BillingViewArn=view) == "ValidationException"


def test_the_command_line_tells_costs(books):
    day = books.midnight()
    instance = books.run()
    books.region.advance_clock(3 * HOUR)
    books.end(instance)
    aws = cli(books.region, books.account)
    answer = aws(
        "ce",
        "get-cost-and-usage",
        "--time-period",
        f"Start={day},End={day + datetime.timedelta(days=1)}",
        "--granularity",
        "DAILY",
        "--metrics",
        "UnblendedCost",
        "--group-by",
        "Type=DIMENSION,Key=SERVICE",
    )
    assert answer.returncode == 0, answer.stderr
    (result,) = json.loads(answer.stdout)["ResultsByTime"]
    sums = {group["Keys"][0]: Decimal(group["Metrics"]["UnblendedCost"]["Amount"]) for group in result["Groups"]}
    assert 3 * NANO <= sums[COMPUTE] < 4 * NANO
    refused = aws("ce", "get-savings-plans-utilization", "--time-period", f"Start={day},End={day}")
    assert refused.returncode != 0 and "ValidationException" in refused.stderr

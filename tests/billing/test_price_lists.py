"""AWS's own price lists, imported: what bills, the price list and offers say afterwards."""

import json
import pathlib

import pytest
from support.bills import HOUR, launch, lines
from support.price_lists import as_csv, as_json, plans, price
from support.reserved import Reserved

STANDARD = ("1yr", "Partial Upfront", "standard")
PRICES = [
    price("0.5", "BoxUsage:m5.large"),
    price("0.25", "BoxUsage:m5.large", reserved=STANDARD),
    price("1000", "BoxUsage:m5.large", reserved=STANDARD, unit="Quantity"),
    price("0.7", "BoxUsage:m5.large", "RunInstances:0202"),
    price("0.6", "APN1-BoxUsage:m5.large", region="ap-northeast-1"),
    price("0.2", "EBS:VolumeUsage.gp3", "", unit="GB-Mo"),
]
RATES = plans(("ComputeSavingsPlans", "1", "No Upfront", "BoxUsage:m5.large", "RunInstances", "0.3"))


@pytest.fixture
def priced(region, tmp_path):
    """A region whose clock can be moved, and what imports files into it."""
    here = region("none", "--test-clock")

    def run(*texts, **options):
        files = []
        for at, text in enumerate(texts):
            files.append(tmp_path / f"{at}")
            files[-1].write_text(text)
        return here.command("prices", "import", *files, **options)

    here.imports = run
    return here


def sheet(region):
    return (pathlib.Path(region.data) / "prices.toml").read_text()


def restart(region):
    region.stop()
    region.start()


@pytest.mark.parametrize("write", [as_csv, as_json])
def test_what_is_imported_is_what_things_cost(priced, write):
    done = priced.imports(write(PRICES), RATES)
    assert done.returncode == 0, done.stderr
    assert "AmazonEC2 of 2027-01-02): 3 prices taken; left out: " in done.stdout
    assert "of other regions" in done.stdout and "not billed here" in done.stdout
    assert "ComputeSavingsPlans of 2027-01-02): 1 prices taken" in done.stdout
    assert "goes on with those that it had" in done.stdout
    before = Reserved(priced, "000000000000").offer(OfferingType="Partial Upfront")
    assert before["FixedPrice"] == 252
    restart(priced)
    ec2 = priced.client("ec2")
    instance = launch(ec2)
    priced.advance_clock(10 * HOUR)
    found = lines(priced, "--by", "resource,usage")[(instance, "BoxUsage:m5.large")]
    assert float(found["cost"]) == pytest.approx(0.5 * float(found["quantity"]))
    offer = Reserved(priced, "000000000000").offer(OfferingType="Partial Upfront")
    assert offer["FixedPrice"] == 1000
    assert {row["Amount"] for row in offer["RecurringCharges"]} == {0.25}
    fields = {"instanceType": "m5.large", "operatingSystem": "Linux", "tenancy": "Shared", "capacitystatus": "Used"}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in fields.items()]
    (item,) = priced.client("pricing").get_products(ServiceCode="AmazonEC2", Filters=filters)["PriceList"]
    item = json.loads(item)
    (term,) = item["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert float(dimension["pricePerUnit"]["USD"]) == 0.5 and item["publicationDate"] == "2027-01-02T00:00:00Z"
    rates = priced.client("savingsplans").describe_savings_plans_offering_rates(
        savingsPlanTypes=["Compute"],
        savingsPlanPaymentOptions=["No Upfront"],
        usageTypes=["BoxUsage:m5.large"],
        operations=["RunInstances"],
    )["searchResults"]
    assert {rate["rate"] for rate in rates if rate["savingsPlanOffering"]["durationSeconds"] == 31_536_000} == {"0.3"}


def test_files_are_imported_one_after_the_other(priced):
    for text in (as_json(PRICES), as_csv([price("5.5", "HostUsage:m5")]), RATES, as_csv([price("0.4", "BoxUsage:m5.large")])):
        assert priced.imports(text).returncode == 0
    text = sheet(priced)
    for part in ('usd = "0.4"', 'upfront = "1000"', 'hourly = "0.25"', 'family = "m5"', 'no_upfront = "0.3"'):
        assert part in text, part
    assert text.count('type = "m5.large"') == 1
    restart(priced)
    assert priced.client("ec2").describe_hosts()["Hosts"] == []


def test_a_file_is_read_from_standard_input(priced, tmp_path):
    (tmp_path / "index.csv").write_text(as_csv(PRICES))
    with open(tmp_path / "index.csv") as file:
        done = priced.command("prices", "import", "-", stdin=file)
    assert done.returncode == 0 and "prices taken" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (as_csv(PRICES).replace('"0.25"', '"much"'), 'line 8: "much" is not a price'),
        (as_csv(PRICES)[:-30], "line 12:"),
        (as_json(PRICES)[:-30], "EOF while parsing"),
        (as_csv([price("1", "BoxUsage:m5.large", region="eu-west-1")]), "it has no price for this region"),
        ("nothing of the kind\n", "no row of names begins with SKU"),
        ("", "no row of names begins with SKU"),
    ],
)
def test_a_file_with_a_mistake_changes_nothing(priced, text, why):
    assert priced.imports(RATES).returncode == 0
    before = sheet(priced)
    # What comes before it is not taken either.
    done = priced.imports(as_csv(PRICES), text)
    assert done.returncode == 1 and why in done.stderr and "nothing is imported" in done.stderr, done.stderr
    assert sheet(priced) == before


def test_a_missing_file_is_named(priced):
    done = priced.command("prices", "import", "/nowhere/index.json")
    assert done.returncode == 1 and "/nowhere/index.json" in done.stderr
    done = priced.command("prices", "import", "/")
    assert done.returncode == 1 and done.stderr.count("Is a directory") == 1, done.stderr

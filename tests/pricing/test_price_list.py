"""The price list, as scripts read it."""

import json
from decimal import Decimal

import pytest
from support.refusal import refusal

LINUX = {
    "instanceType": "m5.large",
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "preInstalledSw": "NA",
    "location": "US East (N. Virginia)",
}


@pytest.fixture
def pricing(freehold, account):
    return freehold.client("pricing", account=account)


def filters(kind="TERM_MATCH", **fields):
    return [{"Type": kind, "Field": name, "Value": value} for name, value in fields.items()]


def products(pricing, service="AmazonEC2", **fields):
    answer = pricing.get_products(ServiceCode=service, Filters=filters(**fields), FormatVersion="aws_v1")
    assert answer["FormatVersion"] == "aws_v1"
    return [json.loads(item) for item in answer["PriceList"]]


def price(term):
    """USD of a term with a single price."""
    (dimension,) = term["priceDimensions"].values()
    return Decimal(dimension["pricePerUnit"]["USD"])


def test_services_are_listed_with_their_attributes(pricing):
    answer = pricing.describe_services()
    services = {one["ServiceCode"]: one["AttributeNames"] for one in answer["Services"]}
    assert {"AmazonEC2", "AmazonECS", "AWSLambda", "AWSELB", "AWSQueueService", "AmazonSNS", "AmazonVPC"} <= services.keys()
    assert {"instanceType", "tenancy", "operatingSystem", "volumeApiName", "location"} <= set(services["AmazonEC2"])
    (one,) = pricing.describe_services(ServiceCode="AWSLambda", FormatVersion="aws_v1")["Services"]
    assert one == {"ServiceCode": "AWSLambda", "AttributeNames": services["AWSLambda"]}
    assert refusal(pricing.describe_services, ServiceCode="AmazonNothing") == "NotFoundException"
    assert refusal(pricing.describe_services, FormatVersion="aws_v2") == "InvalidParameterException"


def test_services_are_listed_a_page_at_a_time(pricing):
    pages = list(pricing.get_paginator("describe_services").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) > 1
    codes = [one["ServiceCode"] for page in pages for one in page["Services"]]
    assert codes == sorted(set(codes))
    assert refusal(pricing.describe_services, NextToken="nonsense") == "InvalidNextTokenException"


def test_an_attribute_has_values(pricing):
    def values(service, name, **options):
        answer = pricing.get_attribute_values(ServiceCode=service, AttributeName=name, **options)
        return [one["Value"] for one in answer["AttributeValues"]]

    assert values("AmazonEC2", "tenancy") == ["Dedicated", "Host", "Shared"]
    assert {"gp2", "gp3", "io1", "io2"} <= set(values("AmazonEC2", "volumeApiName"))
    types = values("AmazonEC2", "instanceType", MaxResults=10000)
    assert {"t3.micro", "m5.large"} <= set(types) and len(types) > 500
    paged = pricing.get_paginator("get_attribute_values").paginate(
        ServiceCode="AmazonEC2", AttributeName="instanceType", PaginationConfig={"PageSize": 400}
    )
    assert [one["Value"] for page in paged for one in page["AttributeValues"]] == types
    call = pricing.get_attribute_values
    assert refusal(call, ServiceCode="AmazonNothing", AttributeName="x") == "NotFoundException"
    assert refusal(call, ServiceCode="AmazonEC2", AttributeName="colour") == "InvalidParameterException"
    token = {"ServiceCode": "AmazonEC2", "AttributeName": "tenancy", "NextToken": "nonsense"}
    assert refusal(call, **token) == "InvalidNextTokenException"


def test_an_instance_has_its_price_on_demand(pricing):
    (item,) = products(pricing, **LINUX)
    product = item["product"]
    assert (item["serviceCode"], product["productFamily"]) == ("AmazonEC2", "Compute Instance")
    attributes = product["attributes"]
    assert LINUX.items() <= attributes.items()
    assert (attributes["vcpu"], attributes["memory"]) == ("2", "8 GiB")
    assert (attributes["storage"], attributes["instanceFamily"]) == ("EBS only", "General purpose")
    assert (attributes["usagetype"], attributes["operation"]) == ("BoxUsage:m5.large", "RunInstances")
    sku = product["sku"]
    (key, term), = item["terms"]["OnDemand"].items()
    assert key == f"{sku}.JRTCKXETXF"
    assert (term["sku"], term["offerTermCode"], term["termAttributes"]) == (sku, "JRTCKXETXF", {})
    (code, dimension), = term["priceDimensions"].items()
    assert code == dimension["rateCode"] == f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    assert (dimension["unit"], dimension["beginRange"], dimension["endRange"]) == ("Hrs", "0", "Inf")
    assert dimension["pricePerUnit"] == {"USD": "0.0960000000"}
    assert dimension["description"] == "$0.096 per On Demand Linux/UNIX m5.large Instance Hour"


def test_linux_can_be_reserved_in_twelve_ways(pricing):
    (item,) = products(pricing, **LINUX)
    terms = list(item["terms"]["Reserved"].values())
    names = ("LeaseContractLength", "OfferingClass", "PurchaseOption")
    ways = {tuple(term["termAttributes"][name] for name in names): term for term in terms}
    assert len(ways) == len(terms) == 12
    assert 0 < price(ways["1yr", "standard", "No Upfront"]) < Decimal("0.096")
    partial = ways["3yr", "convertible", "Partial Upfront"]["priceDimensions"].values()
    units = {one["unit"]: Decimal(one["pricePerUnit"]["USD"]) for one in partial}
    assert units.keys() == {"Hrs", "Quantity"} and all(units.values())
    (windows,) = products(pricing, **(LINUX | {"operatingSystem": "Windows"}))
    assert "Reserved" not in windows["terms"]
    ((_, on_demand),) = windows["terms"]["OnDemand"].items()
    assert price(on_demand) > Decimal("0.096")


def test_each_service_has_its_products(pricing):
    (volume,) = products(pricing, volumeApiName="gp3")
    ((_, term),) = volume["terms"]["OnDemand"].items()
    assert (volume["product"]["productFamily"], price(term)) == ("Storage", Decimal("0.08"))
    (requests,) = products(pricing, "AWSLambda", group="AWS-Lambda-Requests")
    ((_, term),) = requests["terms"]["OnDemand"].items()
    assert price(term) == Decimal("0.0000002")
    (host,) = products(pricing, productFamily="Dedicated Host", instanceType="m5")
    ((_, term),) = host["terms"]["OnDemand"].items()
    assert price(term) > 4
    for service in ("AmazonECS", "AWSELB", "AWSQueueService", "AmazonSNS", "AmazonVPC"):
        found = products(pricing, service)
        assert found and all(price(term) > 0 for item in found for term in item["terms"]["OnDemand"].values()), service
        assert len({item["product"]["sku"] for item in found}) == len(found), service


def test_filters_of_each_kind(pricing):
    def types(*asked):
        answer = pricing.get_products(ServiceCode="AmazonEC2", Filters=[one for some in asked for one in some])
        return {json.loads(item)["product"]["attributes"]["instanceType"] for item in answer["PriceList"]}

    linux = filters(operatingSystem="Linux", tenancy="Shared")
    assert types(linux, filters("EQUALS", instanceType="t3.micro")) == {"t3.micro"}
    assert types(linux, filters("CONTAINS", instanceType="t3.")) == {
        f"t3.{size}" for size in ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
    }
    assert types(linux, filters("ANY_OF", instanceType="t3.micro,t3.nano")) == {"t3.micro", "t3.nano"}
    wanted = filters("CONTAINS", instanceType="t3.") + filters("NONE_OF", instanceType="t3.micro,t3.nano")
    assert "t3.micro" not in types(linux, wanted) and "t3.small" in types(linux, wanted)
    assert types(filters(colour="red")) == set()
    call = pricing.get_products
    assert refusal(call, ServiceCode="AmazonNothing") == "NotFoundException"
    assert refusal(call, ServiceCode="AmazonEC2", FormatVersion="aws_v2") == "InvalidParameterException"


def test_what_terms_are_like_can_be_filtered_by(pricing):
    (listed,) = pricing.describe_services(ServiceCode="AmazonEC2")["Services"]
    assert {"termType", "OfferingClass", "PurchaseOption", "LeaseContractLength"} <= set(listed["AttributeNames"])
    values = pricing.get_attribute_values(ServiceCode="AmazonEC2", AttributeName="termType")["AttributeValues"]
    assert [one["Value"] for one in values] == ["OnDemand", "Reserved"]
    for term, reservable in (("OnDemand", LINUX | {"operatingSystem": "Windows"}), ("Reserved", LINUX)):
        (item,) = products(pricing, **(reservable | {"termType": term}))
        assert term in item["terms"]
    assert products(pricing, **(LINUX | {"operatingSystem": "Windows", "termType": "Reserved"})) == []
    assert products(pricing, **(LINUX | {"OfferingClass": "convertible", "LeaseContractLength": "5yr"})) == []
    (listed,) = pricing.describe_services(ServiceCode="AWSLambda")["Services"]
    assert "OfferingClass" not in listed["AttributeNames"]


def test_room_that_nobody_uses_has_the_price_of_an_instance(pricing):
    (item,) = products(pricing, **(LINUX | {"capacitystatus": "UnusedCapacityReservation"}))
    assert item["product"]["attributes"]["usagetype"] == "UnusedBox:m5.large"
    ((_, term),) = item["terms"]["OnDemand"].items()
    assert price(term) == Decimal("0.096") and "Reserved" not in item["terms"]


def test_products_are_listed_a_page_at_a_time(pricing):
    asked = {"ServiceCode": "AmazonEC2", "Filters": filters(instanceType="m5.large")}
    whole = pricing.get_products(**asked)["PriceList"]
    # Four systems with shared tenancy and dedicated, and unused room for Linux in both.
    assert len(whole) == len(set(whole)) == 10
    paged = pricing.get_paginator("get_products").paginate(**asked, PaginationConfig={"PageSize": 3})
    assert [item for page in paged for item in page["PriceList"]] == whole
    token = pricing.get_products(MaxResults=3, **asked)["NextToken"]
    call = pricing.get_products
    other = {"ServiceCode": "AmazonEC2", "Filters": filters(instanceType="m5.xlarge"), "NextToken": token}
    assert refusal(call, **other) == "InvalidNextTokenException"
    assert len(pricing.get_products(ServiceCode="AmazonEC2")["PriceList"]) == 100


def test_the_command_line_reads_a_price(aws):
    asked = [f"Type=TERM_MATCH,Field={name},Value={value}" for name, value in LINUX.items() if name != "location"]
    answer = aws("pricing", "get-products", "--service-code", "AmazonEC2", "--filters", *asked)
    assert answer.returncode == 0, answer.stderr
    (item,) = json.loads(answer.stdout)["PriceList"]
    assert json.loads(item)["product"]["attributes"]["instanceType"] == "m5.large"
    refused = aws("pricing", "get-products", "--service-code", "AmazonNothing")
    assert refused.returncode != 0 and "NotFoundException" in refused.stderr

"""Price lists as AWS publishes them, with prices of the test's own."""

import csv
import io
import json

ABOUT = [
    ["FormatVersion", "v1.0"],
    ["Disclaimer", "Figures of a test."],
    ["Publication Date", "2027-01-02T03:04:05Z"],
    ["Version", "20270102030405"],
]
OFFER = [
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange",
    "Unit", "PricePerUnit", "Currency", "RelatedTo", "LeaseContractLength", "PurchaseOption", "OfferingClass",
    "Product Family", "serviceCode", "Location", "Location Type", "Instance Type", "usageType", "operation", "Region Code",
]  # fmt: skip
PLANS = [
    "SKU", "RateCode", "Unit", "EffectiveDate", "DiscountedRate", "Currency", "DiscountedSKU", "DiscountedServiceCode",
    "DiscountedUsageType", "DiscountedOperation", "PurchaseOption", "LeaseContractLength", "LeaseContractLengthUnit",
    "ServiceCode", "UsageType", "Operation", "Description", "Instance Family", "Location", "Location Type", "Granularity",
    "Product Family", "DiscountedRegionCode", "DiscountedInstanceType",
]  # fmt: skip


def price(usd, usage, operation="RunInstances", service="AmazonEC2", region="us-east-1", unit="Hrs", reserved=None):
    """What something costs On-Demand, or reserved: (term, payment, class)."""
    term, payment, kind = reserved or ("", "", "")
    return {
        "SKU": f"SKU{abs(hash((usage, operation, region))) % 10**12:012}",
        "OfferTermCode": f"{term}{payment}{kind}".replace(" ", "") or "JRTCKXETXF",
        "TermType": "Reserved" if reserved else "OnDemand",
        "StartingRange": "" if unit == "Quantity" else "0",
        "Unit": unit,
        "PricePerUnit": usd,
        "Currency": "USD",
        "LeaseContractLength": term,
        "PurchaseOption": payment,
        "OfferingClass": kind,
        "serviceCode": service,
        "usageType": usage,
        "operation": operation,
        "Region Code": region,
    }


def _table(offer, columns, rows):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([*ABOUT, ["OfferCode", offer], columns])
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue()


def as_csv(rows, offer="AmazonEC2"):
    return _table(offer, OFFER, rows)


def as_json(rows, offer="AmazonEC2"):
    products, terms = {}, {"OnDemand": {}, "Reserved": {}}
    for row in rows:
        sku = row["SKU"]
        attributes = {"servicecode": row["serviceCode"], "usagetype": row["usageType"], "operation": row["operation"]}
        attributes["regionCode"] = row["Region Code"]
        products[sku] = {"sku": sku, "productFamily": "Compute Instance", "attributes": attributes}
        names = ("LeaseContractLength", "PurchaseOption", "OfferingClass")
        code = f"{sku}.{row['OfferTermCode']}"
        term = terms[row["TermType"]].setdefault(sku, {}).setdefault(
            code, {"priceDimensions": {}, "termAttributes": {name: row[name] for name in names if row[name]}}
        )
        rate = f"{code}.{'2TG2D8R56U' if row['Unit'] == 'Quantity' else '6YS6EN2CT7'}"
        term["priceDimensions"][rate] = {
            "rateCode": rate,
            "unit": row["Unit"],
            "beginRange": row["StartingRange"],
            "pricePerUnit": {"USD": row["PricePerUnit"]},
        }
    about = {"formatVersion": "v1.0", "offerCode": offer, "publicationDate": "2027-01-02T03:04:05Z"}
    return json.dumps(about | {"products": products, "terms": terms})


def plans(*rates):
    """Savings Plans with rates: (family of the plan, years, payment, usage type, operation, USD)."""
    rows = [
        {
            "SKU": f"{family}{years}{payment}".replace(" ", ""),
            "DiscountedRate": usd,
            "Currency": "USD",
            "DiscountedServiceCode": "AmazonEC2",
            "DiscountedUsageType": usage,
            "DiscountedOperation": operation,
            "PurchaseOption": payment,
            "LeaseContractLength": years,
            "LeaseContractLengthUnit": "year",
            "Product Family": family,
            "DiscountedRegionCode": "us-east-1",
        }
        for family, years, payment, usage, operation, usd in rates
    ]
    return _table("AmazonComputeSavingsPlan", PLANS, rows)

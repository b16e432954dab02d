"""What things cost."""

LINUX = {"instanceType": "m5.large", "operatingSystem": "Linux", "tenancy": "Shared"}
NOWHERE = "2020-01-02"
COSTS = [
    ("pricing_describe_services", "pricing", {"Action": "DescribeServices", "ServiceCode": "AWSLambda"}, {}),
    (
        "pricing_get_attribute_values",
        "pricing",
        {"Action": "GetAttributeValues", "ServiceCode": "AmazonEC2", "AttributeName": "tenancy"},
        {},
    ),
    (
        "pricing_get_products",
        "pricing",
        {
            "Action": "GetProducts",
            "ServiceCode": "AmazonEC2",
            "Filters": [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in LINUX.items()],
        },
        {},
    ),
    ("error_pricing_no_service", "pricing", {"Action": "GetProducts", "ServiceCode": "AmazonNothing"}, {}),
    (
        "error_ce_period",
        "ce",
        {
            "Action": "GetCostAndUsage",
            "TimePeriod": {"Start": NOWHERE, "End": NOWHERE},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
        },
        {},
    ),
]

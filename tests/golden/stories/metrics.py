"""Metrics and alarms."""

from golden.stories import ACCOUNT

ALARM = {
    "AlarmName": "high",
    "Namespace": "App",
    "MetricName": "load",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 1,
    "Threshold": 10.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "ignore",
    "Dimensions": [{"Name": "Host", "Value": "<a>"}],
    "AlarmActions": [f"arn:aws:sns:us-east-1:{ACCOUNT}:orders"],
}
SET = {"Action": "SetAlarmState", "AlarmName": "high", "StateValue": "ALARM", "StateReason": "fire & smoke"}
DATUM = {
    "MetricData.member.1.MetricName": "load",
    "MetricData.member.1.Dimensions.member.1.Name": "Host",
    "MetricData.member.1.Dimensions.member.1.Value": "<a>",
    "MetricData.member.1.StatisticValues.SampleCount": "4",
    "MetricData.member.1.StatisticValues.Sum": "22",
    "MetricData.member.1.StatisticValues.Minimum": "1.5",
    "MetricData.member.1.StatisticValues.Maximum": "9",
    "MetricData.member.1.Unit": "Count",
}
# All of a metric that has been put just now is in one datapoint of a day.
SPAN = {"StartTime": "2026-01-01T00:00:00Z", "EndTime": "2037-01-01T00:00:00Z", "Period": "86400000"}
METRICS = [
    ("cloudwatch_query_put_metric_data", "monitoring+query", {"Action": "PutMetricData", "Namespace": "App"} | DATUM, {}),
    ("cloudwatch_list_metrics", "monitoring", {"Action": "ListMetrics", "Namespace": "App"}, {}),
    ("cloudwatch_query_list_metrics", "monitoring+query", {"Action": "ListMetrics", "Namespace": "App"}, {}),
    (
        "cloudwatch_query_get_metric_statistics",
        "monitoring+query",
        {
            "Action": "GetMetricStatistics",
            "Namespace": "App",
            "MetricName": "load",
            "Dimensions.member.1.Name": "Host",
            "Dimensions.member.1.Value": "<a>",
            "Statistics.member.1": "Sum",
            "Statistics.member.2": "Average",
        }
        | SPAN,
        {},
    ),
    ("cloudwatch_put_metric_alarm", "monitoring", {"Action": "PutMetricAlarm"} | ALARM, {}),
    ("cloudwatch_set_alarm_state", "monitoring", SET, {}),
    ("cloudwatch_describe_alarms", "monitoring", {"Action": "DescribeAlarms"}, {}),
    ("cloudwatch_query_describe_alarms", "monitoring+query", {"Action": "DescribeAlarms"}, {}),
    (
        "cloudwatch_describe_alarm_history",
        "monitoring",
        {"Action": "DescribeAlarmHistory", "HistoryItemType": "StateUpdate"},
        {},
    ),
    ("cloudwatch_query_delete_alarms", "monitoring+query", {"Action": "DeleteAlarms", "AlarmNames.member.1": "high"}, {}),
    ("error_cloudwatch_not_found", "monitoring", {"Action": "DeleteAlarms", "AlarmNames": ["high"]}, {}),
    ("error_cloudwatch_query_not_found", "monitoring+query", {"Action": "DeleteAlarms", "AlarmNames.member.1": "high"}, {}),
    ("error_cloudwatch_validation", "monitoring", {"Action": "DescribeAlarms", "StateValue": "FINE"}, {}),
    ("error_cloudwatch_query_validation", "monitoring+query", {"Action": "DescribeAlarms", "StateValue": "FINE"}, {}),
    ("error_cloudwatch_unknown_operation", "monitoring", {"Action": "MakeCoffee"}, {}),
]

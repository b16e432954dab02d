"""Answers as they are on the wire, compared with the files beside this one: element names, nesting, namespaces, empty
sets, headers and error shapes of every protocol. `pytest tests/golden --update-golden` writes the files anew; review
what changed against AWS's API reference before you commit it.

One region and one story: each call may use what the calls before it made.
"""

import pathlib
import re

import pytest
from support.raw import send, shown
from support.region import Region
from support.waiting import until

ACCOUNT = "111122223333"
ANOTHER = "444455556666"
NOWHERE = "0123456789abcdef0"


class Story:
    """Sends the calls of the story, and remembers the answers to those that later calls name."""

    def __init__(self, region):
        self.region = region
        self.known = {}

    def tell(self, service, parameters, **options):
        """One call; `{name}` in a value stands for what an earlier one made known."""
        return send(self.region.endpoint, service, self.filled(parameters), **({"key": ACCOUNT} | options))

    def filled(self, value):
        match value:
            case str():
                return value.format_map(self.known)
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
        return value

    def learn(self, name, body, element):
        self.known[name] = re.search(f"<{element}>([^<]+)</{element}>|\"{element}\":\"([^\"]+)\"", body).expand(r"\1\2")

    def find(self, name, element, **parameters):
        status, _, body = self.tell("ec2", parameters)
        assert status == 200, body
        self.learn(name, body, element)


@pytest.fixture(scope="module")
def story():
    with Region() as region:
        told = Story(region)
        told.find("image", "imageId", Action="DescribeImages", **{"Owner.1": "amazon", **filtered("name", "freehold-minimal-*")})
        zone = filtered("availability-zone", "us-east-1a")
        told.find("subnet", "subnetId", Action="DescribeSubnets", **zone)
        told.find("other_subnet", "subnetId", Action="DescribeSubnets", **filtered("availability-zone", "us-east-1b"))
        told.find("vpc", "vpcId", Action="DescribeVpcs")
        told.tell("sns", {"Action": "CreateTopic", "Name": "theirs"}, key=ANOTHER)
        yield told


def filtered(name, value):
    return {"Filter.1.Name": name, "Filter.1.Value.1": value}


def compare(request, name, answer):
    path = pathlib.Path(__file__).parent / f"{name}.http"
    text = shown(*answer)
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert path.exists(), f"{path.name} is missing: run with --update-golden, and review it"
    assert text == path.read_text()


RUN = {"Action": "RunInstances", "ImageId": "{image}", "InstanceType": "t3.nano", "MinCount": "1", "MaxCount": "1"}
PERMISSION = {
    "IpPermissions.1.IpProtocol": "tcp",
    "IpPermissions.1.FromPort": "80",
    "IpPermissions.1.ToPort": "80",
    "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
    "IpPermissions.1.IpRanges.1.Description": "web & more",
}
TAG = {"Tag.1.Key": "Name", "Tag.1.Value": "<web> & \"more\""}
TRUST = (
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},'
    '"Action":"sts:AssumeRole"}}]}}'
)

MESSAGE = {
    "MessageBody": "a < b & c",
    "MessageAttributes": {
        "number": {"DataType": "Number", "StringValue": "1"},
        "bytes": {"DataType": "Binary", "BinaryValue": "AAEC"},
    },
    "MessageSystemAttributes": {
        "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"},
    },
}
EVERYTHING = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
SUBSCRIBER = {"Protocol": "sqs", "Endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"}

# Name of the file, service, parameters; and what later calls know from the answer: {name: element}.
QUEUES = [
    (
        "sqs_create_queue",
        "sqs",
        {"Action": "CreateQueue", "QueueName": "jobs", "Attributes": {"VisibilityTimeout": "60"}, "tags": {"team": "web"}},
        {"queue": "QueueUrl"},
    ),
    ("sqs_get_queue_attributes", "sqs", {"Action": "GetQueueAttributes", "QueueUrl": "{queue}", "AttributeNames": ["All"]}, {}),
    ("sqs_send_message", "sqs", {"Action": "SendMessage", "QueueUrl": "{queue}"} | MESSAGE, {}),
    ("sqs_receive_message", "sqs", {"Action": "ReceiveMessage", "QueueUrl": "{queue}"} | EVERYTHING, {"handle": "ReceiptHandle"}),
    (
        "sqs_change_message_visibility",
        "sqs",
        {"Action": "ChangeMessageVisibility", "QueueUrl": "{queue}", "ReceiptHandle": "{handle}", "VisibilityTimeout": 120},
        {},
    ),
    ("sqs_delete_message", "sqs", {"Action": "DeleteMessage", "QueueUrl": "{queue}", "ReceiptHandle": "{handle}"}, {}),
    ("sqs_receive_message_empty", "sqs", {"Action": "ReceiveMessage", "QueueUrl": "{queue}"}, {}),
    (
        "sqs_send_message_batch",
        "sqs",
        {
            "Action": "SendMessageBatch",
            "QueueUrl": "{queue}",
            "Entries": [{"Id": "good", "MessageBody": "x"}, {"Id": "late", "MessageBody": "x", "DelaySeconds": 901}],
        },
        {},
    ),
    ("sqs_list_queues", "sqs", {"Action": "ListQueues"}, {}),
    ("sqs_list_queue_tags", "sqs", {"Action": "ListQueueTags", "QueueUrl": "{queue}"}, {}),
    (
        "sqs_query_create_queue",
        "sqs+query",
        {
            "Action": "CreateQueue",
            "QueueName": "forms.fifo",
            "Attribute.1.Name": "FifoQueue",
            "Attribute.1.Value": "true",
            "Tag.1.Key": "team",
            "Tag.1.Value": "web",
        },
        {"fifo": "QueueUrl"},
    ),
    (
        "sqs_query_get_queue_attributes",
        "sqs+query",
        {"Action": "GetQueueAttributes", "QueueUrl": "{fifo}", "AttributeName.1": "All"},
        {},
    ),
    (
        "sqs_query_send_message",
        "sqs+query",
        {
            "Action": "SendMessage",
            "QueueUrl": "{fifo}",
            "MessageBody": "a < b & c",
            "MessageGroupId": "group",
            "MessageDeduplicationId": "once",
            "MessageAttribute.1.Name": "number",
            "MessageAttribute.1.Value.DataType": "Number",
            "MessageAttribute.1.Value.StringValue": "1",
        },
        {},
    ),
    (
        "sqs_query_receive_message",
        "sqs+query",
        {"Action": "ReceiveMessage", "QueueUrl": "{fifo}", "AttributeName.1": "All", "MessageAttributeName.1": "All"},
        {"handle": "ReceiptHandle"},
    ),
    ("sqs_query_delete_message", "sqs+query", {"Action": "DeleteMessage", "QueueUrl": "{fifo}", "ReceiptHandle": "{handle}"}, {}),
    ("sqs_query_receive_message_empty", "sqs+query", {"Action": "ReceiveMessage", "QueueUrl": "{fifo}"}, {}),
    (
        "sqs_query_send_message_batch",
        "sqs+query",
        {
            "Action": "SendMessageBatch",
            "QueueUrl": "{queue}",
            "SendMessageBatchRequestEntry.1.Id": "good",
            "SendMessageBatchRequestEntry.1.MessageBody": "x",
            "SendMessageBatchRequestEntry.2.Id": "late",
            "SendMessageBatchRequestEntry.2.MessageBody": "x",
            "SendMessageBatchRequestEntry.2.DelaySeconds": "901",
        },
        {},
    ),
    ("sqs_query_list_queues", "sqs+query", {"Action": "ListQueues"}, {}),
    ("sqs_query_list_queue_tags", "sqs+query", {"Action": "ListQueueTags", "QueueUrl": "{fifo}"}, {}),
    ("error_sqs_no_queue", "sqs", {"Action": "GetQueueUrl", "QueueName": "nothing"}, {}),
    ("error_sqs_query_no_queue", "sqs+query", {"Action": "GetQueueUrl", "QueueName": "nothing"}, {}),
    ("error_sqs_handle", "sqs", {"Action": "DeleteMessage", "QueueUrl": "{queue}", "ReceiptHandle": "nonsense"}, {}),
    ("error_sqs_query_handle", "sqs+query", {"Action": "DeleteMessage", "QueueUrl": "{queue}", "ReceiptHandle": "nonsense"}, {}),
    ("error_sqs_value", "sqs", {"Action": "ReceiveMessage", "QueueUrl": "{queue}", "MaxNumberOfMessages": 11}, {}),
    ("error_sqs_query_value", "sqs+query", {"Action": "ReceiveMessage", "QueueUrl": "{queue}", "MaxNumberOfMessages": "11"}, {}),
    ("error_sqs_missing_parameter", "sqs", {"Action": "SendMessage", "QueueUrl": "{queue}"}, {}),
    ("error_sqs_query_missing_parameter", "sqs+query", {"Action": "SendMessage", "QueueUrl": "{queue}"}, {}),
    ("error_sqs_type", "sqs", {"Action": "SendMessage", "QueueUrl": "{queue}", "MessageBody": 1}, {}),
    ("error_sqs_unknown_operation", "sqs", {"Action": "MakeCoffee"}, {}),
    ("error_sqs_query_unknown_action", "sqs+query", {"Action": "MakeCoffee"}, {}),
]
TOPICS = [
    (
        "sns_create_topic",
        "sns",
        {"Action": "CreateTopic", "Name": "orders", "Attributes.entry.1.key": "DisplayName", "Attributes.entry.1.value": "Orders"},
        {"topic": "TopicArn"},
    ),
    ("sns_subscribe", "sns", {"Action": "Subscribe", "TopicArn": "{topic}"} | SUBSCRIBER, {"subscription": "SubscriptionArn"}),
    ("sns_list_subscriptions_by_topic", "sns", {"Action": "ListSubscriptionsByTopic", "TopicArn": "{topic}"}, {}),
    (
        "sns_subscribe_pending",
        "sns",
        {"Action": "Subscribe", "TopicArn": "{topic}", "Protocol": "email", "Endpoint": "me@example.com"},
        {},
    ),
    (
        "sns_publish",
        "sns",
        {
            "Action": "Publish",
            "TopicArn": "{topic}",
            "Message": "a < b",
            "MessageAttributes.entry.1.Name": "colour",
            "MessageAttributes.entry.1.Value.DataType": "String",
            "MessageAttributes.entry.1.Value.StringValue": "red",
        },
        {},
    ),
    (
        "sns_publish_batch",
        "sns",
        {
            "Action": "PublishBatch",
            "TopicArn": "{topic}",
            "PublishBatchRequestEntries.member.1.Id": "good",
            "PublishBatchRequestEntries.member.1.Message": "x",
            "PublishBatchRequestEntries.member.2.Id": "empty",
            "PublishBatchRequestEntries.member.2.Message": "",
        },
        {},
    ),
    ("sns_get_topic_attributes", "sns", {"Action": "GetTopicAttributes", "TopicArn": "{topic}"}, {}),
    ("sns_get_subscription_attributes", "sns", {"Action": "GetSubscriptionAttributes", "SubscriptionArn": "{subscription}"}, {}),
    ("sns_list_topics", "sns", {"Action": "ListTopics"}, {}),
    ("sns_list_tags_empty", "sns", {"Action": "ListTagsForResource", "ResourceArn": "{topic}"}, {}),
    ("sns_unsubscribe", "sns", {"Action": "Unsubscribe", "SubscriptionArn": "{subscription}"}, {}),
    ("error_sns_not_found", "sns", {"Action": "GetTopicAttributes", "TopicArn": "{topic}-not"}, {}),
    ("error_sns_invalid_parameter", "sns", {"Action": "CreateTopic", "Name": "a b"}, {}),
    ("error_sns_validation", "sns", {"Action": "CreateTopic"}, {}),
    ("error_sns_empty_batch", "sns", {"Action": "PublishBatch", "TopicArn": "{topic}"}, {}),
    (
        "error_sns_authorization",
        "sns",
        {"Action": "Publish", "TopicArn": f"arn:aws:sns:us-east-1:{ANOTHER}:theirs", "Message": "x"},
        {},
    ),
    ("error_sns_unknown_action", "sns", {"Action": "MakeCoffee"}, {}),
]
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
FLEET = {"AutoScalingGroupName": "fleet"}
GROUPS = [
    (
        "autoscaling_create_launch_configuration",
        "autoscaling",
        {
            "Action": "CreateLaunchConfiguration",
            "LaunchConfigurationName": "old",
            "ImageId": "{image}",
            "InstanceType": "t3.nano",
            "SecurityGroups.member.1": "default",
        },
        {},
    ),
    ("autoscaling_describe_launch_configurations", "autoscaling", {"Action": "DescribeLaunchConfigurations"}, {}),
    (
        "autoscaling_create_group",
        "autoscaling",
        {
            "Action": "CreateAutoScalingGroup",
            "LaunchConfigurationName": "old",
            "MinSize": "0",
            "MaxSize": "2",
            "DesiredCapacity": "1",
            "AvailabilityZones.member.1": "us-east-1a",
            "Tags.member.1.Key": "role",
            "Tags.member.1.Value": "web",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_groups", "autoscaling", {"Action": "DescribeAutoScalingGroups"}, {}),
    ("autoscaling_describe_instances", "autoscaling", {"Action": "DescribeAutoScalingInstances"}, {}),
    ("autoscaling_describe_activities", "autoscaling", {"Action": "DescribeScalingActivities"} | FLEET, {}),
    (
        "autoscaling_put_scaling_policy",
        "autoscaling",
        {
            "Action": "PutScalingPolicy",
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType": "ASGAverageCPUUtilization",
            "TargetTrackingConfiguration.TargetValue": "50",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_policies", "autoscaling", {"Action": "DescribePolicies"} | FLEET, {}),
    (
        "autoscaling_put_lifecycle_hook",
        "autoscaling",
        {
            "Action": "PutLifecycleHook",
            "LifecycleHookName": "drain",
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_lifecycle_hooks", "autoscaling", {"Action": "DescribeLifecycleHooks"} | FLEET, {}),
    (
        "autoscaling_put_scheduled_action",
        "autoscaling",
        {
            "Action": "PutScheduledUpdateGroupAction",
            "ScheduledActionName": "morning",
            "Recurrence": "0 9 * * *",
            "TimeZone": "Europe/Berlin",
            "MinSize": "1",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_scheduled_actions", "autoscaling", {"Action": "DescribeScheduledActions"} | FLEET, {}),
    ("autoscaling_describe_tags", "autoscaling", {"Action": "DescribeTags"}, {}),
    ("autoscaling_describe_refreshes_empty", "autoscaling", {"Action": "DescribeInstanceRefreshes"} | FLEET, {}),
    ("autoscaling_describe_limits", "autoscaling", {"Action": "DescribeAccountLimits"}, {}),
    ("error_autoscaling_in_use", "autoscaling", {"Action": "DeleteLaunchConfiguration", "LaunchConfigurationName": "old"}, {}),
    ("error_autoscaling_no_group", "autoscaling", {"Action": "SetDesiredCapacity", "AutoScalingGroupName": "none", "DesiredCapacity": "1"}, {}),
    ("error_autoscaling_validation", "autoscaling", {"Action": "SetDesiredCapacity", "AutoScalingGroupName": "none"}, {}),
    ("error_autoscaling_unknown_action", "autoscaling", {"Action": "MakeCoffee"}, {}),
    ("error_autoscaling_not_yet", "autoscaling", {"Action": "GetPredictiveScalingForecast"} | FLEET, {}),
    ("autoscaling_delete_group", "autoscaling", {"Action": "DeleteAutoScalingGroup", "ForceDelete": "true"} | FLEET, {}),
]
BALANCER = {"LoadBalancerArn": "{balancer}"}
FIXED = {"Type": "fixed-response", "FixedResponseConfig.StatusCode": "200", "FixedResponseConfig.MessageBody": "<ok>"}
BALANCERS = [
    (
        "elbv2_create_load_balancer",
        "elasticloadbalancing",
        {
            "Action": "CreateLoadBalancer",
            "Name": "web",
            "Subnets.member.1": "{subnet}",
            "Subnets.member.2": "{other_subnet}",
            "Tags.member.1.Key": "role",
            "Tags.member.1.Value": "web",
        },
        {"balancer": "LoadBalancerArn"},
    ),
    (
        "elbv2_create_target_group",
        "elasticloadbalancing",
        {"Action": "CreateTargetGroup", "Name": "servers", "Protocol": "HTTP", "Port": "80", "VpcId": "{vpc}", "TargetType": "ip"},
        {"servers": "TargetGroupArn"},
    ),
    (
        "elbv2_create_listener",
        "elasticloadbalancing",
        {
            "Action": "CreateListener",
            "Protocol": "HTTP",
            "Port": "80",
            "DefaultActions.member.1.Type": "forward",
            "DefaultActions.member.1.TargetGroupArn": "{servers}",
        }
        | BALANCER,
        {"listener": "ListenerArn"},
    ),
    (
        "elbv2_create_rule",
        "elasticloadbalancing",
        {
            "Action": "CreateRule",
            "ListenerArn": "{listener}",
            "Priority": "10",
            "Conditions.member.1.Field": "path-pattern",
            "Conditions.member.1.Values.member.1": "/a*",
        }
        | {f"Actions.member.1.{name}": value for name, value in FIXED.items()},
        {},
    ),
    ("elbv2_describe_load_balancers", "elasticloadbalancing", {"Action": "DescribeLoadBalancers"}, {}),
    ("elbv2_describe_attributes", "elasticloadbalancing", {"Action": "DescribeLoadBalancerAttributes"} | BALANCER, {}),
    ("elbv2_describe_rules", "elasticloadbalancing", {"Action": "DescribeRules", "ListenerArn": "{listener}"}, {}),
    ("elbv2_describe_target_groups", "elasticloadbalancing", {"Action": "DescribeTargetGroups"}, {}),
    (
        "elbv2_register_targets",
        "elasticloadbalancing",
        {
            "Action": "RegisterTargets",
            "TargetGroupArn": "{servers}",
            "Targets.member.1.Id": "10.1.2.3",
            "Targets.member.1.AvailabilityZone": "all",
        },
        {},
    ),
    (
        "elbv2_describe_target_health",
        "elasticloadbalancing",
        {"Action": "DescribeTargetHealth", "TargetGroupArn": "{servers}"},
        {},
    ),
    (
        "elbv2_describe_tags",
        "elasticloadbalancing",
        {"Action": "DescribeTags", "ResourceArns.member.1": "{balancer}"},
        {},
    ),
    ("error_elbv2_not_found", "elasticloadbalancing", {"Action": "DescribeLoadBalancers", "Names.member.1": "x"}, {}),
    (
        "error_elbv2_in_use",
        "elasticloadbalancing",
        {"Action": "DeleteTargetGroup", "TargetGroupArn": "{servers}"},
        {},
    ),
    ("error_elbv2_not_yet", "elasticloadbalancing", {"Action": "DescribeTrustStores"}, {}),
    ("elbv2_delete_load_balancer", "elasticloadbalancing", {"Action": "DeleteLoadBalancer"} | BALANCER, {}),
]
NO_CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000"
CERTIFICATES = [
    (
        "acm_request_certificate",
        "acm",
        {"Action": "RequestCertificate", "DomainName": "www.example.com", "KeyAlgorithm": "EC_prime256v1"},
        {"certificate": "CertificateArn"},
    ),
    (
        "acm_list_certificates",
        "acm",
        {"Action": "ListCertificates", "Includes": {"keyTypes": ["EC_prime256v1"], "exportOption": "DISABLED"}},
        {},
    ),
    (
        "acm_add_tags",
        "acm",
        {"Action": "AddTagsToCertificate", "CertificateArn": "{certificate}", "Tags": [{"Key": "a", "Value": "b"}]},
        {},
    ),
    ("acm_list_tags", "acm", {"Action": "ListTagsForCertificate", "CertificateArn": "{certificate}"}, {}),
    ("error_acm_not_found", "acm", {"Action": "DescribeCertificate", "CertificateArn": NO_CERTIFICATE}, {}),
    ("acm_delete_certificate", "acm", {"Action": "DeleteCertificate", "CertificateArn": "{certificate}"}, {}),
]
CALLS = [
    ("ec2_describe_regions", "ec2", {"Action": "DescribeRegions", "RegionName.1": "us-east-1"}, {}),
    ("ec2_describe_zones", "ec2", {"Action": "DescribeAvailabilityZones", "ZoneName.1": "us-east-1a"}, {}),
    ("ec2_describe_subnets", "ec2", {"Action": "DescribeSubnets"} | filtered("subnet-id", "{subnet}"), {}),
    ("ec2_describe_instances_empty", "ec2", {"Action": "DescribeInstances"}, {}),
    ("ec2_create_key_pair", "ec2", {"Action": "CreateKeyPair", "KeyName": "mine", "KeyType": "ed25519"}, {}),
    ("ec2_describe_key_pairs", "ec2", {"Action": "DescribeKeyPairs"}, {}),
    (
        "ec2_create_security_group",
        "ec2",
        {"Action": "CreateSecurityGroup", "GroupName": "web", "GroupDescription": "Web", "VpcId": "{vpc}"},
        {"group": "groupId"},
    ),
    ("ec2_authorize_ingress", "ec2", {"Action": "AuthorizeSecurityGroupIngress", "GroupId": "{group}"} | PERMISSION, {}),
    ("ec2_describe_security_groups", "ec2", {"Action": "DescribeSecurityGroups", "GroupId.1": "{group}"}, {}),
    (
        "ec2_run_instances",
        "ec2",
        RUN | {"KeyName": "mine", "SubnetId": "{subnet}", "SecurityGroupId.1": "{group}"},
        {"instance": "instanceId"},
    ),
    ("ec2_create_tags", "ec2", {"Action": "CreateTags", "ResourceId.1": "{instance}"} | TAG, {}),
    ("ec2_describe_tags", "ec2", {"Action": "DescribeTags"} | filtered("resource-id", "{instance}"), {}),
    ("ec2_describe_instances", "ec2", {"Action": "DescribeInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_describe_instance_status", "ec2", {"Action": "DescribeInstanceStatus", "InstanceId.1": "{instance}"}, {}),
    (
        "ec2_describe_instance_attribute",
        "ec2",
        {"Action": "DescribeInstanceAttribute", "InstanceId": "{instance}", "Attribute": "disableApiTermination"},
        {},
    ),
    (
        "ec2_modify_instance_attribute",
        "ec2",
        {"Action": "ModifyInstanceAttribute", "InstanceId": "{instance}", "DisableApiStop.Value": "false"},
        {},
    ),
    ("ec2_describe_volumes", "ec2", {"Action": "DescribeVolumes"} | filtered("attachment.instance-id", "{instance}"), {}),
    (
        "ec2_describe_network_interfaces",
        "ec2",
        {"Action": "DescribeNetworkInterfaces"} | filtered("attachment.instance-id", "{instance}"),
        {},
    ),
    ("ec2_get_console_output", "ec2", {"Action": "GetConsoleOutput", "InstanceId": "{instance}"}, {}),
    ("ec2_reboot_instances", "ec2", {"Action": "RebootInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_terminate_instances", "ec2", {"Action": "TerminateInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_describe_vpcs", "ec2", {"Action": "DescribeVpcs", "VpcId.1": "{vpc}"}, {}),
    ("ec2_create_vpc", "ec2", {"Action": "CreateVpc", "CidrBlock": "10.20.0.0/16"}, {"own": "vpcId"}),
    ("ec2_describe_vpc_attribute", "ec2", {"Action": "DescribeVpcAttribute", "VpcId": "{own}", "Attribute": "enableDnsSupport"}, {}),
    ("ec2_create_subnet", "ec2", {"Action": "CreateSubnet", "VpcId": "{own}", "CidrBlock": "10.20.1.0/24", "AvailabilityZone": "us-east-1b"}, {"net": "subnetId"}),
    ("ec2_describe_route_tables", "ec2", {"Action": "DescribeRouteTables"} | filtered("vpc-id", "{own}"), {}),
    ("ec2_describe_network_acls", "ec2", {"Action": "DescribeNetworkAcls"} | filtered("vpc-id", "{own}"), {}),
    ("ec2_create_internet_gateway", "ec2", {"Action": "CreateInternetGateway"}, {"gateway": "internetGatewayId"}),
    ("ec2_attach_internet_gateway", "ec2", {"Action": "AttachInternetGateway", "InternetGatewayId": "{gateway}", "VpcId": "{own}"}, {}),
    ("ec2_allocate_address", "ec2", {"Action": "AllocateAddress", "Domain": "vpc"}, {"allocation": "allocationId"}),
    ("ec2_describe_addresses", "ec2", {"Action": "DescribeAddresses"}, {}),
    ("ec2_release_address", "ec2", {"Action": "ReleaseAddress", "AllocationId": "{allocation}"}, {}),
    ("ec2_delete_subnet", "ec2", {"Action": "DeleteSubnet", "SubnetId": "{net}"}, {}),
    (
        "ec2_create_launch_template",
        "ec2",
        {"Action": "CreateLaunchTemplate", "LaunchTemplateName": "web", "LaunchTemplateData.InstanceType": "t3.micro"},
        {},
    ),
    (
        "ec2_describe_launch_template_versions",
        "ec2",
        {"Action": "DescribeLaunchTemplateVersions", "LaunchTemplateName": "web"},
        {},
    ),
    ("ec2_describe_images", "ec2", {"Action": "DescribeImages", "ImageId.1": "{image}"}, {}),
    ("ec2_describe_instance_types", "ec2", {"Action": "DescribeInstanceTypes", "InstanceType.1": "t3.micro"}, {}),
    ("ec2_describe_account_attributes", "ec2", {"Action": "DescribeAccountAttributes", "AttributeName.1": "supported-platforms"}, {}),
    ("sts_get_caller_identity", "sts", {"Action": "GetCallerIdentity"}, {}),
    ("sts_get_session_token", "sts", {"Action": "GetSessionToken", "DurationSeconds": "900"}, {}),
    ("iam_create_role", "iam", {"Action": "CreateRole", "RoleName": "web", "AssumeRolePolicyDocument": TRUST}, {}),
    (
        "sts_assume_role_denied",
        "sts",
        {"Action": "AssumeRole", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/web", "RoleSessionName": "me"},
        {},
    ),
    ("iam_list_roles", "iam", {"Action": "ListRoles"}, {}),
    ("iam_create_instance_profile", "iam", {"Action": "CreateInstanceProfile", "InstanceProfileName": "web"}, {}),
    ("iam_delete_role", "iam", {"Action": "DeleteRole", "RoleName": "web"}, {}),
    ("iam_list_roles_empty", "iam", {"Action": "ListRoles"}, {}),
    ("ssm_get_parameters", "ssm", {"Action": "GetParameters", "Names": ["/aws/service/freehold/ami/minimal/latest", "mine"]}, {}),
    ("ssm_describe_parameters", "ssm", {"Action": "DescribeParameters"}, {}),
    *QUEUES,
    *TOPICS,
    *METRICS,
    *GROUPS,
    *BALANCERS,
    *CERTIFICATES,
    # Refusals.
    ("error_ec2_not_found", "ec2", {"Action": "DescribeInstances", "InstanceId.1": f"i-{NOWHERE}"}, {}),
    ("error_ec2_malformed_id", "ec2", {"Action": "DescribeImages", "ImageId.1": "nonsense"}, {}),
    ("error_ec2_missing_parameter", "ec2", {"Action": "DeleteVpc"}, {}),
    ("error_ec2_dry_run", "ec2", RUN | {"DryRun": "true"}, {}),
    ("error_ec2_unknown_type", "ec2", RUN | {"InstanceType": "t3.huge"}, {}),
    ("error_ec2_unknown_action", "ec2", {"Action": "MakeCoffee"}, {}),
    ("error_ec2_no_action", "ec2", {}, {}),
    ("error_ec2_filter", "ec2", {"Action": "DescribeVpcs"} | filtered("colour", "red"), {}),
    ("error_ec2_dependency", "ec2", {"Action": "DeleteVpc", "VpcId": "{own}"}, {}),
    ("error_sts_validation", "sts", {"Action": "GetSessionToken", "DurationSeconds": "1"}, {}),
    ("error_sts_unknown_action", "sts", {"Action": "MakeCoffee"}, {}),
    ("error_iam_not_found", "iam", {"Action": "GetRole", "RoleName": "nobody"}, {}),
    ("error_ssm_not_found", "ssm", {"Action": "GetParameter", "Name": "mine"}, {}),
    ("error_ssm_validation", "ssm", {"Action": "GetParameters", "Names": []}, {}),
    ("error_ssm_unknown_operation", "ssm", {"Action": "MakeCoffee"}, {}),
]


@pytest.mark.parametrize(("name", "service", "parameters", "known"), CALLS, ids=[call[0] for call in CALLS])
def test_the_answer_is_as_recorded(request, story, name, service, parameters, known):
    if name == "ec2_describe_instances":
        # From here on the instance runs, whatever the host's speed.
        running = {"Action": "DescribeInstances", "InstanceId.1": "{instance}"}
        until(lambda: "<name>running</name>" in story.tell("ec2", running)[2], "the instance runs")
    if name == "elbv2_describe_load_balancers":
        there = {"Action": "DescribeLoadBalancers"}
        until(lambda: "<Code>active</Code>" in story.tell("elasticloadbalancing", there)[2], "the balancer is active")
    if name == "autoscaling_describe_groups":
        served = {"Action": "DescribeScalingActivities"} | FLEET
        until(lambda: "Successful" in story.tell("autoscaling", served)[2], "the group's instance serves")
    answer = story.tell(service, parameters)
    for learnt, element in known.items():
        story.learn(learnt, answer[2], element)
    compare(request, name, answer)


# A call of each service that needs nothing but credentials.
HARMLESS = {
    "autoscaling": "DescribeAdjustmentTypes",
    "ec2": "DescribeRegions",
    "sts": "GetCallerIdentity",
    "ssm": "DescribeParameters",
    "sns": "ListTopics",
    "sqs": "ListQueues",
    "sqs+query": "ListQueues",
}


@pytest.mark.parametrize("service", HARMLESS)
def test_bad_credentials_are_refused_as_recorded(request, story, service):
    call, name = {"Action": HARMLESS[service]}, service.replace("+", "_")
    compare(request, f"error_{name}_unknown_key", story.tell(service, call, key="AKIAIOSFODNN7EXAMPLE"))

    def incomplete(sent):
        sent.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test"

    compare(request, f"error_{name}_incomplete_signature", story.tell(service, call, change=incomplete))

    def unsigned(sent):
        del sent.headers["Authorization"]

    compare(request, f"error_{name}_no_signature", story.tell(service, call, change=unsigned))


def test_every_file_belongs_to_a_call():
    known = {f"{call[0]}.http" for call in CALLS}
    known |= {f"error_{service.replace('+', '_')}_{kind}.http" for service in HARMLESS for kind in ("unknown_key", "incomplete_signature", "no_signature")}
    assert {path.name for path in pathlib.Path(__file__).parent.glob("*.http")} <= known

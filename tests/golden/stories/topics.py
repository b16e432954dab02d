"""Topics, subscriptions and what is published."""

from golden.stories import ACCOUNT, ANOTHER

SUBSCRIBER = {"Protocol": "sqs", "Endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"}

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

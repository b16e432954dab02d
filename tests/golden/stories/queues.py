"""Queues and messages, in JSON and in the query protocol."""

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

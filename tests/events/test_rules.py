"""Rules and their targets."""

import json

from support.refusal import refusal

MISSING = "ResourceNotFoundException"
INVALID = "ValidationException"
PATTERN = {"source": ["mine"]}


def test_a_rule_is_put_shown_and_deleted(lab):
    arn = lab.rule(PATTERN, Description="mine alone")
    assert arn == f"arn:aws:events:us-east-1:{lab.account}:rule/rule"
    shown = lab.events.describe_rule(Name="rule")
    assert json.loads(shown["EventPattern"]) == PATTERN
    assert (shown["State"], shown["Description"], shown["EventBusName"]) == ("ENABLED", "mine alone", "default")
    lab.rule(PATTERN, "other", State="DISABLED")
    listed = lab.events.list_rules()["Rules"]
    assert [(rule["Name"], rule["State"]) for rule in listed] == [("other", "DISABLED"), ("rule", "ENABLED")]
    assert [rule["Name"] for rule in lab.events.list_rules(NamePrefix="o")["Rules"]] == ["other"]
    lab.events.delete_rule(Name="rule")
    lab.events.delete_rule(Name="rule")
    assert refusal(lab.events.describe_rule, Name="rule") == MISSING


def test_a_rule_of_another_bus_has_the_bus_in_its_name(lab):
    bus = lab.events.create_event_bus(Name="orders")["EventBusArn"]
    assert lab.rule(PATTERN, bus=bus) == f"arn:aws:events:us-east-1:{lab.account}:rule/orders/rule"
    assert refusal(lab.events.describe_rule, Name="rule") == MISSING
    assert lab.events.list_rules(EventBusName="orders")["Rules"][0]["Name"] == "rule"


def test_a_rule_needs_a_pattern_or_a_schedule(lab):
    put = lab.events.put_rule
    assert refusal(put, Name="x") == INVALID
    assert refusal(put, Name="x", EventPattern='{"source": "mine"}') == "InvalidEventPatternException"
    for schedule in ("rate(1 minutes)", "rate(0 minutes)", "cron(* * * * *)", "at(2030-01-01T00:00:00)", "soon"):
        assert refusal(put, Name="x", ScheduleExpression=schedule) == INVALID
    assert refusal(put, Name="x", EventPattern="{}", EventBusName="none") == "InvalidEventPatternException"
    assert refusal(put, Name="x", EventPattern=json.dumps(PATTERN), EventBusName="none") == MISSING
    lab.events.create_event_bus(Name="orders")
    assert refusal(put, Name="x", ScheduleExpression="rate(1 minute)", EventBusName="orders") == INVALID


def test_what_is_not_there_is_not_found(lab):
    events = lab.events
    assert refusal(events.enable_rule, Name="none") == MISSING
    assert refusal(events.disable_rule, Name="none") == MISSING
    assert refusal(events.put_targets, Rule="none", Targets=[{"Id": "1", "Arn": lab.queue()}]) == MISSING
    assert refusal(events.remove_targets, Rule="none", Ids=["1"]) == MISSING
    assert refusal(events.list_targets_by_rule, Rule="none") == MISSING
    assert refusal(events.list_rules, EventBusName="none") == MISSING
    assert refusal(events.delete_rule, Name="x", EventBusName="none") == MISSING
    assert refusal(events.list_rule_names_by_target, TargetArn="x", EventBusName="none") == MISSING


def test_targets_are_kept_as_they_were_put(lab):
    inbox, dead = lab.queue(), lab.queue("dead")
    targets = [
        {"Id": "a", "Arn": inbox, "Input": '{"constant": 1}', "DeadLetterConfig": {"Arn": dead}},
        {"Id": "b", "Arn": inbox, "InputPath": "$.detail", "RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}},
        {"Id": "c", "Arn": inbox, "InputTransformer": {"InputPathsMap": {"x": "$.id"}, "InputTemplate": '"<x>"'}},
    ]
    lab.rule(PATTERN, targets=targets)
    assert lab.events.list_targets_by_rule(Rule="rule")["Targets"] == targets
    assert lab.events.list_rule_names_by_target(TargetArn=inbox)["RuleNames"] == ["rule"]
    assert lab.events.list_rule_names_by_target(TargetArn=dead)["RuleNames"] == []
    assert refusal(lab.events.delete_rule, Name="rule") == INVALID
    removed = lab.events.remove_targets(Rule="rule", Ids=["a", "b", "x"])
    assert removed["FailedEntryCount"] == 1 and removed["FailedEntries"][0]["TargetId"] == "x"
    lab.events.remove_targets(Rule="rule", Ids=["c"])
    lab.events.delete_rule(Name="rule")


def test_targets_that_nobody_could_tell_are_refused(lab):
    lab.rule(PATTERN)
    inbox = lab.queue()
    bus = lab.events.describe_event_bus()["Arn"]
    refused = [
        {"Arn": "nothing"},
        {"Arn": f"arn:aws:kinesis:us-east-1:{lab.account}:stream/x"},
        {"Arn": inbox, "KinesisParameters": {"PartitionKeyPath": "$"}},
        {"Arn": inbox, "Input": "{"},
        {"Arn": inbox, "Input": "1", "InputPath": "$"},
        {"Arn": inbox, "InputPath": "detail"},
        {"Arn": inbox, "InputTransformer": {"InputTemplate": "<x"}},
        {"Arn": f"{inbox}.fifo"},
        {"Arn": inbox, "DeadLetterConfig": {"Arn": bus}},
        {"Arn": bus, "Input": "{}"},
    ]
    for target in refused:
        assert refusal(lab.events.put_targets, Rule="rule", Targets=[{"Id": "1"} | target]) == INVALID, target
    many = [{"Id": str(number), "Arn": inbox} for number in range(6)]
    assert refusal(lab.events.put_targets, Rule="rule", Targets=many) == "LimitExceededException"


def test_a_pattern_is_tried_on_an_event(lab):
    event = {
        "id": "1",
        "account": lab.account,
        "source": "mine",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail-type": "x",
        "detail": {"state": "running", "size": 7, "address": "10.0.0.5"},
    }

    def fits(pattern):
        return lab.events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]

    assert fits({"detail": {"size": [{"numeric": [">", 5]}], "address": [{"cidr": "10.0.0.0/24"}]}})
    assert fits({"$or": [{"source": ["other"]}, {"detail": {"state": [{"anything-but": "stopped"}]}}]})
    assert not fits({"detail": {"state": [{"prefix": "stop"}]}})
    assert not fits({"detail": {"absent": [{"exists": True}]}})
    call = lab.events.test_event_pattern
    assert refusal(call, EventPattern='{"a": 1}', Event=json.dumps(event)) == "InvalidEventPatternException"
    assert refusal(call, EventPattern=json.dumps(PATTERN), Event="{}") == INVALID

"""Composite alarms: they follow the alarms in their rules, and wait for suppressors."""

import pytest
from support.inbox import Inbox
from support.metrics import alarm, put_alarm, until_state
from support.refusal import refusal
from support.waiting import until


@pytest.fixture
def children(cloudwatch):
    """Two alarms whose states are set by hand: children(a="ALARM")."""
    put_alarm(cloudwatch, "a", TreatMissingData="ignore")
    put_alarm(cloudwatch, "b b", TreatMissingData="ignore")

    def put(**states):
        for name, state in states.items():
            name = {"b": "b b"}.get(name, name)
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="by hand")

    put(a="OK", b="OK")
    return put


def composite(client, name, rule, **more):
    client.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)


def test_a_composite_alarm_follows_its_rule(cloudwatch, children):
    composite(cloudwatch, "both", 'ALARM(a) AND ALARM("b b")')
    composite(cloudwatch, "any", 'NOT (OK(a) AND OK("b b"))')
    composite(cloudwatch, "over", "ALARM(both) OR FALSE")
    until_state(cloudwatch, "both", "OK")
    children(a="ALARM")
    until_state(cloudwatch, "any", "ALARM")
    assert alarm(cloudwatch, "both")["StateValue"] == "OK"
    children(b="ALARM")
    both = until_state(cloudwatch, "both", "ALARM")
    assert "alarm:b b transitioned to ALARM at" in both["StateReason"]
    until_state(cloudwatch, "over", "ALARM")
    children(a="OK", b="OK")
    for name in ["both", "any", "over"]:
        until_state(cloudwatch, name, "OK")


def test_families_of_alarms(cloudwatch, children):
    composite(cloudwatch, "parent", 'ALARM(a) OR ALARM("b b")')
    composite(cloudwatch, "grand", "ALARM(parent)")
    found = cloudwatch.describe_alarms(ChildrenOfAlarmName="parent")["MetricAlarms"]
    assert [one["AlarmName"] for one in found] == ["a", "b b"]
    assert set(found[0]) == {"AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"}
    [parent] = cloudwatch.describe_alarms(ParentsOfAlarmName="a")["CompositeAlarms"]
    assert parent["AlarmName"] == "parent" and set(parent) == {"AlarmName", "AlarmArn"}
    assert refusal(cloudwatch.describe_alarms, ChildrenOfAlarmName="parent", StateValue="OK") == "ValidationError"
    # What others stand on cannot be taken away.
    assert refusal(cloudwatch.delete_alarms, AlarmNames=["a"]) == "ValidationError"
    assert refusal(cloudwatch.delete_alarms, AlarmNames=["parent", "grand"]) == "ValidationError"
    assert refusal(cloudwatch.put_composite_alarm, AlarmName="parent", AlarmRule="ALARM(grand)") == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["grand"])
    cloudwatch.delete_alarms(AlarmNames=["parent", "a", "b b"])


def test_a_state_that_was_set_holds_until_a_child_changes(cloudwatch, children):
    composite(cloudwatch, "held", "ALARM(a)")
    until_state(cloudwatch, "held", "OK")
    cloudwatch.set_alarm_state(AlarmName="held", StateValue="ALARM", StateReason="by hand")
    children(b="ALARM")
    composite(cloudwatch, "later", 'ALARM("b b")')
    until_state(cloudwatch, "later", "ALARM")
    assert alarm(cloudwatch, "held")["StateValue"] == "ALARM"
    children(a="INSUFFICIENT_DATA")
    until_state(cloudwatch, "held", "OK")


@pytest.mark.parametrize(
    "arguments",
    [
        {"AlarmRule": "ALARM(nothing)"},
        {"AlarmRule": "ALARM(a) AND"},
        {"AlarmRule": "a"},
        {"AlarmRule": "ALARM(self)"},
        {"AlarmRule": "TRUE", "ActionsSuppressor": "nothing", "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 1},
        {"AlarmRule": "TRUE", "ActionsSuppressor": "a"},
        {"AlarmRule": "TRUE", "ActionsSuppressorWaitPeriod": 1},
        {"AlarmRule": "TRUE", "AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]},
        {"AlarmRule": "TRUE", "AlarmName": "a"},
    ],
)
def test_rules_that_cannot_be_are_refused(cloudwatch, children, arguments):
    assert refusal(cloudwatch.put_composite_alarm, **({"AlarmName": "self"} | arguments)) == "ValidationError"


def test_a_suppressor_holds_actions_back(moved):
    region, client = moved
    inbox = Inbox(region)
    for name in ["child", "maintenance"]:
        put_alarm(client, name, TreatMissingData="ignore")
        client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="by hand")
    composite(client, "quiet", "ALARM(child)")
    until_state(client, "quiet", "OK")
    composite(
        client,
        "quiet",
        "ALARM(child)",
        AlarmActions=[inbox.topic],
        ActionsSuppressor="maintenance",
        ActionsSuppressorWaitPeriod=120,
        ActionsSuppressorExtensionPeriod=180,
    )

    def suppressed_by(expected):
        until(lambda: alarm(client, "quiet").get("ActionsSuppressedBy") == expected, f"suppressed by {expected}")

    client.set_alarm_state(AlarmName="child", StateValue="ALARM", StateReason="by hand")
    until_state(client, "quiet", "ALARM")
    suppressed_by("WaitPeriod")
    client.set_alarm_state(AlarmName="maintenance", StateValue="ALARM", StateReason="by hand")
    suppressed_by("Alarm")
    region.advance_clock(3600)
    client.set_alarm_state(AlarmName="maintenance", StateValue="OK", StateReason="by hand")
    suppressed_by("ExtensionPeriod")
    assert inbox.messages() == []
    region.advance_clock(181)
    subject, message = inbox.one()
    assert subject == 'ALARM: "quiet" in US East (N. Virginia)'
    assert (message["AlarmRule"], message["OldStateValue"]) == ("ALARM(child)", "ALARM")
    assert [child["Arn"].rsplit(":", 1)[1] for child in message["TriggeringChildren"]] == ["child"]
    suppressed_by(None)

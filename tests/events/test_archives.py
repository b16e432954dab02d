"""Archives keep events, and replays tell them again."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError
from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationException"
MISSING = "ResourceNotFoundException"
EXISTS = "ResourceAlreadyExistsException"
ALWAYS = {"EventStartTime": datetime.datetime(2020, 1, 1), "EventEndTime": datetime.datetime(2100, 1, 1)}


@pytest.fixture
def bus(lab):
    return lab.events.describe_event_bus()["Arn"]


def archive(lab, bus, name="all", pattern=None, **options):
    """The ARN of a new archive."""
    if pattern is not None:
        options["EventPattern"] = json.dumps(pattern)
    return lab.events.create_archive(ArchiveName=name, EventSourceArn=bus, **options)["ArchiveArn"]


def replay(lab, source, bus, name="again", rules=(), **options):
    to = {"Arn": bus} | ({"FilterArns": list(rules)} if rules else {})
    started = lab.events.start_replay(ReplayName=name, EventSourceArn=source, Destination=to, **(ALWAYS | options))
    assert started["State"] == "STARTING"
    return started["ReplayArn"]


def ended(lab, name="again"):
    def look():
        found = lab.events.describe_replay(ReplayName=name)
        return found if "ReplayEndTime" in found else None

    return until(look, f"the replay {name} ends")


def test_an_archive_is_made_shown_changed_and_deleted(lab, bus):
    made = lab.events.create_archive(
        ArchiveName="all", EventSourceArn=bus, Description="d", RetentionDays=7, EventPattern='{"source": ["mine"]}'
    )
    arn = f"arn:aws:events:us-east-1:{lab.account}:archive/all"
    assert (made["ArchiveArn"], made["State"]) == (arn, "ENABLED")
    found = lab.events.describe_archive(ArchiveName="all")
    assert (found["ArchiveArn"], found["EventSourceArn"], found["Description"]) == (arn, bus, "d")
    assert (found["RetentionDays"], found["SizeBytes"], found["EventCount"]) == (7, 0, 0)
    assert found["EventPattern"] == '{"source": ["mine"]}'
    assert found["CreationTime"] == made["CreationTime"]
    assert refusal(lab.events.create_archive, ArchiveName="all", EventSourceArn=bus) == EXISTS
    changed = lab.events.update_archive(ArchiveName="all", RetentionDays=0, EventPattern='{"source": ["x"]}')
    assert changed["ArchiveArn"] == arn
    found = lab.events.describe_archive(ArchiveName="all")
    assert (found["RetentionDays"], found["Description"]) == (0, "d")
    lab.events.delete_archive(ArchiveName="all")
    for call in (lab.events.describe_archive, lab.events.update_archive, lab.events.delete_archive):
        with pytest.raises(ClientError, match="Archive all does not exist."):
            call(ArchiveName="all")


def test_what_no_archive_can_be_is_refused(lab, bus):
    create = {"ArchiveName": "all", "EventSourceArn": bus}
    assert refusal(lab.events.create_archive, **create, EventPattern="{}") == "InvalidEventPatternException"
    assert refusal(lab.events.create_archive, **create, KmsKeyIdentifier="alias/mine") == INVALID
    assert refusal(lab.events.create_archive, **create | {"EventSourceArn": f"{bus}x"}) == MISSING
    other = bus.replace(lab.account, "222233334444")
    assert refusal(lab.events.create_archive, **create | {"EventSourceArn": other}) == MISSING
    assert refusal(lab.events.create_archive, **create | {"ArchiveName": "a b"}) == INVALID
    archive(lab, bus)
    assert refusal(lab.events.update_archive, ArchiveName="all", EventPattern="{}") == "InvalidEventPatternException"


def test_archives_and_replays_come_in_pages_by_one_filter(lab, bus):
    arns = [archive(lab, bus, name) for name in ("a1", "a2", "b1")]
    first = lab.events.list_archives(NamePrefix="a", Limit=1)
    rest = lab.events.list_archives(NamePrefix="a", NextToken=first["NextToken"])
    assert [one["ArchiveName"] for one in first["Archives"] + rest["Archives"]] == ["a1", "a2"]
    assert "NextToken" not in rest
    assert len(lab.events.list_archives(EventSourceArn=bus)["Archives"]) == 3
    assert lab.events.list_archives(State="DISABLED")["Archives"] == []
    with pytest.raises(ClientError, match="At most one filter is allowed for ListArchives"):
        lab.events.list_archives(NamePrefix="a", EventSourceArn=bus)
    for number, arn in enumerate(arns):
        replay(lab, arn, bus, f"r{number}")
        ended(lab, f"r{number}")
    assert [one["ReplayName"] for one in lab.events.list_replays(EventSourceArn=arns[1])["Replays"]] == ["r1"]
    assert len(lab.events.list_replays(State="COMPLETED")["Replays"]) == 3
    first = lab.events.list_replays(Limit=2)
    assert [one["ReplayName"] for one in lab.events.list_replays(NextToken=first["NextToken"])["Replays"]] == ["r2"]
    with pytest.raises(ClientError, match="At most one filter is allowed for ListReplays"):
        lab.events.list_replays(NamePrefix="r", State="COMPLETED")


def test_what_was_kept_is_told_again(lab, bus):
    source = archive(lab, bus, pattern={"source": ["mine"]})
    for number in range(3):
        lab.put({"n": number, "cost": 1.50})
    lab.put(source="other")
    found = lab.events.describe_archive(ArchiveName="all")
    assert found["EventCount"] == 3 and found["SizeBytes"] > 300
    inbox = lab.queue()
    lab.rule({"source": ["mine", "other"]}, targets=[{"Arn": inbox}])
    replay(lab, source, bus, Description="once more")
    told = lab.told(inbox, 3)
    assert sorted(event["detail"]["n"] for event in told) == [0, 1, 2]
    assert {event["replay-name"] for event in told} == {"again"}
    done = ended(lab)
    assert (done["State"], done["Description"]) == ("COMPLETED", "once more")
    assert (done["EventSourceArn"], done["Destination"]) == (source, {"Arn": bus})
    assert done["EventLastReplayedTime"] <= done["ReplayEndTime"]
    # A replayed event is not kept again.
    assert lab.events.describe_archive(ArchiveName="all")["EventCount"] == 3
    assert lab.is_empty(inbox)
    with pytest.raises(ClientError, match="not in a valid state") as refused:
        lab.events.cancel_replay(ReplayName="again")
    assert refused.value.response["Error"]["Code"] == "IllegalStatusException"


def test_a_replay_is_of_a_time_and_for_rules(lab, bus):
    source = archive(lab, bus)
    for day in (1, 2, 3):
        lab.put({"day": day}, Time=datetime.datetime(2024, 5, day))
    one, two = lab.queue("one"), lab.queue("two")
    rule = lab.rule({"source": ["mine"]}, name="one", targets=[{"Arn": one}])
    lab.rule({"source": ["mine"]}, name="two", targets=[{"Arn": two}])
    window = {"EventStartTime": datetime.datetime(2024, 5, 2), "EventEndTime": datetime.datetime(2024, 5, 3)}
    replay(lab, source, bus, rules=[rule], **window)
    assert [event["detail"]["day"] for event in lab.told(one)] == [2]
    done = ended(lab)
    assert done["Destination"]["FilterArns"] == [rule]
    assert done["EventLastReplayedTime"].replace(tzinfo=None) == datetime.datetime(2024, 5, 2)
    assert lab.is_empty(one) and lab.is_empty(two)


def test_a_replay_that_makes_no_sense_is_refused(lab, bus):
    source = archive(lab, bus)
    other = lab.events.create_event_bus(Name="other")["EventBusArn"]
    asked = {"ReplayName": "again", "EventSourceArn": source, "Destination": {"Arn": bus}} | ALWAYS
    for change, sentence in (
        ({"EventSourceArn": f"{source}x"}, "Archive allx does not exist"),
        ({"Destination": {"Arn": other}}, "Cross event bus replay is not permitted"),
        ({"Destination": {"Arn": source}}, "Must contain an event bus ARN"),
        ({"Destination": {"Arn": bus, "FilterArns": [f"{bus}/rule"]}}, "FilterArns"),
        ({"EventEndTime": ALWAYS["EventStartTime"]}, "EventStartTime must be before EventEndTime"),
    ):
        with pytest.raises(ClientError, match=f"ValidationException.*{sentence}"):
            lab.events.start_replay(**asked | change)
    lab.events.start_replay(**asked)
    assert refusal(lab.events.start_replay, **asked) == EXISTS
    for call in (lab.events.describe_replay, lab.events.cancel_replay):
        with pytest.raises(ClientError, match="Replay none does not exist."):
            call(ReplayName="none")
    stranger = lab.region.client("events", "222233334444")
    assert refusal(stranger.start_replay, **asked) == INVALID


def test_a_replay_can_be_cancelled_and_ends_without_its_archive(lab, bus):
    source = archive(lab, bus)
    for _ in range(100):
        lab.events.put_events(Entries=[{"Source": "mine", "DetailType": "t", "Detail": "{}"}] * 10)
    assert lab.events.describe_archive(ArchiveName="all")["EventCount"] == 1000
    replay(lab, source, bus, "stopped")
    try:
        assert lab.events.cancel_replay(ReplayName="stopped")["State"] == "CANCELLING"
        assert ended(lab, "stopped")["State"] == "CANCELLED"
    except lab.events.exceptions.IllegalStatusException:
        assert ended(lab, "stopped")["State"] == "COMPLETED"
    replay(lab, source, bus, "orphan")
    lab.events.delete_archive(ArchiveName="all")
    done = ended(lab, "orphan")
    assert (done["State"], done.get("StateReason")) in [("FAILED", "The archive was deleted."), ("COMPLETED", None)]
    # One of the same name has none of its events.
    archive(lab, bus)
    assert lab.events.describe_archive(ArchiveName="all")["EventCount"] == 0


def test_events_go_when_their_days_are_over(moved):
    bus = moved.events.describe_event_bus()["Arn"]
    archive(moved, bus, "short", RetentionDays=2)
    archive(moved, bus, "long")
    moved.put()
    moved.region.advance_clock(3 * 86_400)
    moved.put()
    moved.events.update_archive(ArchiveName="short", Description="look")

    def count(name):
        return moved.events.describe_archive(ArchiveName=name)["EventCount"]

    until(lambda: count("short") == 1, "what is old is gone")
    assert count("long") == 2


def test_what_was_acknowledged_is_kept_and_replayed_through_a_crash(region, account):
    from events.conftest import Lab

    lab = Lab(region("none"), account)
    bus = lab.events.describe_event_bus()["Arn"]
    source = archive(lab, bus)
    put = {lab.put({"n": number}) for number in range(30)}
    inbox = lab.queue()
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox}])
    lab.region.kill()
    lab.region.start()
    lab = Lab(lab.region, account)
    assert lab.events.describe_archive(ArchiveName="all")["EventCount"] == 30
    replay(lab, source, bus)
    lab.region.kill()
    lab.region.start()
    lab = Lab(lab.region, account)
    seen = set()

    def all_came():
        asked = lab.sqs.receive_message(QueueUrl=lab.url(inbox), MaxNumberOfMessages=10, WaitTimeSeconds=1)
        seen.update(json.loads(message["Body"])["id"] for message in asked.get("Messages", []))
        return seen == put

    until(all_came, "everything that was kept is told again")
    assert ended(lab)["State"] == "COMPLETED"

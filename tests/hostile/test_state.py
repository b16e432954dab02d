"""State that is damaged, cut short or of another version: one clear line, exit code 1, and every byte stays where it was. And
a record of one machine that is damaged costs the others nothing."""

import hashlib
import json
import sqlite3

import pytest
from botocore.exceptions import ClientError
from support.region import run
from support.waiting import QUICKLY, until


def image_of(directory):
    """Every file below, by content."""
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.rglob("*") if path.is_file()}


def refused_start(region):
    """Starts the region in vain; its last line."""
    before = {name: content for name, content in image_of(region.data / "state").items() if name.endswith(".db")}
    refused = run("up", "--data-dir", region.data, "--machines", "none", "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    after = {name: content for name, content in image_of(region.data / "state").items() if name.endswith(".db")}
    assert after == before, "the state was changed"
    assert "panic" not in refused.stderr
    return refused.stderr.strip().splitlines()[-1]


@pytest.fixture
def used(region):
    """A region that has some state, ended in order; its database."""
    here = region()
    for n in range(200):
        here.client("ec2").create_key_pair(KeyName=f"key-{n}", KeyType="ed25519")
    here.stop()
    return here, here.data / "state" / "state.db"


@pytest.mark.parametrize("part", [0, 0.5, 0.97])
def test_state_that_was_cut_short_is_refused(used, part):
    here, database = used
    content = database.read_bytes()
    database.write_bytes(content[: int(len(content) * part)])
    line = refused_start(here)
    assert "damaged" in line and str(database) in line


@pytest.mark.parametrize("at", ["header", "schema", "middle"])
def test_state_with_overwritten_pages_is_refused_or_still_serves_what_is_whole(used, at):
    here, database = used
    content = bytearray(database.read_bytes())
    begin = {"header": 0, "schema": 100, "middle": len(content) // 2 // 4096 * 4096}[at]
    content[begin : begin + 4096] = b"\xa5" * 4096
    database.write_bytes(content)
    if at != "middle":
        assert "damaged" in refused_start(here)
        return
    # Damage that is met later is an error of the calls that meet it: never a crash, and never an answer with less in it.
    here.start()
    try:
        assert len(here.client("ec2").describe_key_pairs()["KeyPairs"]) == 200
    except ClientError as refused:
        assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert "damaged" in here.log_text()
    assert "panic" not in here.log_text()


def test_state_of_a_newer_version_is_refused(used):
    here, database = used
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    line = refused_start(here)
    assert "schema version 999" in line


def test_another_programs_database_is_refused(used):
    here, database = used
    database.unlink()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    assert "another program's database" in refused_start(here)


def test_a_machine_with_a_damaged_record_costs_the_others_nothing(region):
    here = region()
    ec2 = here.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=3, MaxCount=3)["Instances"]
    ids = [instance["InstanceId"] for instance in made]

    def states():
        pages = ec2.describe_instances(InstanceIds=ids)["Reservations"]
        return {one["InstanceId"]: one["State"]["Name"] for page in pages for one in page["Instances"]}

    until(lambda: set(states().values()) == {"running"}, "all run")
    here.kill()
    (here.data / "machines" / ids[0] / "machine.json").write_text('{"id": "i-')
    here.start()
    ec2 = here.client("ec2")
    ec2.stop_instances(InstanceIds=ids[1:])
    until(lambda: [states()[one] for one in ids[1:]] == ["stopped"] * 2, "the others stop")
    ec2.start_instances(InstanceIds=ids[1:])
    until(lambda: [states()[one] for one in ids[1:]] == ["running"] * 2, "the others start")
    # The damaged one ends when it is told to.
    ec2.terminate_instances(InstanceIds=ids)
    until(lambda: set(states().values()) == {"terminated"}, "all are terminated")
    assert not list((here.data / "machines").iterdir())


def test_a_clock_moved_by_a_year_keeps_the_region_in_order(region):
    here = region("none", "--test-clock")
    ec2, year = here.client("ec2"), 366 * 86_400
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launch = {"ImageId": image, "InstanceType": "t3.nano", "MinCount": 1, "MaxCount": 1}
    kept = ec2.run_instances(ClientToken="token", **launch)["Instances"][0]["InstanceId"]
    gone = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[kept, gone], **QUICKLY)
    ec2.terminate_instances(InstanceIds=[gone])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[gone], **QUICKLY)
    here.advance_clock(year)

    def shown():
        pages = ec2.describe_instances()["Reservations"]
        return {one["InstanceId"]: one["State"]["Name"] for page in pages for one in page["Instances"]}

    # Terminated instances are shown for an hour; what runs goes on running.
    until(lambda: shown() == {kept: "running"}, "the terminated one is forgotten")
    ec2.stop_instances(InstanceIds=[kept])
    until(lambda: shown() == {kept: "stopped"}, "it stops")
    ec2.start_instances(InstanceIds=[kept])
    until(lambda: shown() == {kept: "running"}, "it starts")
    # Once more, over a restart: the clock is the machine's again, which is a year back.
    here.kill()
    here.start()
    assert shown() == {kept: "running"}
    here.client("ec2").terminate_instances(InstanceIds=[kept])
    until(lambda: shown().get(kept, "terminated") == "terminated", "it is terminated")
    assert json.dumps(here.status())

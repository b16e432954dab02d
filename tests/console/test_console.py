"""The console: its pages tell what commands tell, harm nobody by what they show, and answer to this host alone."""

import datetime
import html.parser
import http.client
import json
import re
from decimal import Decimal

import pytest
from support.bills import HOUR, PERIOD, bill, half_past, launch
from support.plans import Plans
from support.reserved import DAY, Reserved
from support.waiting import QUICKLY

CONSOLE = "/_freehold/console"
BILL = CONSOLE + "/bill"
OTHER = "111122223333"
HOSTILE = """<script>alert("1")</script>'&"""
FIRST, AFTER = PERIOD[1], PERIOD[3]
DAYS = f"from={FIRST}&to={datetime.date.fromisoformat(AFTER) - datetime.timedelta(1)}"


@pytest.fixture
def moved(region):
    return region("none", "--test-clock")


def ask(region, path, method="GET", **headers):
    """Status, headers and text. A header that is None is not sent."""
    connection = http.client.HTTPConnection(region.endpoint.removeprefix("http://"), timeout=60)
    headers = {name.replace("_", "-"): value for name, value in ({"Host": "localhost"} | headers).items()}
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def page(region, path=CONSOLE):
    status, _, text = ask(region, path)
    assert status == 200, text
    return text


def rows(text, table):
    """The cells of the lines of a table, amounts exactly."""
    (body,) = re.findall(rf'<table id="{table}".*?<tbody>(.*?)</tbody>', text, re.S)
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.S):
        cells = re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)
        exact = [re.search(r'<data value="(.*?)"', cell) for cell in cells]
        plain = [html.unescape(re.sub(r"<.*?>", "", cell)).strip() for cell in cells]
        found.append([Decimal(it[1]) if it else text for it, text in zip(exact, plain, strict=True)])
    return found


def near(amount):
    """As exact as the page is."""
    return round(Decimal(amount), 10)


class Tags(html.parser.HTMLParser):
    """The tags of a page, each with its attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def by(region, dimension, *arguments):
    lines = bill(region, "--by", dimension, *arguments)["lines"]
    return {line["key"][0]: (near(line["on_demand"]), near(line["cost"])) for line in lines}


def settle(region):
    """Lets nothing run any more, so that two bills are the same however long it takes to ask for them."""
    for account in [None, OTHER]:
        ec2 = region.client("ec2", account=account)
        shown = ec2.describe_instances()["Reservations"]
        running = [it["InstanceId"] for one in shown for it in one["Instances"] if it["State"]["Name"] != "terminated"]
        ec2.terminate_instances(InstanceIds=running)
        ec2.get_waiter("instance_terminated").wait(InstanceIds=running, **QUICKLY)
    for host in region.client("ec2").describe_hosts()["Hosts"]:
        region.client("ec2").release_hosts(HostIds=[host["HostId"]])


@pytest.fixture
def used(moved):
    """A region that has bought in every way, and uses nothing any more."""
    ec2 = moved.client("ec2")
    tags = [{"Key": "Name", "Value": HOSTILE}, {"Key": "te<b>am", "Value": HOSTILE}]
    launch(ec2, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
    launch(ec2, InstanceType="c5.2xlarge")
    launch(ec2, InstanceMarketOptions={"MarketType": "spot"})
    launch(moved.client("ec2", account=OTHER), InstanceType="r5.large")
    ec2.allocate_hosts(InstanceFamily="m5", AvailabilityZone="us-east-1a", Quantity=1)
    Reserved(moved, "000000000000").buy(2)
    Plans(moved, "000000000000").buy("0.2")
    moved.advance_clock(5 * HOUR)
    settle(moved)
    # To the middle of an hour: a commitment is billed for the next one as soon as that begins.
    now = Reserved(moved, "000000000000").now()
    moved.advance_clock(2 * DAY + (90 - now.minute) % 60 * 60)
    return moved


def test_figures_are_those_of_the_command(used):
    text = page(used, f"{BILL}?{DAYS}")
    total = bill(used)["total"]
    for name, amount in [("total", total["cost"]), ("list", total["on_demand"])]:
        assert Decimal(re.search(rf'<data id="{name}" value="(.*?)"', text)[1]) == near(amount)
    options = {row[0]: (row[1], row[2]) for row in rows(text, "options")}
    assert options == by(used, "option")
    assert set(options) == {
        "On-Demand", "Spot", "Dedicated Hosts", "Reserved Instances", "Reserved Instances, unused", "Savings Plans",
        "Savings Plans, unused",
    }  # fmt: skip
    assert {row[0]: (row[1], row[2]) for row in rows(text, "services")} == by(used, "service")


def test_the_chart_and_its_table_have_the_same_days(used):
    text = page(used, f"{BILL}?{DAYS}")
    (table,) = re.findall(r"<summary>Figures of the chart</summary>.*?</table>", text, re.S)
    totals = [Decimal(re.findall(r'<data value="(.*?)"', row)[-2]) for row in re.findall(r"<tr>.*?</tr>", table)[1:]]
    assert totals == [line[1] for line in by(used, "day").values()]
    assert sum(totals) == pytest.approx(near(bill(used)["total"]["cost"]))
    # A piece for each option of each day, but for those that cost nothing.
    costs = [line["cost"] for line in bill(used, "--by", "day,option")["lines"]]
    assert text.count('<rect class="piece') == sum(Decimal(cost) > 0 for cost in costs)


def test_an_account_is_looked_at_alone(used):
    text = page(used, f"{BILL}?{DAYS}&account={OTHER}")
    assert {row[0]: (row[1], row[2]) for row in rows(text, "services")} == by(used, "service", "--account", OTHER)
    assert f'<option value="{OTHER}" selected>' in text and '<option value="000000000000">' in text
    assert "Nothing was used by account 5" in page(used, f"{BILL}?{DAYS}&account=5")


def test_options_are_compared_as_the_command_does(moved):
    half_past(moved)
    for kind in ["m5.large", "m5.large", "r5.xlarge"]:
        launch(moved.client("ec2"), InstanceType=kind)
    moved.advance_clock(30 * HOUR)
    options = json.loads(moved.command("bill", "what-if", *PERIOD, "--years", "1", "--payment", "no", "--json").stdout)
    wanted = {option["option"]: float(option["saving_percent"]) for option in options}
    text = page(moved, f"{BILL}?{DAYS}&years=1&payment=No+Upfront")
    found = rows(text, "choices")
    assert {row[0] for row in found} == wanted.keys() and len(found) > 4
    assert [row[2] for row in found] == sorted(row[2] for row in found)
    # The instances run on, so that the last hour grows from one answer to the next.
    saved = {row[0]: float(row[3].removesuffix(" %") or 0) for row in found}
    assert saved == pytest.approx(wanted, abs=0.5) and max(saved.values()) > 20
    assert f"{found[0][0]} is the cheapest" in Tags(text).text


def test_what_others_wrote_is_shown_and_never_meant(used):
    text = page(used, f"{BILL}?{DAYS}&tag=te%3Cb%3Eam")
    assert HOSTILE in [row[0] for row in rows(text, "tagged")]
    assert "By tag te<b>am" in Tags(text).text
    assert any(row[0].startswith(HOSTILE + "i-") for row in rows(text, "resources"))
    breaking = "%22%3E%3Cscript%3Ealert(2)%3C/script%3E"
    answers = [text, page(used, f"{BILL}?{DAYS}&account={breaking}&tag={breaking}"), ask(used, f"{BILL}?{breaking}=1")[2]]
    for text in answers:
        tags = Tags(text)
        assert "alert" in tags.text and not {"script", "b"} & {tag for tag, _ in tags.tags}
    fields = [attributes.get("value") for tag, attributes in Tags(answers[1]).tags if tag in ("input", "option")]
    assert fields.count('"><script>alert(2)</script>') == 2


def test_the_overview_counts_what_accounts_have(region):
    here = region("none")
    assert "Nothing yet" in page(here)
    launch(here.client("ec2", account=OTHER))
    for name in ["a", "b"]:
        here.client("sqs").create_queue(QueueName=name)
    here.client("sns").create_topic(Name="news")
    text = page(here)
    found = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", text)
    cells = [re.findall(r">([^<>]+)</t[hd]>", row) for row in found]
    assert cells == [["000000000000", "0", "0", "0", "0", "2", "1"], [OTHER, "1", "0", "0", "0", "0", "0"]]
    for service in here.status()["services"]:
        assert f"<li>{service}</li>" in text


def test_an_empty_region_says_what_to_do(region):
    here = region("none")
    for query in ["", "?period=hour", "?period=day"]:
        text = page(here, BILL + query)
        assert "Nothing was used" in text and "aws ec2 run-instances" in text and "<table" not in text


def test_the_command_and_the_log_say_where_it_is(region):
    here = region("none")
    address = here.endpoint + CONSOLE
    assert here.status()["console"] == address
    assert address in here.command("status").stdout and f"the console is at {address}" in here.log_text()


def test_every_period_has_its_page(freehold):
    for query in ["period=hour", "period=day", "period=month", "from=2025-01-01&to=2026-01-31", "from=2026-01-01&to=2026-01-02"]:
        page(freehold, f"{BILL}?{query}")
    assert "<h1>Overview</h1>" in page(freehold, CONSOLE + "/")


@pytest.mark.parametrize("query", ["period=year", "from=x", "to=2026-01-01", "from=2026-01-02&to=2026-01-01", "years=2", "a=b"])
def test_a_query_without_sense_is_refused_with_a_page(freehold, query):
    status, headers, text = ask(freehold, f"{BILL}?{query}")
    assert status == 400 and headers["Content-Type"] == "text/html; charset=utf-8" and "Not shown" in text


def test_there_is_nothing_else(freehold):
    for path in [CONSOLE + "/users", CONSOLE + "/bill/x", CONSOLE + "/../console"]:
        assert ask(freehold, path)[0] == 404, path
    assert ask(freehold, CONSOLE + "d")[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:4566", "10.0.0.1", None])
def test_other_names_are_refused(freehold, host):
    for path in [CONSOLE, BILL, CONSOLE + "/style.css"]:
        status, _, text = ask(freehold, path, Host=host)
        assert status in ([403] if host else [400, 403]) and "<" not in text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:4566", "[::1]:4566", "freehold.localhost"])
def test_own_names_are_answered(freehold, host):
    assert ask(freehold, CONSOLE, Host=host)[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(freehold, method):
    status, headers, _ = ask(freehold, BILL, method)
    assert status == 405 and headers["Allow"] == "GET, HEAD"


def test_pages_of_others_cannot_hold_it(freehold):
    embedded = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}
    assert ask(freehold, CONSOLE, **embedded)[0] == 403
    assert ask(freehold, CONSOLE, **embedded | {"Sec_Fetch_Dest": "document"})[0] == 200


def test_browsers_are_told_to_run_and_load_nothing(freehold):
    for path in [CONSOLE, BILL, BILL + "?a=b"]:
        _, headers, text = ask(freehold, path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store" and "Access-Control-Allow-Origin" not in headers
        # What the policy forbids is not there.
        assert "<script" not in text and "style=" not in text and "<style" not in text
        for address in re.findall(r'(?:src|href|action)="(.*?)"', text):
            assert address.startswith(CONSOLE), address
    assert ask(freehold, CONSOLE + "/style.css")[1]["Content-Type"] == "text/css; charset=utf-8"
    assert ask(freehold, CONSOLE + "/icon.svg")[1]["Content-Type"] == "image/svg+xml"

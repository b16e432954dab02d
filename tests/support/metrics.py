"""Metrics and alarms of tests: moments, measurements of `load` in `App`, alarms of it, and waiting for their states."""

import datetime

from support.waiting import until

MINUTE = datetime.timedelta(minutes=1)


def minute(clock=None):
    """The beginning of this minute, or of that of a region's moved clock."""
    now = clock or datetime.datetime.now(datetime.timezone.utc)
    return now.replace(second=0, microsecond=0)


def dimensions(**named):
    return [{"Name": name, "Value": value} for name, value in named.items()]


def alarm(client, name):
    """An alarm of either kind, as it is described."""
    found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return (found["MetricAlarms"] + found["CompositeAlarms"])[0]


def until_state(client, name, state, timeout=60):
    """Waits for a state; the alarm then."""

    def reached():
        now = alarm(client, name)
        return now if now["StateValue"] == state else None

    return until(reached, f"{name} is {state}", timeout=timeout)


def put_alarm(client, name, **changes):
    """A metric alarm of the metric `load` in `App`, above 10."""
    settings = {
        "AlarmName": name,
        "Namespace": "App",
        "MetricName": "load",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    settings = {key: value for key, value in (settings | changes).items() if value is not None}
    client.put_metric_alarm(**settings)


def put_load(client, value, at=None, **more):
    datum = {"MetricName": "load", "Value": value} | more
    if at:
        datum["Timestamp"] = at
    client.put_metric_data(Namespace="App", MetricData=[datum])

"""A group by the AWS CLI, as a user has it."""

import json

from support.fleet import Fleet


def test_a_group_is_made_scaled_and_deleted_by_the_cli(aws, freehold):
    with Fleet(freehold, None) as fleet:

        def call(operation, *arguments):
            done = aws("autoscaling", operation, "--auto-scaling-group-name", fleet.name, *arguments)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout) if done.stdout else None

        sizes = ["--min-size", "0", "--max-size", "2", "--availability-zones", "us-east-1a"]
        template = f"LaunchTemplateId={fleet.template},Version=$Latest"
        call("create-auto-scaling-group", "--launch-template", template, *sizes)
        fleet.groups.append(fleet.name)
        call("set-desired-capacity", "--desired-capacity", "2")
        fleet.until_serving(fleet.name, 2)
        activities = call("describe-scaling-activities")["Activities"]
        assert {one["StatusCode"] for one in activities} == {"Successful"}
        call("delete-auto-scaling-group", "--force-delete")
        fleet.until_gone(fleet.name)

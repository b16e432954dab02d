"""Groups of schedules, and their tags."""

from support.refusal import refusal

MISSING = "ResourceNotFoundException"
FAR = "cron(0 9 * * ? *)"


def names(desk, **options):
    return [group["Name"] for group in desk.scheduler.list_schedule_groups(**options)["ScheduleGroups"]]


def test_a_group_goes_with_its_schedules(desk):
    made = desk.scheduler.create_schedule_group(Name="own", ClientToken="once")
    assert made["ScheduleGroupArn"] == f"arn:aws:scheduler:us-east-1:{desk.account}:schedule-group/own"
    again = desk.scheduler.create_schedule_group(Name="own", ClientToken="once")
    assert again["ScheduleGroupArn"] == made["ScheduleGroupArn"]
    assert refusal(desk.scheduler.create_schedule_group, Name="own") == "ConflictException"
    assert desk.scheduler.get_schedule_group(Name="own")["State"] == "ACTIVE"
    assert names(desk) == ["default", "own"] and names(desk, NamePrefix="o") == ["own"]
    assert refusal(desk.scheduler.list_schedule_groups, NextToken="x") == "ValidationException"
    desk.schedule(FAR, {"Arn": desk.queue()}, GroupName="own")
    desk.scheduler.delete_schedule_group(Name="own")
    assert refusal(desk.scheduler.get_schedule_group, Name="own") == MISSING
    assert refusal(desk.scheduler.delete_schedule_group, Name="own") == MISSING
    assert desk.scheduler.list_schedules()["Schedules"] == []
    assert refusal(desk.scheduler.delete_schedule_group, Name="default") == "ValidationException"


def test_groups_have_tags(desk):
    tags = [{"Key": "a", "Value": "1"}]
    arn = desk.scheduler.create_schedule_group(Name="own", Tags=tags)["ScheduleGroupArn"]
    desk.scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    found = desk.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in found} == {"a": "1", "b": "2"}
    desk.scheduler.untag_resource(ResourceArn=arn, TagKeys=["a", "b"])
    assert desk.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    missing = arn.replace("/own", "/none")
    assert refusal(desk.scheduler.tag_resource, ResourceArn=missing, Tags=tags) == MISSING
    assert refusal(desk.scheduler.untag_resource, ResourceArn=missing, TagKeys=["a"]) == MISSING
    assert refusal(desk.scheduler.list_tags_for_resource, ResourceArn=missing) == MISSING


def test_the_default_group_is_as_old_as_it_was(desk):
    [listed] = desk.scheduler.list_schedule_groups()["ScheduleGroups"]
    found = desk.scheduler.get_schedule_group(Name="default")
    assert found["CreationDate"] == listed["CreationDate"] == found["LastModificationDate"]

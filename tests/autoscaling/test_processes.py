"""What a group does by itself can be suspended."""

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def test_a_suspended_process_does_nothing_until_it_is_resumed(fleet):
    group = fleet.filled(1)
    suspend, resume = fleet.autoscaling.suspend_processes, fleet.autoscaling.resume_processes
    suspend(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    (shown,) = fleet.describe(group)["SuspendedProcesses"]
    assert shown["ProcessName"] == "Launch" and shown["SuspensionReason"].startswith("User suspended at ")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    fleet.autoscaling.terminate_instance_in_auto_scaling_group(
        InstanceId=next(iter(fleet.serving(group))), ShouldDecrementDesiredCapacity=False
    )
    fleet.until_serving(group, 0)
    resume(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    fleet.until_serving(group, 2)

    suspend(AutoScalingGroupName=group)
    assert len(fleet.describe(group)["SuspendedProcesses"]) == 9
    victim = next(iter(fleet.serving(group)))
    fleet.autoscaling.set_instance_health(InstanceId=victim, HealthStatus="Unhealthy")
    until(lambda: victim not in fleet.serving(group), "it is sick")
    assert len(fleet.instances(group)) == 2
    resume(AutoScalingGroupName=group)
    until(lambda: len(fleet.serving(group)) == 2, "it is replaced")
    assert refusal(suspend, AutoScalingGroupName=group, ScalingProcesses=["Breathing"]) == INVALID
    assert refusal(resume, AutoScalingGroupName="missing") == INVALID

"""Auto Scaling groups."""

FLEET = {"AutoScalingGroupName": "fleet"}
GROUPS = [
    (
        "autoscaling_create_launch_configuration",
        "autoscaling",
        {
            "Action": "CreateLaunchConfiguration",
            "LaunchConfigurationName": "old",
            "ImageId": "{image}",
            "InstanceType": "t3.nano",
            "SecurityGroups.member.1": "default",
        },
        {},
    ),
    ("autoscaling_describe_launch_configurations", "autoscaling", {"Action": "DescribeLaunchConfigurations"}, {}),
    (
        "autoscaling_create_group",
        "autoscaling",
        {
            "Action": "CreateAutoScalingGroup",
            "LaunchConfigurationName": "old",
            "MinSize": "0",
            "MaxSize": "2",
            "DesiredCapacity": "1",
            "AvailabilityZones.member.1": "us-east-1a",
            "Tags.member.1.Key": "role",
            "Tags.member.1.Value": "web",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_groups", "autoscaling", {"Action": "DescribeAutoScalingGroups"}, {}),
    ("autoscaling_describe_instances", "autoscaling", {"Action": "DescribeAutoScalingInstances"}, {}),
    ("autoscaling_describe_activities", "autoscaling", {"Action": "DescribeScalingActivities"} | FLEET, {}),
    (
        "autoscaling_put_scaling_policy",
        "autoscaling",
        {
            "Action": "PutScalingPolicy",
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType": "ASGAverageCPUUtilization",
            "TargetTrackingConfiguration.TargetValue": "50",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_policies", "autoscaling", {"Action": "DescribePolicies"} | FLEET, {}),
    (
        "autoscaling_put_lifecycle_hook",
        "autoscaling",
        {
            "Action": "PutLifecycleHook",
            "LifecycleHookName": "drain",
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_lifecycle_hooks", "autoscaling", {"Action": "DescribeLifecycleHooks"} | FLEET, {}),
    (
        "autoscaling_put_scheduled_action",
        "autoscaling",
        {
            "Action": "PutScheduledUpdateGroupAction",
            "ScheduledActionName": "morning",
            "Recurrence": "0 9 * * *",
            "TimeZone": "Europe/Berlin",
            "MinSize": "1",
        }
        | FLEET,
        {},
    ),
    ("autoscaling_describe_scheduled_actions", "autoscaling", {"Action": "DescribeScheduledActions"} | FLEET, {}),
    ("autoscaling_describe_tags", "autoscaling", {"Action": "DescribeTags"}, {}),
    ("autoscaling_describe_refreshes_empty", "autoscaling", {"Action": "DescribeInstanceRefreshes"} | FLEET, {}),
    ("autoscaling_describe_limits", "autoscaling", {"Action": "DescribeAccountLimits"}, {}),
    ("error_autoscaling_in_use", "autoscaling", {"Action": "DeleteLaunchConfiguration", "LaunchConfigurationName": "old"}, {}),
    ("error_autoscaling_no_group", "autoscaling", {"Action": "SetDesiredCapacity", "AutoScalingGroupName": "none", "DesiredCapacity": "1"}, {}),
    ("error_autoscaling_validation", "autoscaling", {"Action": "SetDesiredCapacity", "AutoScalingGroupName": "none"}, {}),
    ("error_autoscaling_unknown_action", "autoscaling", {"Action": "MakeCoffee"}, {}),
    ("error_autoscaling_not_yet", "autoscaling", {"Action": "GetPredictiveScalingForecast"} | FLEET, {}),
    ("autoscaling_delete_group", "autoscaling", {"Action": "DeleteAutoScalingGroup", "ForceDelete": "true"} | FLEET, {}),
]

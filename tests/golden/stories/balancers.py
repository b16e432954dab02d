"""Load balancers."""

BALANCER = {"LoadBalancerArn": "{balancer}"}
FIXED = {"Type": "fixed-response", "FixedResponseConfig.StatusCode": "200", "FixedResponseConfig.MessageBody": "<ok>"}
BALANCERS = [
    (
        "elbv2_create_load_balancer",
        "elasticloadbalancing",
        {
            "Action": "CreateLoadBalancer",
            "Name": "web",
            "Subnets.member.1": "{subnet}",
            "Subnets.member.2": "{other_subnet}",
            "Tags.member.1.Key": "role",
            "Tags.member.1.Value": "web",
        },
        {"balancer": "LoadBalancerArn"},
    ),
    (
        "elbv2_create_target_group",
        "elasticloadbalancing",
        {"Action": "CreateTargetGroup", "Name": "servers", "Protocol": "HTTP", "Port": "80", "VpcId": "{vpc}", "TargetType": "ip"},
        {"servers": "TargetGroupArn"},
    ),
    (
        "elbv2_create_listener",
        "elasticloadbalancing",
        {
            "Action": "CreateListener",
            "Protocol": "HTTP",
            "Port": "80",
            "DefaultActions.member.1.Type": "forward",
            "DefaultActions.member.1.TargetGroupArn": "{servers}",
        }
        | BALANCER,
        {"listener": "ListenerArn"},
    ),
    (
        "elbv2_create_rule",
        "elasticloadbalancing",
        {
            "Action": "CreateRule",
            "ListenerArn": "{listener}",
            "Priority": "10",
            "Conditions.member.1.Field": "path-pattern",
            "Conditions.member.1.Values.member.1": "/a*",
        }
        | {f"Actions.member.1.{name}": value for name, value in FIXED.items()},
        {},
    ),
    ("elbv2_describe_load_balancers", "elasticloadbalancing", {"Action": "DescribeLoadBalancers"}, {}),
    ("elbv2_describe_attributes", "elasticloadbalancing", {"Action": "DescribeLoadBalancerAttributes"} | BALANCER, {}),
    ("elbv2_describe_rules", "elasticloadbalancing", {"Action": "DescribeRules", "ListenerArn": "{listener}"}, {}),
    ("elbv2_describe_target_groups", "elasticloadbalancing", {"Action": "DescribeTargetGroups"}, {}),
    (
        "elbv2_register_targets",
        "elasticloadbalancing",
        {
            "Action": "RegisterTargets",
            "TargetGroupArn": "{servers}",
            "Targets.member.1.Id": "10.1.2.3",
            "Targets.member.1.AvailabilityZone": "all",
        },
        {},
    ),
    (
        "elbv2_describe_target_health",
        "elasticloadbalancing",
        {"Action": "DescribeTargetHealth", "TargetGroupArn": "{servers}"},
        {},
    ),
    (
        "elbv2_describe_tags",
        "elasticloadbalancing",
        {"Action": "DescribeTags", "ResourceArns.member.1": "{balancer}"},
        {},
    ),
    ("error_elbv2_not_found", "elasticloadbalancing", {"Action": "DescribeLoadBalancers", "Names.member.1": "x"}, {}),
    (
        "error_elbv2_in_use",
        "elasticloadbalancing",
        {"Action": "DeleteTargetGroup", "TargetGroupArn": "{servers}"},
        {},
    ),
    ("error_elbv2_not_yet", "elasticloadbalancing", {"Action": "DescribeTrustStores"}, {}),
    ("elbv2_delete_load_balancer", "elasticloadbalancing", {"Action": "DeleteLoadBalancer"} | BALANCER, {}),
]

"""Who may: balancers, groups and certificates are resources."""

import json

from support.refusal import refusal


def session(freehold, account, service, *statements):
    """A client of a role that may do this only."""

    def document(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    iam = freehold.client("iam", account)
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName="keeper", PolicyName="p", PolicyDocument=document(*statements))
    issued = freehold.client("sts", account).assume_role(RoleArn=role["Arn"], RoleSessionName="keeper")["Credentials"]
    keys = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    return freehold.client(service, **keys)


def allowed(actions, resource):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def test_a_role_may_change_its_balancer_and_no_other(freehold, account, lab):
    mine, other = lab.balancer("mine")["LoadBalancerArn"], lab.balancer("other")["LoadBalancerArn"]
    keeper = session(
        freehold,
        account,
        "elbv2",
        allowed(["elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:AddTags"], mine),
        allowed("elasticloadbalancing:CreateTargetGroup", lab.arn("targetgroup/mine-*")),
    )
    tags = [{"Key": "a", "Value": "b"}]
    keeper.add_tags(ResourceArns=[mine], Tags=tags)
    assert refusal(keeper.add_tags, ResourceArns=[mine, other], Tags=tags) == "AccessDenied"
    assert refusal(keeper.describe_load_balancers) == "AccessDenied"
    assert refusal(keeper.delete_load_balancer, LoadBalancerArn=other) == "AccessDenied"
    keeper.delete_load_balancer(LoadBalancerArn=mine)
    asked = {"Protocol": "HTTP", "Port": 80, "VpcId": lab.vpc}
    assert keeper.create_target_group(Name="mine-1", **asked)
    assert refusal(keeper.create_target_group, Name="yours", **asked) == "AccessDenied"


def test_a_role_may_read_its_certificate_and_no_other(freehold, account, lab):
    mine, other = lab.certificate(), lab.certificate()
    reader = session(freehold, account, "acm", allowed("acm:GetCertificate", mine))
    assert reader.get_certificate(CertificateArn=mine)["Certificate"]
    assert refusal(reader.get_certificate, CertificateArn=other) == "AccessDeniedException"
    assert refusal(reader.list_certificates) == "AccessDeniedException"

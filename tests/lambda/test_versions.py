"""Versions, aliases and layers."""

import json
import urllib.request

import pytest
from support.functions import HELLO, Functions, package
from support.refusal import refusal

MISSING = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"
OTHER = package(index="def handler(event, context):\n    return 2\n")


def test_a_version_is_what_the_function_was(functions, lam, account):
    functions.make()
    first = lam.publish_version(FunctionName="f", Description="one")
    arn = f"arn:aws:lambda:us-east-1:{account}:function:f"
    assert (first["Version"], first["FunctionArn"], first["Description"]) == ("1", f"{arn}:1", "one")
    assert lam.publish_version(FunctionName="f")["Version"] == "1"
    functions.settled("f")
    lam.update_function_code(FunctionName="f", ZipFile=OTHER)
    functions.settled("f")
    assert refusal(lam.publish_version, FunctionName="f", CodeSha256=first["CodeSha256"]) == INVALID
    assert lam.publish_version(FunctionName="f")["Version"] == "2"
    functions.settled("f", Qualifier="2")
    listed = lam.list_versions_by_function(FunctionName="f", MaxItems=2)
    rest = lam.list_versions_by_function(FunctionName="f", MaxItems=2, Marker=listed["NextMarker"])
    versions = listed["Versions"] + rest["Versions"]
    assert [found["Version"] for found in versions] == ["$LATEST", "1", "2"]
    assert lam.get_function_configuration(FunctionName="f:1")["CodeSha256"] == first["CodeSha256"]
    assert len(lam.list_functions(FunctionVersion="ALL")["Functions"]) == 3
    lam.delete_function(FunctionName="f", Qualifier="1")
    assert refusal(lam.get_function, FunctionName="f", Qualifier="1") == MISSING
    assert refusal(lam.publish_version, FunctionName="g") == MISSING
    assert refusal(lam.list_versions_by_function, FunctionName="g") == MISSING


def test_a_function_can_be_made_with_its_first_version(functions):
    assert functions.make(Publish=True)["Version"] == "1"


def test_an_alias_stands_for_versions(functions, lam, account):
    functions.make()
    lam.publish_version(FunctionName="f")
    lam.update_function_code(FunctionName="f", ZipFile=OTHER, Publish=True)
    made = lam.create_alias(FunctionName="f", Name="live", FunctionVersion="1", Description="d")
    arn = f"arn:aws:lambda:us-east-1:{account}:function:f:live"
    assert (made["AliasArn"], made["FunctionVersion"]) == (arn, "1")
    assert lam.get_function_configuration(FunctionName="f", Qualifier="live")["Version"] == "1"
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    changed = lam.update_alias(FunctionName="f", Name="live", RoutingConfig=weights, RevisionId=made["RevisionId"])
    assert (changed["RoutingConfig"], changed["Description"]) == (weights, "d")
    assert lam.get_alias(FunctionName="f", Name="live")["RevisionId"] == changed["RevisionId"]
    assert [found["Name"] for found in lam.list_aliases(FunctionName="f", FunctionVersion="1")["Aliases"]] == ["live"]
    assert lam.list_aliases(FunctionName="f", FunctionVersion="2")["Aliases"] == []
    with pytest.raises(lam.exceptions.ResourceConflictException, match=f"Alias already exists: {arn}"):
        lam.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert refusal(lam.update_alias, FunctionName="f", Name="live", RevisionId="x") == "PreconditionFailedException"
    assert refusal(lam.create_alias, FunctionName="f", Name="other", FunctionVersion="9") == MISSING
    same = {"AdditionalVersionWeights": {"1": 0.5}}
    assert refusal(lam.update_alias, FunctionName="f", Name="live", RoutingConfig=same) == INVALID
    lam.delete_alias(FunctionName="f", Name="live")
    with pytest.raises(lam.exceptions.ResourceNotFoundException, match=f"Cannot find alias arn: {arn}"):
        lam.get_alias(FunctionName="f", Name="live")
    assert refusal(lam.delete_alias, FunctionName="g", Name="live") == MISSING
    assert refusal(lam.list_aliases, FunctionName="g") == MISSING


def test_layers_have_versions_that_functions_share(functions, lam, account):
    made = lam.publish_layer_version(
        LayerName="tools", Content={"ZipFile": OTHER}, CompatibleRuntimes=["python3.11"], Description="d"
    )
    arn = f"arn:aws:lambda:us-east-1:{account}:layer:tools"
    assert (made["LayerArn"], made["LayerVersionArn"], made["Version"]) == (arn, f"{arn}:1", 1)
    assert lam.publish_layer_version(LayerName=arn, Content={"ZipFile": HELLO})["Version"] == 2
    found = lam.get_layer_version(LayerName="tools", VersionNumber=1)
    with urllib.request.urlopen(found["Content"]["Location"], timeout=10) as answer:
        assert answer.read() == OTHER
    assert lam.get_layer_version_by_arn(Arn=f"{arn}:1")["Content"]["CodeSha256"] == found["Content"]["CodeSha256"]
    listed = lam.list_layers(CompatibleRuntime="python3.11")["Layers"]
    assert listed[0]["LatestMatchingVersion"]["Version"] == 1
    versions = lam.list_layer_versions(LayerName="tools")["LayerVersions"]
    assert [version["Version"] for version in versions] == [2, 1]
    functions.make(Layers=[f"{arn}:1"])
    assert lam.get_function_configuration(FunctionName="f")["Layers"] == [{"Arn": f"{arn}:1", "CodeSize": len(OTHER)}]
    lam.delete_layer_version(LayerName="tools", VersionNumber=1)
    assert refusal(lam.get_layer_version, LayerName="tools", VersionNumber=1) == MISSING
    assert refusal(lam.get_layer_version_by_arn, Arn=f"{arn}:1") == MISSING
    assert refusal(functions.make, name="g", Layers=[f"{arn}:1"]) == INVALID
    assert refusal(lam.delete_layer_version, LayerName="tools", VersionNumber=0) == INVALID
    assert refusal(lam.publish_layer_version, LayerName="x", Content={"ZipFile": b"x"}) == INVALID
    assert refusal(lam.list_layers, Marker="x") == INVALID
    assert refusal(lam.list_layer_versions, LayerName="tools", Marker="x") == INVALID


def test_a_layer_is_lent_by_its_policy(freehold, functions, lam, account):
    arn = lam.publish_layer_version(LayerName="tools", Content={"ZipFile": HELLO})["LayerVersionArn"]
    stranger = freehold.client("lambda", "222233334444")
    assert refusal(stranger.get_layer_version_by_arn, Arn=arn) == "AccessDeniedException"
    lent = {"LayerName": "tools", "VersionNumber": 1}
    assert refusal(lam.get_layer_version_policy, **lent) == MISSING
    assert refusal(lam.remove_layer_version_permission, **lent, StatementId="a") == MISSING
    permission = {"StatementId": "a", "Action": "lambda:GetLayerVersion", "Principal": "222233334444"}
    added = lam.add_layer_version_permission(**lent, **permission)
    assert refusal(lam.add_layer_version_permission, **lent, **permission) == "ResourceConflictException"
    assert lam.get_layer_version_policy(**lent)["RevisionId"] == added["RevisionId"]
    assert stranger.get_layer_version_by_arn(Arn=arn)["Version"] == 1
    lam.remove_layer_version_permission(**lent, StatementId="a")
    assert refusal(stranger.get_layer_version_by_arn, Arn=arn) == "AccessDeniedException"


def test_a_layer_belongs_to_its_account_by_whichever_name(freehold, functions, lam):
    made = lam.publish_layer_version(LayerName="tools", Content={"ZipFile": HELLO})
    lam.publish_layer_version(LayerName="tools", Content={"ZipFile": OTHER})
    permission = {"StatementId": "a", "Action": "lambda:GetLayerVersion", "Principal": "222233334444"}
    lam.add_layer_version_permission(LayerName="tools", VersionNumber=1, **permission)
    stranger, layer = freehold.client("lambda", "222233334444"), made["LayerArn"]
    assert stranger.get_layer_version(LayerName=layer, VersionNumber=1)["Version"] == 1
    for number in (2, 3):
        other = {"LayerName": layer, "VersionNumber": number}
        assert refusal(stranger.get_layer_version, **other) == "AccessDeniedException"
    first = {"LayerName": layer, "VersionNumber": 1}
    assert refusal(stranger.delete_layer_version, **first) == "AccessDeniedException"
    assert refusal(stranger.get_layer_version_policy, **first) == "AccessDeniedException"
    more = permission | {"StatementId": "b", "Principal": "*"}
    assert refusal(stranger.add_layer_version_permission, **first, **more) == "AccessDeniedException"
    assert refusal(stranger.list_layer_versions, LayerName=layer) == "AccessDeniedException"
    content = {"ZipFile": HELLO}
    assert refusal(stranger.publish_layer_version, LayerName=layer, Content=content) == "AccessDeniedException"


def test_a_layer_that_is_lent_to_an_organization_is_lent_to_nobody_here(freehold, lam):
    arn = lam.publish_layer_version(LayerName="tools", Content={"ZipFile": HELLO})["LayerVersionArn"]
    lent = {"LayerName": "tools", "VersionNumber": 1, "StatementId": "a", "Action": "lambda:GetLayerVersion"}
    organization = {"OrganizationId": "o-0123456789"}
    assert refusal(lam.add_layer_version_permission, **lent, **organization, Principal="222233334444") == INVALID
    lam.add_layer_version_permission(**lent, **organization, Principal="*")
    policy = json.loads(lam.get_layer_version_policy(LayerName="tools", VersionNumber=1)["Policy"])
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
    stranger = Functions(freehold, "222233334444", role="borrower")
    assert refusal(stranger.client.get_layer_version_by_arn, Arn=arn) == "AccessDeniedException"
    assert refusal(stranger.make, Layers=[arn]) == INVALID

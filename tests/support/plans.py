"""Savings Plans of an account."""

import datetime

YEAR = 365 * 24 * 3600


class Plans:
    """One account's plans."""

    def __init__(self, region, account):
        self.region = region
        self.account = account
        self.client = region.client("savingsplans", account=account)

    def offering(self, plan_type="Compute", payment="No Upfront", years=1, family=None):
        """The id of what is on offer."""
        asked = {"planTypes": [plan_type], "paymentOptions": [payment], "durations": [years * YEAR]}
        if family:
            asked["filters"] = [{"name": "instanceFamily", "values": [family]}]
        (found,) = self.client.describe_savings_plans_offerings(**asked)["searchResults"]
        return found["offeringId"]

    def buy(self, commitment="1.0", offering=None, **options):
        """A plan's id."""
        offering = offering or self.offering()
        return self.client.create_savings_plan(
            savingsPlanOfferingId=offering, commitment=commitment, **options
        )["savingsPlanId"]

    def show(self, plan):
        (shown,) = self.client.describe_savings_plans(savingsPlanIds=[plan])["savingsPlans"]
        return shown

    def now(self):
        """The time of a region whose clock can be moved."""
        return datetime.datetime.fromisoformat(self.region.advance_clock(0)["now"])

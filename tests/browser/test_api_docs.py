"""The page of the REST API's description, under the same content security policy as every other page."""

import re

from playwright.sync_api import Page, expect


def test_it_describes_the_api_without_breaking_the_policy(page: Page):
    page.goto("/api/docs/")

    operation = page.locator("#operations-traces-traces_list, [id$=traces_list]").first
    expect(operation).to_be_visible()
    operation.locator("button").first.click()

    expect(operation.locator(".parameters").first).to_contain_text(re.compile("since.*until", re.DOTALL))


def test_it_asks_for_the_key(page: Page):
    page.goto("/api/docs/")

    page.get_by_role("button", name="Authorize").first.click()

    expect(page.locator(".auth-container").first).to_contain_text("bearerKey")

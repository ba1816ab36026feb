"""The admin works in a real browser under a policy without 'unsafe-inline', on every kind of page."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from projects.models import ApiKey, Membership, Project
from projects.selectors import key_grant_get

MODELS = ("projects/project", "projects/membership", "projects/apikey", "auth/user")


@pytest.fixture
def root(page, sign_in, project) -> User:
    """A superuser, signed in and member of `project`; `page` comes first because it opens the database."""
    user = User.objects.create_superuser("root", password="a long password")
    Membership.objects.create(project=project, user=user, role=Membership.Role.OWNER)
    sign_in(user)
    return user


def _settle(page: Page) -> None:
    """Alpine has started, and what it and the theme's scripts fetch has come."""
    page.wait_for_function("window.Alpine !== undefined && !document.documentElement.hasAttribute('x-cloak')")
    page.wait_for_load_state("networkidle")


def test_every_kind_of_page_obeys_the_policy(page, root, api_key):
    lists = [f"/admin/{model}/" for model in MODELS]
    adds = [f"/admin/{model}/add/" for model in MODELS]
    key, membership = ApiKey.objects.get(), Membership.objects.get()
    changes = [
        f"/admin/projects/project/{membership.project.pk}/change/",
        f"/admin/projects/membership/{membership.pk}/change/",
        f"/admin/projects/membership/{membership.pk}/delete/",
        f"/admin/projects/apikey/{key.pk}/change/",
        f"/admin/projects/apikey/{key.pk}/history/",
        f"/admin/auth/user/{root.pk}/change/",
        f"/admin/auth/user/{root.pk}/password/",
        "/admin/password_change/",
    ]
    for address in ("/admin/", *lists, *adds, *changes):
        page.goto(address)
        _settle(page)
        assert page.locator("#content").is_visible(), address


def test_lists_and_forms_fit_both_themes_and_widths(page, root, api_key, look, fits):
    for address in ("/admin/projects/apikey/", "/admin/projects/membership/", "/admin/projects/project/add/"):
        page.goto(address)
        _settle(page)
        assert fits(), address


def test_the_sign_in_page_leads_back_into_the_admin(page, project, base_url):
    User.objects.create_superuser("root", password="a long password")

    page.goto("/admin/projects/project/")
    page.get_by_label("User name").fill("root")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{base_url}/admin/projects/project/")


def test_a_project_is_made_with_a_member(page, root):
    User.objects.create_user("ada")
    page.goto("/admin/projects/project/add/")
    page.get_by_label("Name", exact=False).first.fill("Night trains")
    page.get_by_label("User-facing timeout").fill("12.5")
    page.get_by_label("Monthly budget").fill("300")
    page.get_by_role("link", name="Add another membership").click()
    page.locator("#id_memberships-0-user").fill("ada")
    page.locator("#id_memberships-0-role").select_option("owner")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()

    project = Project.objects.get(slug="night-trains")
    assert project.user_timeout_ns == 12_500_000_000
    assert Membership.objects.get(project=project).user.username == "ada"


def test_a_new_key_can_be_copied_once_and_a_reload_makes_no_second_one(page, root, context, base_url):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/projects/apikey/add/")
    page.get_by_label("Project").select_option(label="Signals")
    page.get_by_label("Name", exact=False).first.fill("Collector")
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert key_grant_get(copied).scopes == {"ingest"}

    page.reload()
    expect(page).to_have_url(f"{base_url}/admin/projects/apikey/")
    assert copied not in page.content()
    assert ApiKey.objects.count() == 1


def test_a_key_is_revoked_after_a_question(page, root, api_key):
    page.goto(f"/admin/projects/apikey/{ApiKey.objects.get().pk}/change/")
    page.locator("a", has_text="Revoke").click()
    expect(page.get_by_text("This cannot be undone")).to_be_visible()
    assert key_grant_get(api_key) is not None

    page.locator("#dialog").get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("is revoked")).to_be_visible()
    assert key_grant_get(api_key) is None


def test_the_theme_is_shared_with_the_dashboard(page, root):
    page.goto("/admin/")
    _settle(page)
    page.get_by_text("root", exact=True).click()
    page.get_by_text("Dark", exact=True).first.click()
    expect(page.locator("html")).to_have_class("dark")

    page.goto("/p/signals/")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

"""Signing in and out, and the frame around the pages, as a person meets them."""

import re

from playwright.sync_api import expect


def test_a_person_signs_in_and_out(page, project, member):
    member.set_password("by-hand-4711")
    member.save()

    page.goto("/")
    page.get_by_label("User name").fill("member")
    page.get_by_label("Password").fill("by-hand-4711")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/p/signals/$"))
    page.locator("summary[aria-label='member']").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(re.compile(r"/sign-in/$"))


def test_a_wrong_password_is_answered_with_a_message(page, project, member):
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("member")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("do not match")


def test_the_sign_in_page_fits(page, look, fits):
    page.goto("/sign-in/")

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert fits()


def test_the_theme_switch_is_remembered(page, project, member, sign_in):
    sign_in(member)
    page.goto("/p/signals/connect/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)

    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate(background)
    page.reload()

    assert dark != light
    assert page.evaluate(background) == dark

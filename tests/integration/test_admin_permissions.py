"""The admin is for superusers and for owners with the staff flag, and each owner sees their own projects only."""

import pytest
from django.contrib.auth.models import User

from projects.models import ApiKey, Membership
from projects.services import api_key_create

pytestmark = pytest.mark.django_db

LISTS = ("projects/project", "projects/membership", "projects/apikey")


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def staff_owner(owner) -> User:
    """An owner whom a superuser let into the admin."""
    return _with_staff_flag(owner)


@pytest.fixture
def staff_member(member) -> User:
    """Staff, but owner of nothing."""
    return _with_staff_flag(member)


@pytest.fixture
def other_owner(other_project) -> User:
    user = User.objects.create_user("other-owner", is_staff=True)
    Membership.objects.create(project=other_project, user=user, role=Membership.Role.OWNER)
    return user


def _with_staff_flag(user: User) -> User:
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def visit(client, request):
    """Signs a person of the cast in and gives the status of an address."""

    def visit(person: str, address: str) -> int:
        client.force_login(request.getfixturevalue(person))
        return client.get(address).status_code

    return visit


@pytest.mark.parametrize("address", ["/admin/", *(f"/admin/{name}/" for name in LISTS)])
def test_who_is_not_signed_in_is_sent_to_the_one_sign_in_page(client, db, address):
    response = client.get(address, follow=True)

    assert response.redirect_chain[-1][0] == f"/sign-in/?next={address.replace('/', '%2F')}"


@pytest.mark.parametrize("person", ["owner", "member", "stranger"])
def test_without_the_staff_flag_the_door_stays_shut(client, request, person):
    client.force_login(request.getfixturevalue(person))

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("person", "status"),
    [("superuser", 200), ("staff_owner", 200), ("other_owner", 200), ("staff_member", 403)],
)
def test_lists_are_for_superusers_and_owners(visit, person, status, name):
    assert visit(person, f"/admin/{name}/") == status


@pytest.mark.parametrize(
    ("person", "status"), [("superuser", 200), ("staff_owner", 403), ("staff_member", 403)]
)
@pytest.mark.parametrize("name", ["projects/project/add", "auth/user", "auth/user/add"])
def test_only_superusers_make_projects_and_people(visit, person, status, name):
    assert visit(person, f"/admin/{name}/") == status


@pytest.mark.parametrize(
    ("person", "status"),
    # Django answers 302, to the index with a message, for an object outside the person's queryset.
    [("superuser", 200), ("staff_owner", 200), ("other_owner", 302), ("staff_member", 403)],
)
def test_objects_are_changed_by_superusers_and_their_owners(visit, project, api_key, owner, person, status):
    key, membership = ApiKey.objects.get(project=project), Membership.objects.get(project=project, user=owner)

    addresses = [
        f"/admin/projects/project/{project.pk}/change/",
        f"/admin/projects/apikey/{key.pk}/change/",
        f"/admin/projects/membership/{membership.pk}/change/",
    ]
    assert [visit(person, address) for address in addresses] == [status] * 3


@pytest.mark.parametrize("person", ["superuser", "staff_owner"])
def test_nobody_deletes_projects_or_keys(visit, project, api_key, person):
    key = ApiKey.objects.get(project=project)

    assert visit(person, f"/admin/projects/project/{project.pk}/delete/") == 403
    assert visit(person, f"/admin/projects/apikey/{key.pk}/delete/") == 403


@pytest.mark.parametrize("name", LISTS)
def test_an_owner_s_list_names_nobody_else(client, staff_owner, api_key, other_owner, other_project, name):
    api_key_create(project=other_project, name="Key of the others")
    client.force_login(staff_owner)

    page = client.get(f"/admin/{name}/").content.decode()

    assert "Signals" in page
    for foreign in ("Elsewhere", "other-owner", "Key of the others"):
        assert foreign not in page


@pytest.mark.parametrize("name", ["projects/membership", "projects/apikey"])
def test_an_owner_s_form_offers_their_own_projects(client, staff_owner, other_project, name):
    client.force_login(staff_owner)

    page = client.get(f"/admin/{name}/add/").content.decode()

    assert "Signals" in page
    assert "Elsewhere" not in page


def test_an_owner_cannot_make_a_key_for_another_project(client, staff_owner, other_project):
    client.force_login(staff_owner)

    response = client.post(
        "/admin/projects/apikey/add/", {"project": other_project.pk, "name": "Trojan", "can_read": "on"}
    )

    assert "project" in response.context["adminform"].form.errors
    assert not ApiKey.objects.exists()


def test_an_owner_cannot_make_themself_a_member_elsewhere(client, staff_owner, other_project):
    client.force_login(staff_owner)

    response = client.post(
        "/admin/projects/membership/add/", {"project": other_project.pk, "user": "owner", "role": "owner"}
    )

    assert "project" in response.context["adminform"].form.errors
    assert not Membership.objects.filter(project=other_project, user=staff_owner).exists()


def test_an_owner_cannot_revoke_a_foreign_key(client, staff_owner, other_api_key):
    key = ApiKey.objects.get()
    client.force_login(staff_owner)

    response = client.post(f"/admin/projects/apikey/{key.pk}/revoke/", {"_form_submitted": "on"})

    assert response.status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None


def test_an_owner_adds_a_member_by_user_name(client, staff_owner, project, stranger):
    client.force_login(staff_owner)

    client.post(
        "/admin/projects/membership/add/", {"project": project.pk, "user": "stranger", "role": "member"}
    )

    assert Membership.objects.get(project=project, user=stranger).role == Membership.Role.MEMBER


def test_who_stops_being_an_owner_loses_the_admin_at_once(client, staff_owner, project):
    client.force_login(staff_owner)
    Membership.objects.filter(user=staff_owner).update(role=Membership.Role.MEMBER)

    assert client.get(f"/admin/projects/project/{project.pk}/change/").status_code == 403
    assert client.get("/admin/projects/apikey/").status_code == 403


def test_signing_out_of_the_admin_signs_out(client, superuser):
    client.force_login(superuser)

    client.post("/admin/logout/")

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("address", "is_allowed"), [("/admin/", True), ("/sign-in/", False), ("/", False)])
def test_only_the_admin_may_evaluate_text(client, superuser, project, address, is_allowed):
    if address != "/sign-in/":
        client.force_login(superuser)

    policy = client.get(address)["content-security-policy"]

    assert ("'unsafe-eval'" in policy) is is_allowed
    assert "'unsafe-inline'" not in policy


def test_the_timeout_is_entered_in_seconds(client, staff_owner, project):
    client.force_login(staff_owner)

    client.post(
        f"/admin/projects/project/{project.pk}/change/",
        {
            "name": "Signals",
            "user_timeout_ns": "12.000000001",
            "monthly_budget_usd": "250.50",
            "estimate_usd": "0.0125",
            "lost_after_ns": "",
            "retention_days": "14",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )

    project.refresh_from_db()
    assert project.user_timeout_ns == 12_000_000_001
    assert str(project.monthly_budget_usd) == "250.50"
    assert project.retention_days == 14
    assert project.lost_after_ns == 1_800_000_000_000

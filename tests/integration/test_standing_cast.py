"""The cast of tests/conftest.py stands where its descriptions say."""

from projects.models import Membership
from projects.selectors import key_grant_get, project_list


def test_each_person_sees_their_own_projects_only(project, other_project, owner, member, stranger):
    assert list(project_list(user=owner)) == [project]
    assert list(project_list(user=member)) == [project]
    assert list(project_list(user=stranger)) == [other_project]


def test_the_owner_and_the_member_have_their_roles(project, owner, member):
    roles = dict(project.memberships.values_list("user__username", "role"))

    assert roles == {"owner": Membership.Role.OWNER, "member": Membership.Role.MEMBER}


def test_a_key_speaks_for_its_own_project(project, api_key, other_project, other_api_key):
    assert key_grant_get(api_key).project_id == project.pk
    assert key_grant_get(other_api_key).project_id == other_project.pk

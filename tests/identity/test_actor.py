"""What each role may do, spelled out: a right that moves has to move here too."""

import pytest

from app.errors import Forbidden, NotFound
from app.identity.actor import ALLOWED, Actor, Grant, Permission, Role, local_operator

TABLE = {
    Role.ADMINISTRATOR: {
        "read", "read-drafts", "read-journal", "manage-people", "import-framework", "manage-programme",
    },
    Role.COMPLIANCE_OFFICER: {
        "read", "read-drafts", "read-journal", "add-evidence", "review-evidence", "link", "write-documents",
        "approve-documents", "manage-programme", "freeze", "import-framework",
    },
    Role.PROCESS_OWNER: {
        "read", "read-drafts", "add-evidence", "review-evidence", "link", "write-documents", "approve-documents",
    },
    Role.CONTRIBUTOR: {"read", "read-drafts", "add-evidence"},
    Role.REVIEWER: {"read", "read-drafts", "review-evidence", "approve-documents"},
    Role.AUDITOR: {"read"},
    Role.CI: {"read", "add-evidence"},
}  # fmt: skip


def with_role(role: Role, organisation_id: str = "ours", programme_id: str | None = None) -> Actor:
    """Return somebody with one role."""
    return Actor("u1", "Wang", (Grant(organisation_id, frozenset({role}), programme_id),))


def test_every_role_is_in_the_table() -> None:
    assert set(TABLE) == set(Role) == set(ALLOWED)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_is_in_its_row_and_nothing_else(role: Role) -> None:
    actor = with_role(role)
    assert {permission.value for permission in Permission if actor.may(permission, "ours")} == TABLE[role]


def test_several_roles_add_up() -> None:
    actor = Actor("u1", "Wang", (Grant("ours", frozenset({Role.AUDITOR, Role.CI})),))
    assert {permission.value for permission in Permission if actor.may(permission, "ours")} == {"read", "add-evidence"}


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_nothing_is_allowed_and_nothing_is_seen(permission: Permission) -> None:
    nobody = Actor("u1", "Wang")
    assert not nobody.may(permission, "ours")
    with pytest.raises(NotFound):
        nobody.must(permission, "ours")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_in_one_organisation_is_nothing_in_another(role: Role, permission: Permission) -> None:
    actor = with_role(role, "theirs")
    assert not actor.may(permission, "ours")
    with pytest.raises(NotFound):
        actor.must(permission, "ours")


@pytest.mark.parametrize("role", Role)
def test_a_role_in_one_programme_covers_neither_another_one_nor_the_organisation(role: Role) -> None:
    actor = with_role(role, "ours", "p1")
    assert actor.may(Permission.READ, "ours", "p1")
    assert not actor.may(Permission.READ, "ours", "p2")
    assert not actor.may(Permission.READ, "ours")
    assert not actor.may(Permission.READ, "theirs", "p1")


def test_a_role_in_the_organisation_covers_its_programmes() -> None:
    assert with_role(Role.AUDITOR).may(Permission.READ, "ours", "p1")


def test_a_missing_right_is_named_where_the_actor_has_some_business() -> None:
    with pytest.raises(Forbidden, match="add-evidence"):
        with_role(Role.AUDITOR).must(Permission.ADD_EVIDENCE, "ours")


def test_only_an_installer_administers_the_installation() -> None:
    local_operator("root").must_install()
    for role in Role:
        with pytest.raises(Forbidden):
            with_role(role).must_install()


def test_whoever_works_on_the_data_folder_may_do_everything_and_is_named_for_what_they_are() -> None:
    operator = local_operator("wang", "zh")
    assert all(operator.may(permission, "ours") for permission in Permission)
    assert (operator.id, operator.name, operator.language) == ("local:wang", "wang", "zh")

"""The actor of a request and what it may do; use cases ask `actor.must(...)`, so every door has the same locks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.errors import Forbidden, NotFound


class Permission(StrEnum):
    """One thing that may be allowed within an organisation."""

    READ = "read"
    READ_DRAFTS = "read-drafts"
    READ_JOURNAL = "read-journal"
    ADD_EVIDENCE = "add-evidence"
    REVIEW_EVIDENCE = "review-evidence"
    LINK = "link"
    WRITE_DOCUMENTS = "write-documents"
    APPROVE_DOCUMENTS = "approve-documents"
    MANAGE_PROGRAMME = "manage-programme"
    FREEZE = "freeze"
    IMPORT_FRAMEWORK = "import-framework"
    MANAGE_PEOPLE = "manage-people"


class Role(StrEnum):
    """What somebody is in one organisation."""

    ADMINISTRATOR = "administrator"
    COMPLIANCE_OFFICER = "compliance-officer"
    PROCESS_OWNER = "process-owner"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    CI = "ci"


_INSIDE = {Permission.READ, Permission.READ_DRAFTS}
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        _INSIDE
        | {Permission.READ_JOURNAL, Permission.MANAGE_PEOPLE, Permission.IMPORT_FRAMEWORK, Permission.MANAGE_PROGRAMME}
    ),
    Role.COMPLIANCE_OFFICER: frozenset(set(Permission) - {Permission.MANAGE_PEOPLE}),
    Role.PROCESS_OWNER: frozenset(
        _INSIDE
        | {
            Permission.ADD_EVIDENCE,
            Permission.REVIEW_EVIDENCE,
            Permission.LINK,
            Permission.WRITE_DOCUMENTS,
            Permission.APPROVE_DOCUMENTS,
        }
    ),
    Role.CONTRIBUTOR: frozenset(_INSIDE | {Permission.ADD_EVIDENCE}),
    Role.REVIEWER: frozenset(_INSIDE | {Permission.REVIEW_EVIDENCE, Permission.APPROVE_DOCUMENTS}),
    Role.AUDITOR: frozenset({Permission.READ}),
    Role.CI: frozenset({Permission.READ, Permission.ADD_EVIDENCE}),
}
"""What each role may do; what is not here is denied."""
INSIDE = (Permission.READ_DRAFTS, Permission.ADD_EVIDENCE)
"""Rights that only people and machines of the organisation have."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Roles in one organisation; `programme_id` limits them to one programme (auditors, scoped tokens)."""

    organisation_id: str
    roles: frozenset[Role]
    programme_id: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. `installer` may do everything: whoever is at the data folder, or administers the installation."""

    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    installer: bool = False
    language: str = "en"
    token_id: str | None = field(default=None, compare=False)
    scoped: bool = field(default=False, compare=False)
    """Whether a token for programs acts, and not somebody who has signed in or is at the data folder."""

    def may(self, permission: Permission, organisation_id: str, programme_id: str | None = None) -> bool:
        """Say whether a grant allows `permission` there; a grant for one programme does not cover the organisation."""
        return self.installer or any(
            permission in ALLOWED[role]
            for grant in self._grants_for(organisation_id, programme_id)
            for role in grant.roles
        )

    def must(self, permission: Permission, organisation_id: str, programme_id: str | None = None) -> None:
        """Raise NotFound where the actor has no business at all, Forbidden where the permission is missing."""
        if self.may(permission, organisation_id, programme_id):
            return
        if not self._grants_for(organisation_id, programme_id):
            raise NotFound("There is no such thing, or you may not see it.")
        raise Forbidden(
            "You may not do this: it needs the right “{right}”. Ask an administrator.", right=permission.value
        )

    def is_outside(self, organisation_id: str, programme_id: str) -> bool:
        """Say whether the actor only looks at the programme from outside, as auditors do: at what is in force."""
        return not any(self.may(right, organisation_id, programme_id) for right in INSIDE)

    def must_install(self) -> None:
        """Raise Forbidden unless the actor administers the installation."""
        if not self.installer:
            raise Forbidden("Only the administrator of the installation may do this.")

    def must_be_in_person(self) -> None:
        """Raise Forbidden where a token for programs acts: keys and passwords are for people to hand out."""
        if self.scoped:
            raise Forbidden("A token for programs may not do this. Sign in with your password.")

    def _grants_for(self, organisation_id: str, programme_id: str | None) -> list[Grant]:
        return [
            grant
            for grant in self.grants
            if grant.organisation_id == organisation_id
            and (grant.programme_id is None or grant.programme_id == programme_id)
        ]


def local_operator(name: str, language: str = "en") -> Actor:
    """Return the actor for somebody who works on the data folder itself and could change any file in it."""
    return Actor(f"local:{name}", name, installer=True, language=language)

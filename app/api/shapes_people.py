"""What is sent about people: users, roles, tokens, the actor."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.identity.actor import Actor
from app.identity.models import AccessLink, Membership, Token, User


class UserShape(BaseModel):
    """A user of the installation."""

    id: str
    login: str
    name: str
    language: str
    installer: bool
    created_at: datetime
    disabled_at: datetime | None

    @classmethod
    def of(cls, user: User) -> "UserShape":
        """Build it from the row."""
        return cls(
            id=user.id,
            login=user.login,
            name=user.name,
            language=user.language,
            installer=user.installer,
            created_at=user.created_at,
            disabled_at=user.disabled_at,
        )


class Users(BaseModel):
    """Everybody in the installation, by login."""

    items: list[UserShape]


class MembershipShape(BaseModel):
    """A role of a user in an organisation; `programme_id` null means in all of it."""

    id: str
    user_id: str
    login: str
    name: str
    organisation_id: str
    programme_id: str | None
    role: str
    starts_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, user: User, membership: Membership) -> "MembershipShape":
        """Build it from the rows."""
        return cls(
            id=membership.id,
            user_id=user.id,
            login=user.login,
            name=user.name,
            organisation_id=membership.organisation_id,
            programme_id=membership.programme_id,
            role=membership.role,
            starts_at=membership.starts_at,
            ends_at=membership.ends_at,
        )


class People(BaseModel):
    """Everybody with a role now or later, by name."""

    items: list[MembershipShape]


class TokenShape(BaseModel):
    """A token without its secret."""

    id: str
    name: str
    user_id: str
    organisation_id: str | None
    programme_id: str | None
    role: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> "TokenShape":
        """Build it from the row."""
        return cls(**{name: getattr(token, name) for name in TokenShape.model_fields})


class NewTokenShape(TokenShape):
    """A token that was just made."""

    secret: str | None = Field(description="Shown this once; null where the answer is repeated.")


class Tokens(BaseModel):
    """Tokens, newest first."""

    items: list[TokenShape]


class AccessLinkShape(BaseModel):
    """A link that lets an auditor without an account read one programme, without its secret."""

    id: str
    name: str
    user_id: str
    organisation_id: str
    programme_id: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, link: AccessLink) -> "AccessLinkShape":
        """Build it from the row."""
        return cls(**{name: getattr(link, name) for name in AccessLinkShape.model_fields})


class NewAccessLinkShape(AccessLinkShape):
    """A link that was just made."""

    path: str | None = Field(description="The address below that of the pages, shown this once; null when repeated.")


class AccessLinks(BaseModel):
    """Access links, newest first."""

    items: list[AccessLinkShape]


class SignedIn(BaseModel):
    """A session: send `token` as Authorization: Bearer."""

    token: str
    token_id: str
    expires_at: datetime


class GrantShape(BaseModel):
    """Roles in one organisation, or in one programme of it."""

    organisation_id: str
    programme_id: str | None
    roles: list[str]


class Me(BaseModel):
    """Whoever asks."""

    id: str
    name: str
    language: str
    installer: bool
    token_id: str | None
    grants: list[GrantShape]

    @classmethod
    def of(cls, actor: Actor) -> "Me":
        """Build it from the actor."""
        grants = [
            GrantShape(
                organisation_id=each.organisation_id,
                programme_id=each.programme_id,
                roles=sorted(role.value for role in each.roles),
            )
            for each in actor.grants
        ]
        return cls(
            id=actor.id,
            name=actor.name,
            language=actor.language,
            installer=actor.installer,
            token_id=actor.token_id,
            grants=grants,
        )

"""What can be refused before the bytes of files come in: the use cases check it all once more."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.evidence.models import Evidence
from app.evidence.service import NewEvidence, version_in_force
from app.evidence.versions import NewVersion, check_period_kept, check_version
from app.identity.service import check_owner
from app.links.service import check_expectations
from app.programmes.models import Programme
from app.programmes.service import day_of
from app.validation import line


def check_evidence(session: Session, programme: Programme, new: NewEvidence, *, at: datetime) -> None:
    """Raise Invalid or NotFound for evidence that would be refused whatever its files are."""
    line(new.title, "title")
    check_owner(session, new.owner_id, programme.organisation_id, at=at)
    check_version(new.version, 1, day_of(session, programme, at))
    check_expectations(session, programme, new.expectation_ids)


def check_next_version(
    session: Session, programme: Programme, evidence_id: str, new: NewVersion, *, at: datetime
) -> None:
    """Raise Invalid or Conflict for a version that would be refused whatever its files are."""
    evidence = session.get_one(Evidence, evidence_id)
    if evidence.withdrawn_at is not None:
        raise Conflict("This evidence was withdrawn. Add the record as new evidence.")
    check_version(new, 1, day_of(session, programme, at))
    check_period_kept(version_in_force(session, evidence.id), new)

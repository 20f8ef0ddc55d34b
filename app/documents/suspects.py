"""Links of a document that are to be confirmed again, because what is at one of their ends has changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.documents.reading import DocumentView
from app.programmes.models import Programme
from app.programmes.service import profile_of


def suspect_links(session: Session, programme: Programme, view: DocumentView, *, at: datetime) -> frozenset[str]:
    """Return the expectations whose links were confirmed before the document was approved anew, or they were changed.

    Two queries a framework. The first approval changes nothing that anybody had looked at. The caller has checked that
    the document may be read.
    """
    if not view.links or view.withdrawn:
        return frozenset()
    approved = sorted(each.revision.approved_at for each in view.revisions if each.revision.approved_at)
    anew = approved[-1] if approved[1:] else None
    changed_at: dict[str, datetime | None] = dict.fromkeys((link.expectation_id for link in view.links), anew)
    for code in profile_of(session, programme, known_at=at).frameworks:
        framework = catalogue.find_framework(session, code, programme.organisation_id)
        for expectation_id, moment in catalogue.changed_expectations(session, framework.id, known_at=at).items():
            if expectation_id in changed_at:
                changed_at[expectation_id] = max(moment, changed_at[expectation_id] or moment)
    return frozenset(
        link.expectation_id
        for link in view.links
        if (last := changed_at[link.expectation_id]) is not None and last > link.confirmed_at
    )

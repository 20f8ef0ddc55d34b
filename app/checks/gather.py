"""From rows to facts: the only bridge. One query a kind of fact, filtered by what was known at a moment.

The number of queries does not depend on the number of rows. Where an item's title or owner was changed after the
moment, the former one is read.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.checks import queries
from app.documents.models import Approval, Document, DocumentAmendment, DocumentOwner, DocumentReview, Revision
from app.evidence.models import EvidenceAmendment
from app.language import Text
from app.links.models import Link
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.programmes.registers import AgreementKind, AuditKind, PartyKind
from app.readiness import facts

NEEDS_AGREEMENT = frozenset({PartyKind.EXTERNAL_SUPPLIER, PartyKind.INTERNAL_SUPPLIER, PartyKind.CUSTOMER_AS_SUPPLIER})


class Gatherer:
    """Facts of one programme as known at one moment; items are read once and serve every framework.

    Without `drafts` nothing is known but what is in force: accepted evidence, revisions whose day has come.
    """

    def __init__(self, session: Session, programme: Programme, *, known_at: datetime, drafts: bool = True) -> None:
        self._session = session
        self._programme = programme
        self._known_at = known_at
        self._drafts = drafts
        self._zone = programmes.zone_of(session, programme)
        self.profile = programmes.profile_of(session, programme, known_at=known_at)
        self.limits = programmes.limits_of(session, programme, known_at=known_at)
        self._owners = self._register("owners")
        self._ages = self._ages_set()
        self._former = self._former_evidence()
        audits = [each.entry for each in self._register("audits")]
        self._planned = {
            stage: [audit.planned_on for audit in audits if audit.kind == kind]
            for stage, kind in ((1, AuditKind.STAGE_1), (2, AuditKind.STAGE_2))
        }
        self._former_titles = self._former_document_titles()
        self._former_owners = self._former_document_owners()
        self._reviews = self._latest_reviews()
        self.shared = self._shared()

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self._zone

    @property
    def known_on(self) -> date:
        """The day of the moment where the organisation is."""
        return self._known_at.astimezone(self._zone).date()

    def facts_for(self, framework: str) -> tuple[Pack, facts.Facts]:
        """Return the framework as it was then, and everything known for its expectations."""
        organisation_id = self._programme.organisation_id
        pack = catalogue.get_pack(self._session, framework, organisation_id, known_at=self._known_at)
        needs = self._needs(pack)
        suspects = self.shared.suspects + self._framework_suspects(framework, needs)
        clauses = {process.key: process.clause for process in pack.processes}
        return pack, replace(
            self.shared,
            needs=needs,
            suspects=suspects,
            service_clause=clauses.get("service-level"),
            supplier_clause=clauses.get("supplier"),
        )

    def audit_on(self, stage: int) -> date | None:
        """Return the day of the stage's next audit, or of its last one where none is to come; None without any."""
        days = self._planned[stage]
        return min((day for day in days if day >= self.known_on), default=max(days, default=None))

    def _stage_1_before(self, stage_2_on: date | None) -> date | None:
        """The stage 1 that a stage 2 follows: the last one planned by then, else the next."""
        return max((day for day in self._planned[1] if stage_2_on and day <= stage_2_on), default=self.audit_on(1))

    def _shared(self) -> facts.Facts:
        stage_2_on = self.audit_on(2)
        services, parties = self._services_and_parties()
        papers = self._papers()
        return facts.Facts(
            proofs=self._proofs(),
            papers=papers,
            waivers=tuple(
                facts.Waiver(
                    each.entry.expectation_id,
                    self._day(each.recorded_at),
                    each.entry.until,
                    each.entry.reason,
                    each.recorded_by,
                )
                for each in self._register("waivers")
            ),
            services=services,
            parties=parties,
            suspects=self._document_suspects(),
            damages=self._damages(papers),
            start_of_operation=self.profile.start_of_operation,
            stage_1_on=self._stage_1_before(stage_2_on),
            stage_2_on=stage_2_on,
            limits=facts.Limits(**{each.name: getattr(self.limits, each.name) for each in fields(facts.Limits)}),
        )

    def _needs(self, pack: Pack) -> tuple[facts.Need, ...]:
        owner = owner_by_clause(pack, self._owners)
        return tuple(
            facts.Need(
                id=each.id,
                clause=each.clause,
                name=each.name,
                kind=each.kind.value,
                action=each.action.value,
                stage=each.stage,
                cadence=each.cadence.value,
                max_age_days=self._ages.get(each.id, each.max_age_days),
                history_months=each.history_months,
                required=each.required,
                optional=each.optional,
                nil_return=each.nil_return,
                owner=owner.get(each.clause),
            )
            for each in pack.expectations
        )

    def _ages_set(self) -> dict[str, int]:
        """How many days what answers an expectation lasts, where the programme says so: its register, its settings."""
        return {
            "internal-audit-report": self.limits.internal_audit_max_age_days,
            "management-review-minutes": self.limits.management_review_max_age_days,
        } | {each.entry.expectation_id: each.entry.max_age_days for each in self._register("ages")}

    def _proofs(self) -> tuple[facts.Proof, ...]:
        # Three scans of one programme's rows, joined here: a join in SQLite looks up each row by itself, twice as slow.
        # On the connection, not the session: its rows are plain tuples already.
        execute, known = self._session.connection().execute, (self._programme.id, self._known_at)
        items = {row[0]: (row[1], row[2]) for row in execute(queries.items(self._programme.id)).all()}
        items |= self._former
        versions: defaultdict[str, list[Any]] = defaultdict(list)
        for evidence_id, *version in execute(queries.versions_in_force(*known)).all():
            versions[evidence_id].append(version)
        return tuple(
            facts.Proof._make((need_id, item_id, items[item_id][0], *version, items[item_id][1]))
            for item_id, need_id in execute(queries.links(*known)).all()
            for version in versions[item_id]
            if self._drafts or version[0] == "accepted"
        )

    def _former_evidence(self) -> dict[str, tuple[str, str | None]]:
        """Title and owner, then, of evidence that was amended since."""
        query = (
            select(EvidenceAmendment)
            .where(EvidenceAmendment.programme_id == self._programme.id, EvidenceAmendment.ended_at > self._known_at)
            .order_by(EvidenceAmendment.ended_at.desc())
        )
        return {row.evidence_id: (row.title, row.owner_id) for row in self._session.scalars(query)}

    def _papers(self) -> tuple[facts.Paper, ...]:
        known_at = self._known_at
        signed = (
            select(Approval.revision_id, func.count().label("count"))
            .where(Approval.decision == "approved", Approval.at <= known_at)
            .group_by(Approval.revision_id)
            .subquery()
        )
        query = (
            select(Link.expectation_id, Document, Revision, func.coalesce(signed.c.count, 0))
            .join(Document, Document.id == Link.item_id)
            .join(Revision, Revision.document_id == Document.id)
            .join(signed, signed.c.revision_id == Revision.id, isouter=True)
            .where(*queries.live_links(self._programme.id, "document", known_at), Revision.recorded_at <= known_at)
            .order_by(Link.expectation_id, Document.id, Revision.number)
        )
        papers = (self._paper(*row) for row in self._session.execute(query))
        return tuple(paper for paper in papers if self._drafts or self._is_in_force(paper))

    def _is_in_force(self, paper: facts.Paper) -> bool:
        """Say whether it is or was in force: approved, and its day had come."""
        return paper.effective_on is not None and paper.effective_on <= self.known_on

    def _paper(self, expectation_id: str, document: Document, revision: Revision, signed: int) -> facts.Paper:
        known_at = self._known_at
        approved = revision.approved_at is not None and revision.approved_at <= known_at
        if document.withdrawn_at is not None and document.withdrawn_at <= known_at:
            state = "withdrawn"
        elif approved:
            state = "approved"
        else:
            returned = revision.returned_at is not None and revision.returned_at <= known_at
            submitted = revision.submitted_at is not None and revision.submitted_at <= known_at
            state = "in_review" if submitted and not returned else "draft"
        review = self._reviews.get(revision.id)
        return facts.Paper(
            need_id=expectation_id,
            document_id=document.id,
            number=document.number,
            title=self._former_titles.get(document.id, (document.title, ""))[0],
            revision=revision.number,
            state=state,
            approved_on=(self._day(review.reviewed_at) if review else revision.approved_on) if approved else None,
            effective_on=revision.effective_on if approved else None,
            next_review_on=(review or revision).next_review_on if approved else None,
            recorded_on=revision.recorded_on,
            missing_signatures=0 if approved or state == "draft" else max(0, revision.approvals_needed - signed),
            owner=self._former_owners.get(document.id, document.owner_id),
        )

    def _latest_reviews(self) -> dict[str, DocumentReview]:
        """The latest review of each revision by then; like a new approval it begins the time until the next one."""
        query = (
            select(DocumentReview)
            .where(DocumentReview.programme_id == self._programme.id, DocumentReview.reviewed_at <= self._known_at)
            .order_by(DocumentReview.reviewed_at, DocumentReview.id)
        )
        return {row.revision_id: row for row in self._session.scalars(query)}

    def _former_document_titles(self) -> dict[str, tuple[str, str]]:
        """Titles, then, of documents that were amended since: alone, and after the number."""
        query = (
            select(DocumentAmendment, Document.number)
            .join(Document, Document.id == DocumentAmendment.document_id)
            .where(DocumentAmendment.programme_id == self._programme.id, DocumentAmendment.ended_at > self._known_at)
            .order_by(DocumentAmendment.ended_at.desc())
        )
        return {row.document_id: (row.title, f"{number} {row.title}") for row, number in self._session.execute(query)}

    def _former_document_owners(self) -> dict[str, str | None]:
        query = (
            select(DocumentOwner)
            .join(Document, Document.id == DocumentOwner.document_id)
            .where(Document.programme_id == self._programme.id, DocumentOwner.ended_at > self._known_at)
            .order_by(DocumentOwner.ended_at.desc())
        )
        return {row.document_id: row.owner_id for row in self._session.scalars(query)}

    def _document_suspects(self) -> tuple[facts.Suspect, ...]:
        """Links whose document was approved anew after they were confirmed."""
        former = aliased(Revision)
        query = (
            select(Link.expectation_id, Document.id, Document.number, Document.title, Revision.approved_at)
            .join(Document, Document.id == Link.item_id)
            .join(Revision, Revision.document_id == Document.id)
            .where(
                *queries.live_links(self._programme.id, "document", self._known_at),
                Revision.approved_at <= self._known_at,
                Revision.approved_at > Link.confirmed_at,
                or_(Document.withdrawn_at.is_(None), Document.withdrawn_at > self._known_at),
                *(() if self._drafts else (Revision.effective_on <= self.known_on,)),
                # the first approval changes nothing that anybody had looked at, whatever its number
                exists().where(former.document_id == Document.id, former.approved_at < Revision.approved_at),
            )
            .order_by(Link.expectation_id, Document.id, Revision.number)
        )
        newest = {
            (need_id, document_id): facts.Suspect(
                need_id,
                document_id,
                self._title_then(document_id, f"{number} {title}"),
                "document",
                self._day(at),
            )
            for need_id, document_id, number, title, at in self._session.execute(query)
            if at is not None
        }
        return tuple(newest.values())

    def _framework_suspects(self, framework: str, needs: Iterable[facts.Need]) -> tuple[facts.Suspect, ...]:
        """Links confirmed before an upgrade of the framework changed their expectation."""
        row = catalogue.find_framework(self._session, framework, self._programme.organisation_id)
        changed = catalogue.changed_expectations(self._session, row.id, known_at=self._known_at)
        names = {need.id: need.name for need in needs}
        seen = {each.item_id for each in self.shared.proofs} | {each.document_id for each in self.shared.papers}
        wanted = [expectation_id for expectation_id in changed if expectation_id in names]
        if not wanted:
            return ()
        return tuple(
            facts.Suspect(need_id, item_id, self._title_then(item_id, title), kind, self._day(changed[need_id]))
            for need_id, item_id, kind, confirmed_at, title in self._session.execute(
                queries.linked_items(self._programme.id, self._known_at).where(Link.expectation_id.in_(wanted))
            )
            if confirmed_at < changed[need_id] and (self._drafts or item_id in seen)
        )

    def _damages(self, papers: Iterable[facts.Paper]) -> tuple[facts.Damage, ...]:
        """Damaged files of linked evidence in force, and of revisions that none in force has taken the place of."""
        execute, known = self._session.execute, (self._programme.id, self._known_at)
        found = [
            facts.Damage(need_id, item_id, self._title_then(item_id, title), name, self._day(found_at))
            for need_id, item_id, title, name, found_at in execute(queries.damaged_files(*known, drafts=self._drafts))
        ]
        in_force: defaultdict[str, int] = defaultdict(int)
        for paper in papers:
            if self._is_in_force(paper):
                in_force[paper.document_id] = max(in_force[paper.document_id], paper.revision)
        found += (
            facts.Damage(need_id, document_id, self._title_then(document_id, title), name, self._day(found_at))
            for need_id, document_id, title, name, found_at, revision in execute(queries.damaged_revisions(*known))
            if (revision >= in_force[document_id] if self._drafts else revision == in_force[document_id])
        )
        return tuple(found)

    def _title_then(self, item_id: str, title: str) -> str:
        """What an item was called then, a document with its number, where `title` is what it is called now."""
        return self._former[item_id][0] if item_id in self._former else self._former_titles.get(item_id, ("", title))[1]

    def _services_and_parties(self) -> tuple[tuple[facts.Service, ...], tuple[facts.Party, ...]]:
        by_service: defaultdict[str, list[facts.Agreement]] = defaultdict(list)
        by_party: defaultdict[str, list[facts.Agreement]] = defaultdict(list)
        for each in self._register("agreements"):
            agreement = facts.Agreement(each.entry.starts_on, each.entry.ends_on)
            if each.entry.service_id and each.entry.kind is AgreementKind.SLA:
                by_service[each.entry.service_id].append(agreement)
            if each.entry.party_id:
                by_party[each.entry.party_id].append(agreement)
        services = tuple(
            facts.Service(
                each.id,
                Text(each.entry.name_en, each.entry.name_zh),
                each.entry.owner_id,
                bool(each.entry.requirements),
                tuple(by_service[each.id]),
            )
            for each in self._register("services")
        )
        parties = tuple(
            facts.Party(
                each.id, Text(each.entry.name_en, each.entry.name_zh), each.entry.kind.value, tuple(by_party[each.id])
            )
            for each in self._register("parties")
            if each.entry.kind in NEEDS_AGREEMENT
        )
        return services, parties

    def _register(self, name: str) -> list[programmes.Recorded]:
        return programmes.register(self._session, self._programme, name, known_at=self._known_at)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


def owner_by_clause(pack: Pack, owners: Iterable[programmes.Recorded]) -> dict[str, str]:
    """Return who answers for each clause (user id): its own owner, else that of the nearest clause above."""
    named = {each.entry.clause: each.entry.owner_id for each in owners if each.entry.framework == pack.id}
    found: dict[str, str] = {}
    for clause in pack.clauses:
        owner = named.get(clause.number) or found.get(clause.parent or "")
        if owner is not None:
            found[clause.number] = owner
    return found

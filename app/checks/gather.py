"""From rows to facts: the only bridge. One query a kind of fact, filtered by what was known at a moment.

The number of queries does not depend on the number of rows. Where an item's title or owner was changed after the
moment, the former one is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.checks import queries
from app.checks.known import Calendar, Gathered, Known, Proofs
from app.checks.proofs import read_proofs
from app.documents import past as documents_past
from app.documents.models import Document, DocumentReview, Revision
from app.evidence import past as evidence_past
from app.language import Text
from app.links.models import Link
from app.past import there
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.programmes.registers import AgreementKind, AuditKind, Limits, PartyKind, Profile
from app.readiness import facts

NEEDS_AGREEMENT = frozenset({PartyKind.EXTERNAL_SUPPLIER, PartyKind.INTERNAL_SUPPLIER, PartyKind.CUSTOMER_AS_SUPPLIER})


def gather(
    session: Session, programme: Programme, *, known_at: datetime, proofs: Proofs | None = None, drafts: bool = True
) -> Gathered:
    """Return what was known of a programme at a moment; `proofs` is its evidence where that is known already.

    Without `drafts` nothing is known but what is in force: accepted evidence, revisions whose day has come.
    """
    return _Gatherer(session, programme, known_at, drafts=drafts).gathered(proofs)


class _Gatherer:
    """Reads facts of one programme; items are read once and serve every framework."""

    def __init__(self, session: Session, programme: Programme, known_at: datetime, *, drafts: bool) -> None:
        self._session = session
        self._programme = programme
        self._known_at = known_at
        self._drafts = drafts
        self._registers = programmes.registers(session, programme, known_at=known_at)
        self._profile: Profile = self._registers["profile"][0].entry
        limits: Limits = self._registers["settings"][0].entry
        self._limits = limits if drafts else replace(limits, count_submitted=False)
        self._ages = self._ages_set()
        self._former = evidence_past.former_names(session, programme.id, known_at)
        audits = [each.entry for each in self._registers["audits"]]
        planned = {
            stage: tuple(audit.planned_on for audit in audits if audit.kind == kind)
            for stage, kind in ((1, AuditKind.STAGE_1), (2, AuditKind.STAGE_2))
        }
        self._calendar = Calendar(known_at, programmes.zone_of(session, programme), planned)
        self._former_titles = documents_past.former_names(session, programme.id, known_at)
        self._former_owners = documents_past.former_owners(session, programme.id, known_at)
        self._papers = self._all_papers(self._all_reviews())

    def gathered(self, proofs: Proofs | None) -> Gathered:
        """Return everything."""
        if proofs is None:
            proofs = read_proofs(self._session, self._programme, self._former, known_at=self._known_at)
        if not self._drafts:
            proofs = {
                need_id: tuple(proof for proof in several if proof.state == "accepted")
                for need_id, several in proofs.items()
            }
        shared = self._shared()
        frameworks = {code: self._known(code, shared, proofs) for code in dict.fromkeys(self._profile.frameworks)}
        return Gathered(self._calendar, self._profile, self._limits, frameworks)

    def _known(self, framework: str, shared: facts.Facts, proofs: Proofs) -> Known:
        organisation_id = self._programme.organisation_id
        pack = catalogue.get_pack(self._session, framework, organisation_id, known_at=self._known_at)
        needs = self._needs(pack)
        clauses = {process.key: process.clause for process in pack.processes}
        rest = replace(
            shared,
            needs=needs,
            suspects=shared.suspects + self._framework_suspects(framework, needs, proofs),
            service_clause=clauses.get("service-level"),
            supplier_clause=clauses.get("supplier"),
        )
        papers = tuple(paper for several in self._papers for paper in several)
        return Known(pack, rest, proofs, papers)

    def _shared(self) -> facts.Facts:
        stage_2_on = self._calendar.audit_on(2)
        services, parties = self._services_and_parties()
        papers = tuple(several[-1] for several in self._papers)
        return facts.Facts(
            papers=papers,
            waivers=tuple(
                facts.Waiver(
                    each.entry.expectation_id,
                    self._calendar.day(each.recorded_at),
                    each.entry.until,
                    each.entry.reason,
                    each.recorded_by,
                )
                for each in self._registers["waivers"]
            ),
            services=services,
            parties=parties,
            suspects=self._document_suspects(),
            damages=self._damages(papers),
            start_of_operation=self._profile.start_of_operation,
            stage_1_on=self._calendar.stage_1_before(stage_2_on),
            stage_2_on=stage_2_on,
            limits=facts.Limits(**{each.name: getattr(self._limits, each.name) for each in fields(facts.Limits)}),
        )

    def _needs(self, pack: Pack) -> tuple[facts.Need, ...]:
        owner = owner_by_clause(pack, self._registers["owners"])
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
            "internal-audit-report": self._limits.internal_audit_max_age_days,
            "management-review-minutes": self._limits.management_review_max_age_days,
        } | {each.entry.expectation_id: each.entry.max_age_days for each in self._registers["ages"]}

    def _all_papers(self, reviews: Mapping[str, Sequence[DocumentReview]]) -> list[tuple[facts.Paper, ...]]:
        """Return each revision as it was approved, and again as each review confirmed it, in the order of time."""
        # On the connection, and no entities: a long master list has thousands of revisions.
        rows = self._session.connection().execute(queries.linked_revisions(self._programme.id, self._known_at)).all()
        found = []
        for row in map(queries.RevisionRow._make, rows):
            paper = self._paper(row)
            if not (self._drafts or self._is_in_force(paper)):
                continue
            again = (
                paper._replace(approved_on=self._calendar.day(each.reviewed_at), next_review_on=each.next_review_on)
                for each in reviews.get(row.id, ())
            )
            found.append((paper, *again))
        return found

    def _is_in_force(self, paper: facts.Paper) -> bool:
        """Say whether it is or was in force: approved, and its day had come."""
        return paper.effective_on is not None and paper.effective_on <= self._calendar.known_on

    def _paper(self, row: queries.RevisionRow) -> facts.Paper:
        if row.withdrawn:
            state = "withdrawn"
        elif row.approved:
            state = "approved"
        else:
            state = "in_review" if row.submitted and not row.returned else "draft"
        waits = not row.approved and state != "draft"
        former = self._former_titles.get(row.document_id)
        return facts.Paper(
            need_id=row.need_id,
            document_id=row.document_id,
            number=row.document_number,
            title=former.title if former else row.title,
            revision=row.number,
            state=state,
            approved_on=row.approved_on if row.approved else None,
            effective_on=row.effective_on if row.approved else None,
            next_review_on=row.next_review_on if row.approved else None,
            recorded_on=row.recorded_on,
            missing_signatures=max(0, row.approvals_needed - row.signatures) if waits else 0,
            owner=self._former_owners.get(row.document_id, row.owner_id),
        )

    def _all_reviews(self) -> dict[str, list[DocumentReview]]:
        """The reviews of each revision by then; like a new approval each begins the time until the next one."""
        query = (
            select(DocumentReview)
            .where(DocumentReview.programme_id == self._programme.id, DocumentReview.reviewed_at <= self._known_at)
            .order_by(DocumentReview.reviewed_at, DocumentReview.id)
        )
        found: defaultdict[str, list[DocumentReview]] = defaultdict(list)
        for row in self._session.scalars(query):
            found[row.revision_id].append(row)
        return found

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
                there(Document.created_at, Document.withdrawn_at, self._known_at),
                *(() if self._drafts else (Revision.effective_on <= self._calendar.known_on,)),
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
                self._calendar.day(at),
            )
            for need_id, document_id, number, title, at in self._session.execute(query)
            if at is not None
        }
        return tuple(newest.values())

    def _framework_suspects(
        self, framework: str, needs: Iterable[facts.Need], proofs: Proofs
    ) -> tuple[facts.Suspect, ...]:
        """Links confirmed before an upgrade of the framework changed their expectation."""
        row = catalogue.find_framework(self._session, framework, self._programme.organisation_id)
        changed = catalogue.changed_expectations(self._session, row.id, known_at=self._known_at)
        names = {need.id: need.name for need in needs}
        wanted = [expectation_id for expectation_id in changed if expectation_id in names]
        if not wanted:
            return ()
        seen = {paper.document_id for several in self._papers for paper in several}
        seen |= {proof.item_id for several in proofs.values() for proof in several}
        return tuple(
            facts.Suspect(
                need_id, item_id, self._title_then(item_id, title), kind, self._calendar.day(changed[need_id])
            )
            for need_id, item_id, kind, confirmed_at, title in self._session.execute(
                queries.linked_items(self._programme.id, self._known_at).where(Link.expectation_id.in_(wanted))
            )
            if confirmed_at < changed[need_id] and (self._drafts or item_id in seen)
        )

    def _damages(self, papers: Iterable[facts.Paper]) -> tuple[facts.Damage, ...]:
        """Damaged files of linked evidence in force, and of revisions that none in force has taken the place of."""
        execute, known = self._session.execute, (self._programme.id, self._known_at)
        damaged: dict[str, datetime] = dict(execute(queries.damaged(self._known_at)).all())
        if not damaged:
            return ()
        found = [
            facts.Damage(need_id, item_id, self._title_then(item_id, title), name, self._calendar.day(damaged[sha256]))
            for need_id, item_id, title, name, sha256 in execute(queries.damaged_files(*known, drafts=self._drafts))
        ]
        in_force: defaultdict[str, int] = defaultdict(int)
        for paper in papers:
            if self._is_in_force(paper):
                in_force[paper.document_id] = max(in_force[paper.document_id], paper.revision)
        found += (
            facts.Damage(
                need_id, document_id, self._title_then(document_id, title), name, self._calendar.day(damaged[sha256])
            )
            for need_id, document_id, title, name, sha256, revision in execute(queries.damaged_revisions(*known))
            if (revision >= in_force[document_id] if self._drafts else revision == in_force[document_id])
        )
        return tuple(found)

    def _title_then(self, item_id: str, title: str) -> str:
        """What an item was called then, a document with its number, where `title` is what it is called now."""
        if item_id in self._former:
            return self._former[item_id].title
        return self._former_titles[item_id].name if item_id in self._former_titles else title

    def _services_and_parties(self) -> tuple[tuple[facts.Service, ...], tuple[facts.Party, ...]]:
        by_service: defaultdict[str, list[facts.Agreement]] = defaultdict(list)
        by_party: defaultdict[str, list[facts.Agreement]] = defaultdict(list)
        for each in self._registers["agreements"]:
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
            for each in self._registers["services"]
        )
        parties = tuple(
            facts.Party(
                each.id, Text(each.entry.name_en, each.entry.name_zh), each.entry.kind.value, tuple(by_party[each.id])
            )
            for each in self._registers["parties"]
            if each.entry.kind in NEEDS_AGREEMENT
        )
        return services, parties


def owner_by_clause(pack: Pack, owners: Iterable[programmes.Recorded]) -> dict[str, str]:
    """Return who answers for each clause (user id): its own owner, else that of the nearest clause above."""
    named = {each.entry.clause: each.entry.owner_id for each in owners if each.entry.framework == pack.id}
    found: dict[str, str] = {}
    for clause in pack.clauses:
        owner = named.get(clause.number) or found.get(clause.parent or "")
        if owner is not None:
            found[clause.number] = owner
    return found

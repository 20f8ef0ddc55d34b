"""Every limit in words: what it is called, in which unit it counts, and where its default comes from."""

from dataclasses import dataclass

from app.language import Message, say


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the settings."""

    name: str
    label: Message
    source: Message


CUSTOM = say("Customary; your certification body may want another.")
OURS = say("A default of this program; no standard sets a score.")
GROUPS: tuple[tuple[Message, tuple[Limit, ...]], ...] = (
    (
        say("Before the audits"),
        (
            Limit(
                "stage1_to_stage2_min_days",
                say("Least days between stage 1 and stage 2"),
                say("Customary: time to settle what stage 1 was concerned about."),
            ),
            Limit(
                "stage1_to_stage2_max_days",
                say("Most days between stage 1 and stage 2"),
                say("ISO/IEC 17021-1 sets no most; most certification bodies take 3 to 6 months (EA FAQ 49.3)."),
            ),
            Limit(
                "min_operation_months",
                say("Least months of operation"),
                say("CNCA rule for ITSMS of 2012: in force for 3 months or more; elsewhere customary."),
            ),
            Limit(
                "internal_audit_max_age_days",
                say("Most days since the internal audit"),
                say("The standard says “at planned intervals”; a year is customary."),
            ),
            Limit(
                "management_review_max_age_days",
                say("Most days since the management review"),
                say("The standard says “at planned intervals”; a year is customary."),
            ),
        ),
    ),
    (
        say("Nonconformities"),
        (
            Limit(
                "nc_response_days",
                say("Days to answer a nonconformity"),
                say("Customary; certification bodies give 14 to 90 days."),
            ),
            Limit("major_nc_verify_days", say("Days until a major one is verified"), CUSTOM),
            Limit(
                "major_nc_hard_limit_months",
                say("Months after which stage 2 is done again"),
                say("ISO/IEC 17021-1: not verified within 6 months after stage 2, it is done again."),
            ),
            Limit(
                "minor_nc_close_months",
                say("Months until a minor one is closed"),
                say("Customary: at the next audit, at most 12 months."),
            ),
        ),
    ),
    (
        say("After the certificate"),
        (
            Limit(
                "first_surveillance_months",
                say("Months until the first surveillance audit"),
                say("ISO/IEC 17021-1: at most 12 months after the decision."),
            ),
            Limit(
                "suspension_max_months",
                say("Most months of suspension"),
                say("ISO/IEC 17021-1: in most cases not more than 6 months."),
            ),
            Limit(
                "restore_after_expiry_months",
                say("Months in which an expired certificate can be restored"),
                say("ISO/IEC 17021-1: within 6 months, else at least a stage 2."),
            ),
        ),
    ),
    (
        say("Evidence and documents"),
        (
            Limit(
                "expiring_warning_days",
                say("Days of warning before something expires"),
                say("Customary; several, from most to least."),
            ),
            Limit(
                "period_grace_days",
                say("Days after a period in which its record is not late"),
                say("Customary; a monthly record is made in the days after the month."),
            ),
            Limit(
                "document_review_months",
                say("Months between reviews of a document"),
                say("The standard wants documents reviewed; a year is customary."),
            ),
            Limit(
                "approvals_needed",
                say("Signatures that a revision needs"),
                say("One besides the author: nobody approves their own work."),
            ),
            Limit(
                "count_submitted",
                say("Evidence counts before somebody has accepted it"),
                say("Off: what nobody has looked at proves little."),
            ),
        ),
    ),
    (
        say("Score and verdict"),
        (
            Limit(
                "conditional_min_percent",
                say("Least percent to be “at risk” rather than “not ready”"),
                OURS,
            ),
            Limit("weight_required", say("Weight of what the standard demands"), OURS),
            Limit("weight_customary", say("Weight of what is customary"), OURS),
        ),
    ),
)
LABELS = {limit.name: limit.label for _, limits in GROUPS for limit in limits}

"""Records in English, for the customers, suppliers and certification partners who read no Chinese."""

from datetime import timedelta

from app.demo.writing.content import Occasion, Section, alone, listed
from app.demo.writing.figures import CUSTOMERS_EN, NAMES_EN, changes, dice, incidents, requests, share, uptimes

Sections = tuple[Section, ...]
IN_TIME = 90
"""Agreed share of incidents that are solved in time, in per cent."""
EXTERNAL = (
    ("Huatong Telecom", "Leased line availability", 99.9),
    ("Dongchen Data Centre", "Power and cooling availability", 99.99),
    ("Ruijie Spare Parts", "On site within 4 hours", 95.0),
)


def service_levels(when: Occasion) -> Sections:
    """Return targets and what was reached, availability and agreed times, with a comment on what was missed."""
    rows, missed = [], []
    for month in when.months:
        for each in uptimes(month):
            tickets = [ticket for ticket in incidents(month) if ticket.service == each.service]
            kept = share(sum(ticket.in_time for ticket in tickets), len(tickets))
            name = NAMES_EN[each.service]
            rows.append((name, CUSTOMERS_EN[each.service], f"{each.target} %", f"{each.actual} %",
                         str(each.down), f"{IN_TIME} %", kept, "yes" if each.met else "no"))  # fmt: skip
            if not each.met:
                missed.append(f"{name}: availability {each.actual} % against {each.target} %; Zheng Kai"
                              " has investigated it and told the customer.")  # fmt: skip
    head = "Service|Customer|Availability target|Actual|Down (min)|In time target|Solved in time|Availability met"
    said = missed or ["All services reached their availability target."]
    source = "Source: monitoring platform and ITSM tickets, counted as the agreements say."
    return alone("Service level achievement", head, tuple(rows), *said, *_late(when), source)


def _late(when: Occasion) -> tuple[str, ...]:
    """Say which services missed the agreed share of incidents solved in time, and what is done about it."""
    said = []
    for month in when.months:
        for service, name in NAMES_EN.items():
            tickets = [each for each in incidents(month) if each.service == service]
            late = [each for each in tickets if not each.in_time]
            if late and (len(tickets) - len(late)) * 100 < IN_TIME * len(tickets):
                kept = share(len(tickets) - len(late), len(tickets))
                numbers = ", ".join(f"{each.number} ({each.priority}, {each.minutes} min)" for each in late)
                said.append(
                    f"{name}: {kept} solved in time against {IN_TIME} %; {len(late)} of {len(tickets)} incidents took"
                    f" longer than agreed: {numbers}. Cause: escalated too late. Action: Wu Fang reviews the times of"
                    f" escalation by {when.day + timedelta(days=10)}; the result is in the next report."
                )
    return tuple(said) or (f"Every service reached {IN_TIME} % of incidents solved in time.",)


def service_report(when: Occasion) -> Sections:
    """Return the month's service report with the trend of the months before."""
    rows = []
    for month in (*when.before(5), when.last.replace(day=1)):
        tickets, made, up = incidents(month), changes(month), uptimes(month)
        kept = share(sum(each.in_time for each in tickets), len(tickets))
        met = f"{sum(each.met for each in up)} / {len(up)}"
        rows.append((f"{month:%Y-%m}", str(len(tickets)), kept, str(len(requests(month))), str(len(made)), met))
    plan = f"""
    Turn repeated incidents into problems|Wu Fang|{when.day + timedelta(days=20)}
    Tell customers of the window for database patches|Zhou Hao|{when.day + timedelta(days=12)}
    Assess the extension of storage|Zheng Kai|{when.day + timedelta(days=25)}"""
    head = "Month|Incidents|In time|Service requests|Changes|Availability met"
    return (
        *service_levels(when),
        listed("Trend of six months", head, tuple(rows), "No major incident in the month."),
        listed("Actions and outlook", "Matter|Responsible|By", plan),
    )


def supplier_performance(when: Occasion) -> Sections:
    """Return what external suppliers reached in the quarter."""
    rng = dice(f"suppliers {when.last}")
    rows = []
    for name, measure, target in EXTERNAL:
        actual = round(min(100.0, target + rng.uniform(0, 100 - target)), 2)
        rows.append((name, measure, f"{target} %", f"{actual} %", "Met", str(rng.randint(0, 2))))
    note = f"Reviewed with each supplier in the quarterly meeting led by Chu Tian. From {when.first} to {when.last}."
    spares = "Ruijie Spare Parts works without a contract in force: its renewal is under negotiation."
    head = "Supplier|Measure|Target|Actual|Result|Related incidents"
    return alone("Performance of external suppliers", head, tuple(rows), note, spares)


def alignment(_when: Occasion) -> Sections:
    """Return whether suppliers' targets support the service level agreements."""
    rows = """
    Cloud hosting 99.95 %|Dongchen Data Centre 99.99 %|Supports|Low
    Infrastructure operation 99.9 %|Huatong Telecom, two lines at 99.9 %|Supports by two routes|Low
    Infrastructure operation, 4 h to recover|Ruijie Spare Parts, on site in 4 h|Supports in part|Medium: own spares"""
    return alone("Supplier targets against service levels", "Service level|Supplier's target|Assessment|Risk", rows)


def contract_review(when: Occasion) -> Sections:
    """Return the review of contracts."""
    rows = f"""
    Leased lines|Huatong Telecom|1 to 2 Gbps|Cost up 6 %, carries the sales season|Agreed|{when.last}
    Racks and power|Dongchen Data Centre|None|Renewal 90 days before it ends|Agreed|{when.last}
    Spare parts|Ruijie Spare Parts|New terms asked|No contract in force: stock of own spares|Open|{when.last}"""
    return alone("Contract review", "Contract|Supplier|Change|Effect on services|Result|Day", rows)


def security_analysis(when: Occasion) -> Sections:
    """Return security incidents by kind, number and effect."""
    rng = dice(f"security {when.last}")
    rows = []
    for kind, effect in (
        ("Phishing", "No account lost"),
        ("Malware on a terminal", "One terminal out of use"),
        ("Unusual sign-in", "None"),
        ("Forbidden connection", "None"),
    ):
        first, second = rng.randint(0, 4), rng.randint(0, 3)
        rows.append((kind, str(first), str(second), "Falling" if second < first else "Level or rising", effect))
    months = when.before(6)
    note = f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}. Recommended: a phishing exercise every quarter."
    return alone("Security incidents", "Type|First three months|Last three months|Trend|Impact", tuple(rows), note)


def security_risks(_when: Occasion) -> Sections:
    """Return the information security risk assessment."""
    rows = """
    R-01|Customer databases|Privileged accounts misused|3|5|15|Privileged access system, two persons|6|Accepted
    R-02|Virtualisation platform|Patches missing|3|4|12|Monthly window, scans|6|Accepted
    R-03|Backup media|Ransomware|2|5|10|Offline backup, restore tests|5|Accepted
    R-04|Remote access|Passwords lost|3|4|12|Multi-factor authentication|4|Accepted
    R-05|Suppliers' staff|Access beyond need|2|4|8|Least privilege, escort, log review|4|Accepted
    R-06|Terminals|Malware|3|3|9|Protection, allow list|4|Accepted"""
    head = "No.|Asset|Threat and weakness|Likelihood|Impact|Risk|Controls|Residual|Result"
    note = "Accepted by the risk owner where the residual risk is 6 or less."
    return alone("Information security risks", head, rows, note)


def security_controls(when: Occasion) -> Sections:
    """Return how well security controls work."""
    patched, clicked = (("95.8 %", "4.6 %"), ("97.2 %", "3.8 %"))[when.turn]
    rows = f"""
    Access control|Accounts of leavers closed in 24 h|100 %|100 %|Effective
    Patching|Critical patches within 30 days|95 %|{patched}|Effective
    Backup|Restore tests passed|100 %|100 %|Effective
    Log review|Reviewed every week|100 %|96.2 %|One week made up for
    Awareness|Clicks in the phishing exercise|at most 5 %|{clicked}|Effective"""
    return alone("Effectiveness of controls", "Control|Measure|Target|Actual|Result", rows)


def risk_treatment(when: Occasion) -> Sections:
    """Return what became of the risk treatment plan."""
    four, three, two, one = when.before(4)
    rows = f"""
    R-01|Privileged access system in use|Feng Xue|{three:%Y-%m}|Done|15 to 6
    R-02|Monthly window for patches|Zheng Kai|{four:%Y-%m}|Done|12 to 6
    R-03|Offline backup|Zheng Kai|{two:%Y-%m}|Done|10 to 5
    R-04|Multi-factor authentication for everybody|Feng Xue|{one:%Y-%m}|Done|12 to 4"""
    return alone("Results of risk treatment", "Risk|Action|Responsible|Month|State|Risk before and after", rows)

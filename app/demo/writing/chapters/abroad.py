"""Documents written in English: purpose and one table each, `|` between cells, the first line is the head."""

ENGLISH: dict[str, tuple[str, str]] = {
    "L2-27": (
        "Service levels agreed with each customer, their measurement, reporting and review.",
        """
        Service|Customer|Hours|Availability|P2 respond / resolve|P3 respond / resolve|Workload limit
        Infrastructure operation|Qiantang Commercial Bank|7x24|99.90 %|30 min / 8 h|60 min / 24 h|30 incidents
        Cloud hosting|Jiangnan Retail Group|7x24|99.95 %|30 min / 8 h|60 min / 24 h|15 changes
        Application support|Xihu District Hospital|7x24|99.50 %|30 min / 8 h|60 min / 24 h|30 incidents
        Service desk|Qiantang Commercial Bank|7x24|99.50 %|30 min / 8 h|60 min / 24 h|40 requests
        Database operation|Shudao Logistics|7x24|99.90 %|30 min / 8 h|60 min / 24 h|15 changes""",
    ),
    "L2-29": (
        "Contracts with external suppliers: scope, targets, duties, authority, exit.",
        """
        Supplier|Scope|Target|Reporting|Liaison|Exit
        Huatong Telecom|Leased lines, two routes|99.9 %|Monthly|Chu Tian|90 days' notice
        Dongchen Data Centre|Racks, power, cooling|99.99 %|Monthly|Chu Tian|180 days' notice
        Ruijie Spare Parts|Spares on site|4 h in 95 % of cases|Quarterly|Chu Tian|Renewal under negotiation""",
    ),
    "L2-31": (
        "Security controls agreed with external organisations that reach our information or services.",
        """
        Organisation|Access|Controls|Review
        Huatong Telecom|Line equipment|Escort, no data access|Yearly
        Dongchen Data Centre|Racks|Access list, cameras 90 days|Yearly
        Ruijie Spare Parts|Devices under repair|Disks stay with us|Yearly""",
    ),
    "L2-25": (
        "When the plan is invoked, by whom, and how services are recovered and brought back.",
        """
        Service|Invoked when|RTO (h)|RPO (h)|Recovery|Invoked by
        Database operation|Primary down for 15 min|4|0.25|Switch to the standby, Chengdu takes over|Zheng Kai
        Cloud hosting|Data centre down for 30 min|4|1|Start in the Chengdu pool|Zheng Kai
        Infrastructure operation|Both lines cut|4|4|4G backup, second route|Zheng Kai
        Application support|Application down for 1 h|8|4|Standby environment|Wu Fang
        Service desk|Seats down for 30 min|2|-|Chengdu seats take the calls|Wu Fang""",
    ),
    "L2-26": (
        "Availability agreed for each service.",
        """
        Service|Hours|Target|Down a month at most (min)|Measured at|Maintenance window
        Infrastructure operation|7x24|99.9 %|43|Core switch uplink|Sat 22:00-24:00
        Cloud hosting|7x24|99.95 %|21|Load balancer|Sat 22:00-24:00
        Application support|7x24|99.5 %|216|Sign-in transaction|Wed 22:00-24:00
        Service desk|7x24|99.5 %|216|Telephone and portal|None
        Database operation|7x24|99.9 %|43|Probe statement|Sat 22:00-24:00""",
    ),
    "L4-01": (
        "The services that customers can have.",
        """
        No.|Service|Content|Hours|Availability|Contact
        S-01|Infrastructure operation|Network, servers and storage: checks and repair|7x24|99.9 %|400-000-0000
        S-02|Cloud hosting|Machines, storage, load balancing|7x24|99.95 %|400-000-0000
        S-03|Application support|Second line for hospital and retail applications|7x24|99.5 %|400-000-0000
        S-04|Service desk|Telephone, portal and e-mail|7x24|99.5 %|400-000-0000
        S-05|Database operation|Monitoring, backup, tuning, patches|7x24|99.9 %|400-000-0000""",
    ),
    "L4-13": (
        "What was agreed with the customers about each service.",
        """
        Service|Function and quality|Availability|Continuity (RTO / RPO)|Capacity|Security
        Infrastructure operation|Checks, repair, reports|99.9 %|4 / 4 h|4 Gbps|MLPS level 3
        Cloud hosting|Elasticity, backup|99.95 %|4 / 1 h|Peak +20 %|Isolation, encryption
        Application support|Second line|99.5 %|8 / 4 h|300 registrations/s at peak|Masked data
        Service desk|Three channels|99.5 %|2 h|120 calls a day|Identity checked
        Database operation|Monitoring, backup, tuning|99.9 %|4 / 0.25 h|20 TB|Two persons""",
    ),
}
"""By code: purpose, table."""
ENGLISH_PROCEDURES: dict[str, tuple[str, str, str]] = {
    "L2-30": (
        "Handle security incidents fast, and learn from them.",
        """
        Detect and record|Everybody|Report to the service desk at once|Security ticket
        Grade|Information security officer|Low, medium, high, critical|Security ticket
        Handle|Information security officer|High: respond in 30 minutes, keep the evidence|Handling record
        Report|Information security officer|To authorities and customers as law and contract say|Report
        Analyse|Information security officer|Every six months by type, number and impact|Analysis report""",
        "Responded in time|100 %",
    ),
}
"""By code: purpose, activities, measures."""

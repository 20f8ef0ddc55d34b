"""auditready (备审): shows an auditor, clause by clause, what is written down, done and current.

Doors (`web`, `api`, `cli`) call use cases (`*/service.py`), use cases call the database, and the readiness engine in
the middle is a pure function. Importing any module here does nothing.
"""

__version__ = "0.1.0"

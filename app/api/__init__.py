"""The door for programs: the use cases as JSON over HTTP under `/api/v1`. It translates and does nothing else.

One module a place; `shapes_*.py` say what goes out, `problems.py` what is said when something is refused.
"""

"""The command line: a door like the API, which most of its commands speak; `check` on a data folder calls its use case.

`group.py` and `options.py` are how commands are made, `root.py` names them, one module a place holds them. A module of
commands is imported only when one of them is run or its help is asked for.
"""


def main() -> None:
    """Run the command that the arguments of the process name, and exit with its code."""
    from app.cli.root import root  # noqa: PLC0415 (so that importing this package costs nothing)

    root.main()

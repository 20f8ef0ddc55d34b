"""`auditready serve`: the server, in as many processes as wanted."""

import os
from datetime import UTC, datetime

from app.cli.group import verb
from app.cli.options import WHOLE, option
from app.cli.where import WRONG, Trouble, Where
from app.language import say

LAST_PORT = 65535
MOST_WORKERS = 4
"""More do not write faster: one transaction writes at a time."""
EXAMPLE = """
auditready serve
auditready serve --host 0.0.0.0 --port 8000 --workers 4 --proxy 10.0.0.5 --root-path /audit
"""


@option(
    "--host", default="127.0.0.1", metavar="ADDRESS", said=say("Address to listen on; this machine only unless given.")
)
@option("--port", kind=WHOLE, default=8000, said=say("Port to listen on; 8000 unless given."))
@option(
    "--workers",
    kind=WHOLE,
    default=min(MOST_WORKERS, os.cpu_count() or 1),
    said=say("So many processes; one a core and at most {most} unless given.", most=MOST_WORKERS),
)
@option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    said=say("Believe what this proxy says about the client; repeatable, this machine unless given."),
)
@option(
    "--root-path",
    default="",
    metavar="PATH",
    said=say("Where the proxy puts the application, such as /audit; at the top unless given."),
)
def serve(  # one parameter an option
    where: Where, host: str, port: int, workers: int, proxies: tuple[str, ...], root_path: str
) -> None:
    """Make or upgrade the data folder, then listen until stopped."""
    where.must_be_local()
    if not 0 < port <= LAST_PORT:
        raise Trouble(say("A port is 1 to {last}.", last=LAST_PORT), WRONG, "port")
    if workers < 1:
        raise Trouble(say("At least one worker is needed."), WRONG, "workers")
    import uvicorn  # noqa: PLC0415 (slow to import, and the help needs none of it)

    from app.cli.stores import opened  # noqa: PLC0415

    with opened(where, at=datetime.now(UTC)) as runtime:  # once, before several processes would do it at a time
        os.environ["AUDITREADY_DATA_FOLDER"] = str(runtime.settings.data_folder)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        proxy_headers=True,
        forwarded_allow_ips=list(proxies) or "127.0.0.1",
        server_header=False,
        root_path=root_path.rstrip("/"),
    )


command = verb("serve", say("Start the server: the pages, and the API under /api/v1."), example=EXAMPLE)(serve)

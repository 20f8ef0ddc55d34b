"""`python -m app.previews.worker KIND [PAGE]`: one file from standard input, its preview to standard output.

JSON, or with a page of a PDF the picture. Ends with 3 where the file cannot be read as that kind.
"""

import json
import resource
import sys

from app.previews.readers import READERS, draw_page

MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 1 << 30, 20, 64
UNREADABLE = 3


def main() -> int:
    """Read, write, and say how it went."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    kind, content = sys.argv[1], sys.stdin.buffer.read()
    try:
        if len(sys.argv) > 2:  # noqa: PLR2004 (a page was asked for)
            written = draw_page(content, int(sys.argv[2]))
        else:
            written = json.dumps(READERS[kind](content).body()).encode()
    except Exception:  # noqa: BLE001 (whatever a broken or hostile file makes a library raise: it cannot be shown)
        return UNREADABLE
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m app.previews.worker KIND [PAGE]`: one file from standard input, its preview to standard output.

JSON, or with a page of a PDF the picture.
"""

import json
import sys
from collections.abc import Sequence

from app.confined import serve
from app.previews.readers import READERS, draw_page


def read(arguments: Sequence[str], content: bytes) -> bytes:
    """Return the preview of a file, or the picture of one of its pages."""
    kind, *page = arguments
    return draw_page(content, int(page[0])) if page else json.dumps(READERS[kind](content).body()).encode()


if __name__ == "__main__":
    sys.exit(serve(read))

"""All tables, for Alembic and for tests."""

from app.catalogue import models as catalogue
from app.checks import models as checks
from app.database import Base
from app.documents import models as documents
from app.evidence import models as evidence
from app.identity import models as identity
from app.imports import models as imports
from app.journal import models as journal
from app.links import models as links
from app.programmes import models as programmes
from app.storage import models as storage

FEATURES = (catalogue, checks, documents, evidence, identity, imports, journal, links, programmes, storage)
metadata = Base.metadata

"""Controlled documents: numbered, levelled, in revisions that are reviewed, approved and effective from a day."""

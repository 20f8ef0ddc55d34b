"""What auditors expect: frameworks, clauses, expectations and crosswalks, as versioned packs in zh and en.

Here: pack values (`pack`, `crosswalk`), reading packs from YAML (`reading` and its parts), the shipped `packs/`, their
tables and use cases. Not here: what an organisation has (evidence, documents) and any judging of it (readiness).
"""

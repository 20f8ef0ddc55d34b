"""Append-only: who did what, when, and how it was before and after.

Each organisation has its own chain: an entry carries the SHA-256 of the one before, so removing or altering one shows.
"""

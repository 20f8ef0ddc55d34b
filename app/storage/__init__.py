"""Bytes: put whole or not at all, named by their SHA-256, checked when read."""

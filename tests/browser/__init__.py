"""Tests in a real browser on a real server: whole flows, in both languages, as people with a keyboard see them."""

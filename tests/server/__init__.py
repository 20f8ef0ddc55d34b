"""Tests on a real server process: killed in the middle, fuzzed from its own description."""

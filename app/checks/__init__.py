"""Checks: gather facts from rows, let the engine judge them, freeze and compare reports, write them in many formats."""

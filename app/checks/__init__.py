"""Checks: gather facts from rows, let the engine judge them, freeze and compare the result, write it in many formats."""

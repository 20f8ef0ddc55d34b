"""Organisations and their programmes: scope, frameworks, registers, planned audits, settings, waivers, owners."""

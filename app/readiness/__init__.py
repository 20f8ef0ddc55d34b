"""The pure centre: facts and dates in, findings and verdicts out.

Here belong the words of readiness (`facts`, `findings`), the arithmetic of periods (`periods`), one function a rule
(`rules/`) and the loop over them (`engine`). No clock, no database, no third-party package; import-linter holds that.
"""

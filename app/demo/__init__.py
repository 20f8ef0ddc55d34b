"""The sample organisation: an invented Chinese IT service company half a year before stage 2, with gaps on purpose.

Everything depends on the day it is made for and on nothing else, so the same day gives the same data and report.
`company` says who they are, `documents` and `records` what they have, `gaps` what is wrong on purpose, `writing` makes
the real files, `load` puts it in through the use cases.
"""

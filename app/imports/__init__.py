"""Tables of evidence coming in: read from XLSX or CSV, checked row by row, applied whole or not at all, undone whole.

An import is prepared first, with its table and then the files that its rows name: nothing is changed by that, and it
can be dropped without a trace. Documents and frameworks come in elsewhere.
"""

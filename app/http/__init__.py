"""What both doors of HTTP, the API and the pages, stand on: database sessions, languages, files on their way out.

Nothing here knows an address, and no use case is here.
"""

"""What the sample's files say and look like, from nothing but a day: no database, no clock, the same bytes each time.

`figures` is what happened month by month; `subjects` tell it as records, `chapters` as controlled documents; `records`
and `documents` choose among them; `office` and `pictures` make the real files.
"""

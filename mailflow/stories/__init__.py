"""Stories: what a company expects of its processes, written as mails in and letters out, and played in memory.

`form` is the file as a person writes it, `office` the office it is played in, `play` one story from its
first step to its last, `expecting` what is compared, `telling` what is printed.
"""

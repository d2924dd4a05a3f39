"""Values in, values out: nothing here touches a file, a socket, a clock or chance.

`transition()` in `engine.py` is where a case moves; everything else prepares its input
(`message`, `sender`, `reply`, `answers`, `fields`, `classify`) or describes its output
(`effects`, `views`).
"""

"""One person, one record: who may be there twice (`finding`), and merging two with an exact way back (`merging`).

Rooms above say through `movers.register_mover` how their rows are called and what happens where two collide.
"""

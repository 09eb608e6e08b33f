"""Currency, rounding, fair splitting, exchange rates with their source and day.

`amounts`, `formatting` and `typed` import no Django; `fields`, `models` and `rates` are their database side. It imports
nothing of KRM but `krm.errors`. Verbs: `rates.record_rate`, `rates.convert`.
"""

"""Currency, rounding, fair splitting, exchange rates."""

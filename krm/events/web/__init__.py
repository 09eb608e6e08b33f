"""Pages of events. Like every room's pages they stand on the furniture of `krm.web`."""

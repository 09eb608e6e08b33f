"""Pages of accounts. Like every room's pages they stand on the furniture of `krm.web`."""

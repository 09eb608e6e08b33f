"""What this room follows, and whom it tells."""

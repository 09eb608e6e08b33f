"""Is this file what it says, and is it safe to keep and show? Pure modules over paths and bytes."""

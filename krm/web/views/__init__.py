"""Pages that belong to no room: home, history, jobs, preferences, palette, the style page."""

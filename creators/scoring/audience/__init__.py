"""Who follows and who comments: followers, growth, comments, pods. Pure functions over frames; no Django."""

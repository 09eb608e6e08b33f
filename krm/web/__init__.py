"""Page furniture: lists, tabs, charts, exports, jobs with progress."""

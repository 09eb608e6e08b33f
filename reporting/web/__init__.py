"""Pages of results, links and reports."""

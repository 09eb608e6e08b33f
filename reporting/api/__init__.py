"""REST of results, links, conversions and reports."""

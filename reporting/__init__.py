"""What came of it: dashboards, attribution, ROI, reports."""

"""What came of it: results, tracking links, conversions, EMV rates, reports.

It stands on payments, briefs, campaigns and creators and may import any of them; nothing imports it.
Public verbs: `tracking.create_link`, `attribution.import_conversions`, `reports.{draft,lock,share}`; public reads:
`results.campaign_results`.
"""

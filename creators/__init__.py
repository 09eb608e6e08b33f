"""The creators room owns who we work with: people, their social accounts, metrics, scores, rates and access.

It may import the ground floor (`krm.*`) and nothing above it; campaigns, briefs, payments and reporting build on it.
Its public verbs are in `people`, `rates`, `importing`, `refresh` and `scoring_runs`; rows come in by `ingest`.
"""

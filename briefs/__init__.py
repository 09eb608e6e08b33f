"""What is made: briefs, briefing calls, concepts, drafts, reviews, assets and usage rights.

Owns every row between "the KOL signed" and "the content may be published"; may import campaigns,
creators and the ground floor, and is imported only by payments and reporting.
Its verbs live in `briefing`, `concepts`, `drafts`, `review`, `comments`, `uploads`, `assets` and `rights`.
"""

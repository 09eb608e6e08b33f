"""What we do together: brands, campaigns, shortlists, negotiation, agreements, tracking and the calendar.

May import creators and the ground floor (krm.*), never briefs, payments or reporting; those subscribe to our
events and point foreign keys at our models. Public verbs live in `brands`, `planning`, `budget`, `selection`,
`sharing`, `negotiation`, `agreements`, `exclusivity`, `tracking`, `scheduling` and `feeds`.
"""

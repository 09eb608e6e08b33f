"""What a page about a creator tells beyond figures: who belongs to them, what happened, and what a client may see.

Rooms above add to it through `identity.register_identity`.
"""

"""Brand safety: what a creator's words, and the words under them, could do to a brand.

Rule packs and classifiers read captions, transcripts and comments; people confirm, dismiss or escalate what they
find. Public verbs: `scanning.scan_accounts`, `review.confirm/dismiss/escalate/reopen`, `packs.change_pack`.
"""

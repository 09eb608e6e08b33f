"""What is made: briefs, concepts, drafts, reviews, assets, rights."""

"""Hearing what others publish about our campaigns and accounts: hashtags that are followed, mentions that are told.

`hashtags` follows hashtags within the platform's budget, `mentions` reads a post when a webhook says that it mentions an
account of ours. Both write `FoundPost`; rooms above read it, and hear `creators.posts_found`.
"""

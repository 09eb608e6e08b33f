"""Fields that an agency adds to its creators: what they are, what a value must look like, how lists filter by them.

It stands on the creators' models alone. Verbs are in `fields`; `filters` gives lists and API one filter a field.
"""

"""What the next post of an account will reach: views, likes and interactions per format, with an interval.

`history` looks at the creator's own posts, `model` adds what a format, a length, a weekday or a guest changes and
says how far such forecasts were off before, `definition` makes the score of it. No Django here.
"""

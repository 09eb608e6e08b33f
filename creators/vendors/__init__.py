"""Reports on audiences that are bought: asking for them, reading them later, and the credits they cost.

`reports` asks and reads, `credits` keeps the books, `base` is what a vendor's connector offers. A vendor is a package
under `creators/platforms` and a line in its registry.
"""

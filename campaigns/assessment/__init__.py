"""The five-layer assessment: each layer a number from 0 to 100, or not enough data, and why.

`data` reads what the layers need for many candidates at once, `layers` are pure functions of it, `words` turns
the stored reasons into sentences in the reader's language.
"""

from campaigns.assessment.run import assess
from campaigns.assessment.words import explain

__all__ = ["assess", "explain"]

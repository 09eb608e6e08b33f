"""What the state takes: dated Indonesian rules for PPh 21, 23, 26 and PPN, and the rounding they ask for.

May import nothing but the standard library: rules are data in `rules.toml`, functions are pure.
Public: `assess` (one document), `pph21`, `pph23`, `pph26`, `ppn`, `rounding.to_rupiah`, `NeedsReview`.
"""

from __future__ import annotations

from payments.tax.assess import Assessment, Payee, Prior, assess
from payments.tax.book import NeedsReview, Rule, rule_on

__all__ = ["Assessment", "NeedsReview", "Payee", "Prior", "Rule", "assess", "rule_on"]

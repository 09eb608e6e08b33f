"""The report on paper (PDF by typst) and as a workbook (XLSX whose sums are formulas)."""

from reporting.documents.pdf import report_pdf
from reporting.documents.workbook import report_workbook

__all__ = ["report_pdf", "report_workbook"]

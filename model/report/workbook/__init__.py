"""The Excel workbook of a run: one sheet a module, totals as live formulas."""

from model.report.workbook.run_facts import About
from model.report.workbook.write import write_workbook

__all__ = ["About", "write_workbook"]

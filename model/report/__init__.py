"""The writing end: run folder, tables, workbook, headline."""

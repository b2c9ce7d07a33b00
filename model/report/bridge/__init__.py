"""Two finished runs bridged: read from their folders, shown as tables, JSON and a workbook."""

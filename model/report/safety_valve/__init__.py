"""The Safety Valve return as a document to sign and a workbook beside it."""

"""The Dedicated Schools Grant account: income, transfers, blocks and cumulative views."""

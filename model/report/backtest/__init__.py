"""What a backtest leaves behind: its tables and its charts."""

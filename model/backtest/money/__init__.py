"""The backtest of money: prices, income and balances from one financial year, scored against those after it."""

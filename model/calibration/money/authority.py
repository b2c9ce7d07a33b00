"""Which authority is meant: by the department's code, or by a name as any file writes it."""

from __future__ import annotations

from model.history.finance import FinanceHistory
from model.history.finance_names import name_key
from model.scenario.problems import did_you_mean


def authority_code(history: FinanceHistory, authority: str) -> str:
    """The code. Raises KeyError with the nearest name for one that is not known, or that two bear."""
    if authority in history.authorities.index:
        return authority
    names = history.authorities.name
    bearers = names.index[names.map(name_key) == name_key(authority)]
    if len(bearers) > 1:
        # Where boundaries changed the new authority may bear the old one's name: it is the one with figures.
        last = {str(code): _last_year(history, str(code)) for code in bearers}
        newest = [code for code, year in last.items() if year == max(last.values())]
        bearers = bearers[bearers.isin(newest)]
    if len(bearers) == 1:
        return str(bearers[0])
    raise KeyError(
        f"no authority is called {authority!r}. {did_you_mean(authority, names) or ''}".strip()
    )


def _last_year(history: FinanceHistory, code: str) -> int:
    """The last year in which any measure has a figure of the authority; nil where none has."""
    years = [
        int(table.loc[code].last_valid_index() or 0)  # type: ignore[arg-type]
        for table in history.series.values()
        if code in table.index
    ]
    return max(years, default=0)

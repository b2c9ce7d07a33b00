"""Prices and budget lines: section 251 spending of 2021-22 over the plans of that January."""

from __future__ import annotations

import math
from typing import Any, Final

from model.history.placements import INDEPENDENT_SPECIAL
from model.importing.choices import choices
from model.importing.evidence import Evidence, Settings
from model.importing.figures import Figure, Section, assumed, between, rounded
from model.importing.money import SPENDING_YEAR, Spending
from model.importing.plans import residential_share

_PLANS_OF: Final = SPENDING_YEAR + 1
_YEAR: Final = f"{SPENDING_YEAR}-{(SPENDING_YEAR + 1) % 100:02d}"
_HEAD: Final = (
    "Prices: s251 {basis} {year} over the plans of January {january} in those settings, uprated to {base}. No\n"
    "forecast of {base} is published, so no line has published_gbp and none is anchored: put your own\n"
    "monitor into published_gbp and take `anchor: none` out."
)
_ADD: Final = (
    "Left out: {why}. Add a section 'funding' with your own monitor, or give the department's section 251\n"
    "extract (high needs benchmarking tool) with --spending. Without it nothing is spent."
)


def funding_section(evidence: Evidence) -> Section:
    """The section `funding`, or what to add where no spending of the authority was known."""
    spent = evidence.money.spent(evidence.code, evidence.january)
    plans = evidence.settings(_PLANS_OF)
    if spent is None:
        return Section(
            "funding",
            None,
            _ADD.format(why=f"no section 251 spending known by January {evidence.january}"),
        )
    if plans is None:
        return Section(
            "funding",
            None,
            _ADD.format(why=f"no plans by placement at January {_PLANS_OF} to divide spending by"),
        )
    prices = _Prices(evidence, spent, plans)
    base = _financial_year(evidence.january)
    body = {
        "price_base": base,
        "inflation": [
            _inflation("fees", "Fees of independent schools", 9, base),
            _inflation("top_up", "Top-up values", 4, base),
            _inflation("pay", "Pay and prices", 4, base),
        ],
        "lines": prices.lines(),
    }
    head = _HEAD.format(basis=spent.basis, year=_YEAR, january=_PLANS_OF, base=base)
    return Section("funding", body, head)


def _financial_year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _inflation(name: str, title: str, month: int, base: str) -> dict[str, Any]:
    choice = choices()[f"{name}_inflation"]
    later = Figure(between=[rounded(choice.low), rounded(choice.high)])
    rate = Figure({base: 0, "then": later, "status": "assumed", "reason": choice.reason})
    return {"id": name, "title": title, "uplift_month": month, "annual_rate": rate}


class _Prices:
    """Drivers from spending and plans of one authority. Lines without any driver are left out."""

    def __init__(self, evidence: Evidence, spent: Spending, plans: Settings) -> None:
        self.spent, self.plans = spent, plans
        self.now = evidence.settings(evidence.january) or {}
        self.years = evidence.january - SPENDING_YEAR

    def lines(self) -> list[dict[str, Any]]:
        """Budget lines in the order of the section 251 return as the tutorial has them."""
        mainstream = ("early_years", "mainstream", "specialist_base")
        lines = [
            self._line(
                "mainstream", "Mainstream schools and bases, top-up and places",
                self._priced("mainstream", "Mainstream schools and bases", "1.2.2", mainstream,
                             ("topup_maint_early", "topup_maint_primary", "topup_maint_secondary"),
                             "top_up", "Pupils without a plan are included, and plans grow faster than such pupils."),
                self._priced("base_places", "Places in bases", "1.0.2", ("specialist_base",), (), None,
                             "Places outside special schools. Held in cash.", gbp=self._base_places()),
            ),
            self._line(
                "special_schools", "State special schools, top-up and places",
                self._priced("special", "State special schools", "1.2.1", ("state_special",),
                             ("topup_maint_special",), "top_up", ""),
                # Paid filled or not; without a sufficiency plan to hand, places are taken to follow plans.
                self._priced("special_places", "Places in special schools", "1.0.2", ("state_special",),
                             ("place_special",), None,
                             "Places are taken to follow plans; the department pays those of academies itself. Held in cash."),
            ),
            self._line("independent", "Independent and non-maintained schools", *self._independent()),
            self._line(
                "post_16", "Top-up, colleges",
                self._colleges(),
            ),
            self._line(
                "services", "Alternative provision, support services, therapies and hospital",
                self._amount("alternative_provision", "Pupil referral units and alternative provision", "1.2.7",
                             ("topup_maint_ap", "topup_indep_ap", "ap_services"), "Mostly for pupils without a plan."),
                self._amount("support", "SEN support, therapies and hospital", "1.2.5",
                             ("sen_support_inclusion", "therapies", "hospital"), ""),
            ),
            self._line("otherwise", "Education otherwise than at school", self._otherwise()),
        ]  # fmt: skip
        return [line for line in lines if line["drivers"]]

    def _line(self, name: str, title: str, *drivers: dict[str, Any] | None) -> dict[str, Any]:
        given = [driver for driver in drivers if driver is not None]
        return {"id": name, "title": title, "anchor": "none", "drivers": given}

    def _gbp(self, names: tuple[str, ...]) -> float:
        values = [self.spent.gbp[name] for name in names]
        return sum(value for value in values if not math.isnan(value))

    def _base_places(self) -> float:
        return self._gbp(("place_total",)) - self._gbp(("place_special",))

    def _count(self, settings: tuple[str, ...]) -> int:
        return sum(self.plans.get(setting, 0) for setting in settings)

    def _uprated(self, amount: float, reason: str, *, held: bool = False) -> Figure:
        growth = choices()["uprating_a_year"]
        low, high = ((1 + rate) ** self.years for rate in (growth.low, growth.high))
        if held:
            # Held in cash: as far off as the uprating would be, to either side.
            low, high = 1 / high, high
        return between(amount * low, amount * high, reason, digits=4)

    def _cost(
        self, total: float, plans: int, settings: tuple[str, ...], reason: str, *, held: bool
    ) -> Figure:
        """Spending over plans, or over either year's plans where one count looks like recording."""
        now = sum(self.now.get(setting, 0) for setting in settings)
        cost = self._uprated(total / plans, reason, held=held)
        grown = sum(self.now.values()) / sum(self.plans.values()) if self.now else 1.0
        ratio, most = now / plans / grown, choices()["most_count_ratio"].value
        if not now or 1 / most <= ratio <= most:
            return cost
        other = self._uprated(total / now, reason, held=held)
        return between(
            min(cost["between"][0], other["between"][0]), max(cost["between"][1], other["between"][1]),
            f"{reason} Over the {now:,} plans of the count it is {total / now:,.0f}: one of the counts may be a matter of recording.",
            digits=4,
        )  # fmt: skip

    def _priced(
        self, name: str, title: str, s251: str, settings: tuple[str, ...], columns: tuple[str, ...],
        inflation: str | None, words: str, *, gbp: float | None = None,
    ) -> dict[str, Any] | None:  # fmt: skip
        """A driver at spending over plans; an amount where plans are too few for an average."""
        total, plans = self._gbp(columns) if gbp is None else gbp, self._count(settings)
        if total <= 0:
            return None
        if plans < choices()["least_plans_for_a_price"].value:
            return self._amount(
                name, title, s251, columns, f"Too few plans ({plans}) for an average.", gbp=total
            )
        if inflation is None and total / plans > choices()["most_place_price"].value:
            words = (
                f"{total / plans:,.0f} for each of {plans} plans: places for others are among them."
            )
            return self._amount(name, title, s251, columns, words, gbp=total)
        reason = (
            f"s251 {self.spent.basis} {_YEAR}: {total:,.0f} over {plans:,} plans of January {_PLANS_OF} is "
            f"{total / plans:,.0f}. {words or _uprating_words(self.years)}"
        )
        driver: dict[str, Any] = {
            "kind": "plans", "id": name, "title": title, "s251": s251, "settings": list(settings),
            "annual_cost_gbp": self._cost(total, plans, settings, reason, held=inflation is None),
        }  # fmt: skip
        if inflation:
            driver["inflation"] = inflation
        return driver

    def _amount(
        self, name: str, title: str, s251: str, columns: tuple[str, ...], words: str,
        *, gbp: float | None = None,
    ) -> dict[str, Any] | None:  # fmt: skip
        total = self._gbp(columns) if gbp is None else gbp
        if total <= 0:
            return None
        reason = (
            f"s251 {self.spent.basis} {_YEAR}: {total:,.0f}. {words or _uprating_words(self.years)}"
        )
        return {
            "kind": "amount", "id": name, "title": title, "s251": s251,
            "annual_amount_gbp": self._uprated(total, reason), "inflation": "pay",
        }  # fmt: skip

    def _post_16_in_one_line(self) -> bool:
        """Whether one of the two lines of post-16 top-up is nil although both kinds of places are filled."""
        lines = [self._gbp((name,)) > 0 for name in ("topup_maint_post", "topup_indep_post")]
        filled = [self._count((name,)) > 0 for name in ("mainstream_post_16", "specialist_post_16")]
        return all(filled) and sum(lines) == 1

    def _colleges(self) -> dict[str, Any] | None:
        if not self._post_16_in_one_line():
            return self._priced(
                "colleges", "Colleges and other further education", "1.2.2",
                ("mainstream_post_16",), ("topup_maint_post",), "top_up", "",
            )  # fmt: skip
        return self._priced(
            "colleges", "Colleges and specialist post-16 institutions", "1.2.2",
            ("mainstream_post_16", "specialist_post_16"), ("topup_maint_post", "topup_indep_post"), "top_up",
            "The return has one of the two lines of post-16 top-up nil, so both kinds of places are priced together.",
        )  # fmt: skip

    def _independent(self) -> list[dict[str, Any] | None]:
        """Day and residential at one ratio of prices, so that both together come to what was spent."""
        total = self._gbp(("topup_indep_special",))
        schools = self._count(
            ("independent_special_day", "independent_special_residential", INDEPENDENT_SPECIAL)
        )
        plans = schools + self._count(("mainstream_independent",))
        college = None if self._post_16_in_one_line() else self._priced(
            "specialist_post_16", "Specialist post-16 institutions", "1.2.3", ("specialist_post_16",),
            ("topup_indep_post",), "fees", "",
        )  # fmt: skip
        if total <= 0 or plans < choices()["least_plans_for_a_price"].value:
            day = self._amount("day", "Independent special schools and independent schools", "1.2.3",
                               ("topup_indep_special",), f"Too few plans ({plans}) for an average.")  # fmt: skip
            return [day, college]
        ratio, entry = choices()["residential_price_ratio"], choices()["entry_price_ratio"]
        boarders = residential_share() * schools
        price = total / (plans - boarders + ratio.value * boarders)
        reason = (
            f"s251 {self.spent.basis} {_YEAR}: {total:,.0f} over {plans:,} plans of January {_PLANS_OF} is "
            f"{total / plans:,.0f}, day and residential together."
        )
        growth = choices()["uprating_a_year"]
        low, high = ((1 + rate) ** self.years for rate in (growth.low, growth.high))
        day = {
            "kind": "plans", "id": "day", "title": "Independent special schools, day, and independent schools",
            "s251": "1.2.3", "settings": ["independent_special_day", "mainstream_independent"],
            "annual_cost_gbp": self._uprated(price, reason + f" A residential place at {ratio.value} times a day place leaves {price:,.0f}."),
            "entry_cost_gbp": between(price * low * entry.low, price * high * entry.high, entry.reason, digits=4),
            "inflation": "fees",
        }  # fmt: skip
        residential = {
            "kind": "plans", "id": "residential", "title": "Independent special schools, residential", "s251": "1.2.3",
            "settings": ["independent_special_residential"],
            "annual_cost_gbp": between(price * low * ratio.low, price * high * ratio.high, ratio.reason, digits=4),
            "inflation": "fees",
        }  # fmt: skip
        return [day, residential, college]

    def _otherwise(self) -> dict[str, Any]:
        return {
            "kind": "plans", "id": "otherwise", "title": "Education otherwise than at school", "s251": "1.2.7",
            "settings": ["eotas"], "annual_cost_gbp": assumed(choices()["otherwise_price"]), "inflation": "pay",
        }  # fmt: skip


def _uprating_words(years: int) -> str:
    growth = choices()["uprating_a_year"]
    return f"Uprated over {years} years by {growth.low:.0%} to {growth.high:.0%} a year."

"""The finance files that are read: what each is called, and the columns it must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BLOCKS_GROSS: Final = (
    "schools_block_gross",
    "cssb_gross",
    "high_needs_block_before_deductions_gbp",
    "early_years",
)
BLOCKS_NET: Final = (
    "schools_block_net",
    "cssb_net",
    "high_needs_block_after_deductions_gbp",
    "early_years_net",
)
CATEGORIES: Final = ("State", "Independent or non-maintained", "Total")
CATEGORY_OF: Final = {
    "topup_per_plan_state_special": CATEGORIES[0],
    "topup_per_plan_independent_special": CATEGORIES[1],
}
"""Price -> its category in the file."""
_TOPUP_PARTS: Final = {
    "maint": ("early", "primary", "secondary", "special", "ap", "post"),
    "indep": ("special", "ap", "post"),
}


def _s251_lines(stage: str) -> tuple[str, ...]:
    names = ["place_total", "place_special"]
    for sector, parts in _TOPUP_PARTS.items():
        names += [f"topup_{sector}_total", *(f"topup_{sector}_{part}" for part in parts)]
    names += ["sen_support_inclusion", "ap_services", "hospital", "therapies"]
    return tuple(f"s251_{stage}_2021_22_{name}_gbp" for name in names)


S251_TOTALS: Final = {
    f"s251_{stage}_2021_22_topup_{sector}_total_gbp": tuple(
        f"s251_{stage}_2021_22_topup_{sector}_{part}_gbp" for part in parts
    )
    for stage in ("budget", "outturn")
    for sector, parts in _TOPUP_PARTS.items()
}
"""Totals of top-up on section 251 statements and the lines that should add up to them."""

S251_INCOME: Final = {
    "s251_outturn_2021_22_topup_indep_total_gbp": "s251_outturn_2021_22_topup_indep_income_gbp"
}
"""Totals that are net of income which the file gives. Others may be net of income it does not give."""

S251_PLANS: Final = (
    "ehcp_total_jan2021",
    "ehcp_mainstream",
    "ehcp_rp_senunit",
    "ehcp_maintained_or_academy_special",
    "ehcp_nmss_independent",
    "ehcp_hospital_ap",
    "ehcp_post16",
    "ehcp_other",
)


@dataclass(frozen=True)
class FinanceFile:
    """One published file: `pattern` of its name, the columns that name a row, and its numbers.

    `key`: columns that may not name two rows alike. `filled`: numbers that may not be blank.
    `never_negative`: numbers that cannot be below nil.
    """

    pattern: str
    title: str
    key: tuple[str, ...]
    text: tuple[str, ...]
    numbers: tuple[str, ...]
    filled: tuple[str, ...]
    never_negative: tuple[str, ...]


ALLOCATIONS: Final = FinanceFile(
    "hnb_allocations*.csv",
    "DSG allocations by block",
    ("financial_year", "la_code"),
    ("la_name",),
    (*BLOCKS_GROSS, "total_dsg_gross", *BLOCKS_NET, "total_net"),
    (*BLOCKS_GROSS, "total_dsg_gross", *BLOCKS_NET, "total_net"),
    (*BLOCKS_GROSS, "total_dsg_gross", *BLOCKS_NET, "total_net"),
)
BALANCES: Final = FinanceFile(
    "dsg_cumulative_balance*.csv",
    "DSG cumulative balances",
    ("financial_year", "la_name"),
    ("la_code", "region_name"),
    ("cumulative_balance_pct_of_total_dsg", "total_dsg", "approx_cumulative_deficit_gbp_m"),
    ("cumulative_balance_pct_of_total_dsg",),
    ("total_dsg",),
)
PRICES: Final = FinanceFile(
    "special_topup_unit_cost*.csv",
    "Special school top-up per plan",
    ("year", "la_name", "category"),
    ("region",),
    ("total_spend", "jan_year", "n", "derived_topup_spend_per_ehcp_gbp"),
    ("total_spend", "jan_year", "n", "derived_topup_spend_per_ehcp_gbp"),
    ("total_spend", "n", "derived_topup_spend_per_ehcp_gbp"),
)
S251: Final = FinanceFile(
    "s251_high_needs_2021-22*.csv",
    "Section 251 high needs lines of 2021-22",
    ("la_code",),
    ("la_name", "region"),
    (
        "pop_2_18_mid2021",
        *S251_PLANS,
        *_s251_lines("budget"),
        *_s251_lines("outturn"),
        "s251_outturn_2021_22_topup_indep_income_gbp",
    ),
    ("pop_2_18_mid2021",),
    ("pop_2_18_mid2021", *S251_PLANS),
)
FILES: Final = (ALLOCATIONS, BALANCES, PRICES, S251)

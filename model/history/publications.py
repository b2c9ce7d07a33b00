"""The department's SEN2 files: how each is laid out and which of its rows count everything once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEY_COLUMNS: Final = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "region_name",
    "new_la_code",
    "old_la_code",
    "la_name",
    "breakdown_topic",
    "breakdown",
)
"""Columns that say which row this is, the same in every file of the collection."""

UNAVAILABLE: Final = frozenset({"x", "z", "c", "u", "k", "low", ":", ".", "..", "-", ""})
"""Marks that stand where a number would: not available, not applicable, confidential, low reliability."""


@dataclass(frozen=True)
class Publication:
    """One file of the collection.

    `known_by`: columns that only this file has. `stock`: counts plans on a January (time periods
    such as 202223), not a calendar year's flows (2022). `whole`: the topic of the rows that count
    everything once. `total`: the count of a row. `parts`: columns that must add up to a column of
    the same row, where all of them are given. `also`: further columns that are read.
    """

    name: str
    title: str
    known_by: tuple[str, ...]
    stock: bool
    whole: str
    total: str
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    also: tuple[str, ...] = ()

    def needed(self) -> tuple[str, ...]:
        """Columns without which the file cannot be read: the count, parts and wholes, and `also`."""
        columns = [self.total, *self.also]
        for whole, parts in self.parts:
            columns += [whole, *parts]
        return tuple(dict.fromkeys(columns))


_PLACEMENTS: Final = (
    (
        "mainstream_total",
        (
            "mainstream_la_maintained",
            "mainstream_la_maintained_resourced_provision",
            "mainstream_la_maintained_senunit",
            "mainstream_academy",
            "mainstream_academy_resourced_provision",
            "mainstream_academy_senunit",
            "mainstream_free_school",
            "mainstream_free_school_resourced_provision",
            "mainstream_free_school_senunit",
            "mainstream_independent",
        ),
    ),
    (
        "special_total",
        (
            "special_la_maintained",
            "special_academy_free",
            "special_independent",
            "special_non_maintained",
        ),
    ),
    ("ap_pru_total", ("ap_pru_academy", "ap_pru_free_school", "ap_pru_la_maintained")),
)

_NEEDS: Final = (
    (
        "ehc_plans",
        (
            "number_asd", "number_hi", "number_mld", "number_msi", "number_oth", "number_pd",
            "number_pmld", "number_semh", "number_slcn", "number_sld", "number_spld", "number_vi",
            "number_need_unknown",
        ),
    ),
)  # fmt: skip

PUBLICATIONS: Final = (
    Publication(
        "caseload", "Caseload", ("ehcplans", "mainstream_total"), True, "All EHC plans", "ehcplans",
        _PLACEMENTS, ("fe_total", "ed_elsewhere"),
    ),
    Publication(
        "newplans", "New plans", ("new_ehc_plans",), False, "New EHC plans", "new_ehc_plans",
        _PLACEMENTS,
    ),
    Publication(
        "requests", "Requests", ("requests_received_in_year",), False,
        "All requests for EHC needs assessments", "requests_received_in_year",
        (
            (
                "requests_received_in_year",
                (
                    "requests_decided_to_assess",
                    "requests_decided_not_to_assess",
                    "requests_decision_not_made",
                    "requests_withdrawn",
                ),
            ),
        ),
    ),
    Publication(
        "assessments", "Assessments", ("assess_issued",), False, "All EHC needs assessments",
        "assess_in_year",
        (
            (
                "assess_in_year",
                ("assess_issued", "assess_not_issued", "assess_not_made", "assess_withdrawn"),
            ),
        ),
    ),
    Publication(
        "timeliness_20_week", "Timeliness", ("plans_issued_den",), False, "All EHC plans issued",
        "plans_issued_den", (),
        ("plans_issued_den_ex", "plans_issued_within_20_weeks", "plans_issued_20_weeks_ex"),
    ),
    Publication(
        "ceased_plans", "Ceased plans", ("total_ceased",), False, "All ceased EHC plans",
        "total_ceased",
        (
            (
                "total_ceased",
                (
                    "max_age", "needs_met", "he", "employ", "transfer", "no_engage",
                    "moved_outside_eng", "deceased", "not_rec", "other",
                ),
            ),
        ),
    ),
    Publication(
        "residential_settings", "Residential placements", ("Res_tot",), True,
        "All residential placements", "Res_tot", (("Res_tot", ("Res_3851", "Res_52")),),
    ),
    Publication(
        "sen_needs_all_plans", "Primary need, all plans", ("ehc_plans", "number_asd"), True,
        "All EHC plans", "ehc_plans", _NEEDS,
    ),
    Publication(
        "sen_need_newplans", "Primary need, new plans", ("ehc_plans", "number_asd"), False,
        "All EHC plans", "ehc_plans", _NEEDS,
    ),
)  # fmt: skip

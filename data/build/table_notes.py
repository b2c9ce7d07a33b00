"""What the comment lines of each table say."""

DFE = "DfE, Education, health and care plans, release of 2025, SEN2 files "

NOTES = {
    "sen2_suppressed_rows": {
        "title": "SEN2 caseload rows whose placement columns do not add to the plans of the row",
        "source": DFE + "caseload",
        "period": "January 2019 to January 2025",
        "method": [
            "every other row's mapped columns add to ehcplans; leaf_sum is what the columns add to here, x (not available) as nil."
        ],
    },
    "new_plans": {
        "title": "New EHC plans per 1,000 population by age on 31 August before the academic year, England",
        "source": DFE
        + "newplans; ONS subnational projections (2022-based); s251 file (population 2-18)",
        "period": "calendar 2022 to 2024",
        "method": [
            "published ages turned into birth cohorts (shares of age_shift.csv, from 2024, used for every year), cut at September.",
            "20 and over: geometric tail from 19 to 24. share_february_to_august: part of an age's year of new plans in those seven months.",
            "population_used is an estimate for England from eight authorities (docs/national_rates.md); mid-years weighted 7/12 and 5/12.",
            "new_plans_corrected_base leaves out Cambridgeshire and North East Lincolnshire, as corrected_base.csv does.",
        ],
    },
    "age_shift": {
        "title": "From the published age when a plan started to the age on 31 August before the academic year of the start",
        "source": DFE + "newplans, caseload",
        "period": "calendar 2024, corrected base",
        "method": [
            "published ages are ages at the end of the calendar year (closure_of_readings.csv): cohort c+1 two thirds, c+2 one third.",
            "weighted by each cohort's new plans, then 7/12 of a cohort's starts before September at age c and 5/12 after it at c+1.",
        ],
    },
    "first_settings": {
        "title": "First setting of a new plan by age on 31 August before the academic year",
        "source": DFE + "newplans, residential_settings",
        "period": "calendar 2024",
        "method": [
            "each setting's published ages inverted to birth cohorts by non-negative least squares, cut at September.",
            "starts of the reception cohort before September have the settings of three-year-olds; post-16 starts of the year of turning 16 come after it.",
            "not recorded is in `other`; ages without new plans take the nearest age with some.",
        ],
    },
    "residential_shares": {
        "title": "Share of independent and non-maintained special school plans that is residential, by age on 31 August",
        "source": DFE + "residential_settings, caseload",
        "period": "January 2024 and 2025 pooled",
        "method": [
            "residential plans by age and by placement fitted proportionally on the stock; ages 0-8 and 20-25 pooled."
        ],
    },
    "needs": {
        "title": "Share of primary need within age (31 August) and setting",
        "source": DFE + "sen_needs_all_plans (stock), sen_need_newplans (new), caseload, newplans",
        "period": "January 2025 (stock), calendar 2024 (new)",
        "method": [
            "proportional fitting to age x setting, age x need and setting x need; seed: age and setting independent given need.",
            "DS is nil (first published later). Settings without a SEN2 column take those of the nearest setting that has one.",
        ],
    },
    "exits": {
        "title": "Annual probability, of the single-cause kind, of ceasing or of moving to another authority",
        "source": DFE + "ceased_plans, caseload, newplans",
        "period": "calendar 2024, January 2024 and 2025",
        "method": [
            "under 18: ceased less transfers (moved_out: transfers) over average stock of the cohort; ceased from 18: cohort survival.",
            "q = 1 - exp(-rate). By setting: proportional fitting of expected exits to age and placement. Plans that reach 25 end in September.",
        ],
    },
    "moved_in": {
        "title": "Plans moved in from another authority, annual rate per plan in force",
        "source": DFE + "ceased_plans (transfer), caseload",
        "period": "calendar 2024",
        "method": [
            "the moved_out rate times one factor, so that national moves in equal moves out. Month: rate x weight of moved_out."
        ],
    },
    "moves": {
        "title": "Moves between settings: in year (annual probability by destination) and at the September step (phase, by new age)",
        "source": DFE + "caseload, newplans, ceased_plans",
        "period": "January 2024 to January 2025",
        "method": [
            "fitted so that a stepped year gives the age x setting shares of January 2025; least movement, losers give to gainers in proportion.",
            "phase at new ages 3, 4, 11, 16 and over; in-year rates before the steps at 11 and 16 are those of near ages, under 4 and from 16 on nil.",
            "ages 7 to 15 hold equal moves mainstream to state special and back, for plans in their first year (docs/national_rates.md).",
            "Destinations compete: hazard -ln(1-q) each. Everyone who asks is taken as placed: rates are of moves made, not of moves asked for.",
        ],
    },
    "seasonality": {
        "title": "Weights of the months, September to August, for p = 1 - (1 - q)^w",
        "source": "ASSUMED: no monthly figures are published",
        "period": "any year",
        "method": [
            "ceasing gathers in June to August and in early autumn; moved out, move and new plans are even.",
            "New plans by age: see share_february_to_august in new_plans.csv, which takes the place of the even weight there.",
        ],
    },
    "corrected_base": {
        "title": "Plans by age on 31 August and setting, January 2024 and 2025, on one comparable base",
        "source": DFE + "caseload, residential_settings",
        "period": "January 2024 and January 2025",
        "method": [
            "Cambridgeshire and North East Lincolnshire taken out of both years; rows scaled to the published total less those two.",
            "Under 3 is held at age 2. Independent special split by residential_shares.csv.",
        ],
    },
    "net_residual": {
        "title": "Recording difference: plans in January 2025 that the flows of 2024 do not explain, by age on 31 August",
        "source": DFE + "caseload, newplans, ceased_plans",
        "period": "January 2024 to January 2025, corrected base",
        "method": [
            "recorded less stepped with the tables of this folder; near nil by construction at 19 to 24. It is late and corrected recording,",
            "plans kept past 25, and error of the age shift; it is not a flow and is centred on nil in a forecast.",
        ],
    },
    "recording_difference": {
        "title": "Stock and flow of a calendar year, England: what new and ceased plans do not explain",
        "source": DFE + "caseload, newplans, ceased_plans",
        "period": "calendar 2022 to 2024",
        "method": [
            "closing - (opening + new - ceased without transfers, which re-enter). Late and corrected recording: not a flow."
        ],
    },
    "cohort_check": {
        "title": "Mainstream and special shares by the year a plan is in (row k: the k-th year), England",
        "source": DFE + "caseload, Years EHC plan in place",
        "period": "January 2024 and January 2025",
        "method": [
            "basis corrected: less Cambridgeshire and North East Lincolnshire, whose 2025 placements are not recorded.",
            "Mainstream includes specialist bases and mainstream independent. From year 7: converted statements.",
        ],
    },
    "held_by_setting": {
        "title": "Plans by the year they are in and SEN2 setting, England as published",
        "source": DFE + "caseload, Years EHC plan in place",
        "period": "January 2024 and January 2025",
        "method": [
            "leaf columns added to settings by data/reference/sen2_settings.csv; independent_special is day and residential together."
        ],
    },
    "closure_of_readings": {
        "title": "Which age the file of new plans gives: new plans by birth cohort under two readings, beside the change of stock",
        "source": DFE + "newplans, caseload",
        "period": "calendar 2024, corrected base",
        "method": [
            "change_and_exits: stock(a+1, January 2025) - stock(a, January 2024) + half a per cent ceased. The nearer reading is used."
        ],
    },
}

"""The stages of a month that a scenario, or a test, may exchange for another rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort.state import CohortState
from model.demand.assessment_queue import assess_at_once
from model.demand.pool import pool_as_given
from model.demand.requests import requests_as_due
from model.provision.nurture import averted_requests
from model.provision.places import PlaceRequests, allocate_places

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mechanisms:
    """One rule for each seat. The docstrings of the default rules give shapes and promises."""

    requests: Callable[[Floats, int], Floats] = requests_as_due
    averted: Callable[[int, int], Floats] = averted_requests
    assessment_queue: Callable[[Floats, Floats, int], tuple[Floats, Floats]] = assess_at_once
    pool: Callable[[Floats, int], Floats] = pool_as_given
    allocate_places: Callable[[PlaceRequests, CohortState, int], PlaceRequests] = allocate_places

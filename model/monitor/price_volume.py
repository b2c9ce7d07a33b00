"""Price and volume: how much of a variance is more of it, and how much is dearer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PriceVolume:
    """A variance in two parts that add to it. Pounds; spending above budget is positive."""

    volume_gbp: float
    price_gbp: float

    @property
    def total_gbp(self) -> float:
        """Volume and price together: actual volume x actual price less budget volume x budget price."""
        return self.volume_gbp + self.price_gbp


def price_and_volume(
    budget_volume: float, budget_price_gbp: float, actual_volume: float, actual_price_gbp: float
) -> PriceVolume:
    """Split a variance: the change in volume at the budget's price, the change in price on the actual volume.

    Volumes are full-year equivalents, prices pounds for one of them in a full year. The joint part
    (more of it, and dearer) is price. Source: cost-and-volume table of 000:3323-3355.

    >>> price_and_volume(10, 205_636, 12.73, 227_036)
    PriceVolume(volume_gbp=561386.2800000001, price_gbp=272422.0)
    """
    return PriceVolume(
        volume_gbp=(actual_volume - budget_volume) * budget_price_gbp,
        price_gbp=(actual_price_gbp - budget_price_gbp) * actual_volume,
    )

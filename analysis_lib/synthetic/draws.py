"""Seeded draws: one named stream per topic, so that a new topic never shifts the draws of another.

Only `Generator.random` (53-bit uniforms from PCG64) is taken from numpy: its numbers are the same on every platform and
in every release, which numpy does not promise for its distributions. Everything else is built from it here.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

_BLOCK = 4096


def _stream(generator: np.random.Generator):
    while True:
        yield from generator.random(_BLOCK).tolist()


class Draws:
    """Uniforms of one named stream and the few distributions made from them."""

    def __init__(self, seed: int, name: str):
        words = np.frombuffer(hashlib.blake2b(name.encode(), digest_size=16).digest(), dtype="<u4")
        entropy = [int(seed), *(int(word) for word in words)]
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
        self._next = _stream(generator).__next__

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * self._next()

    def chance(self, probability: float) -> bool:
        return self._next() < probability

    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._next() * (high - low + 1))

    def one_of(self, options: Sequence):
        return options[int(self._next() * len(options))]

    def weighted(self, weights: Mapping):
        """A key of `weights`, in proportion to its value."""
        mark = self._next() * sum(weights.values())
        for key, weight in weights.items():
            mark -= weight
            if mark < 0:
                return key
        return next(key for key, weight in reversed(weights.items()) if weight > 0)

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        radius = math.sqrt(-2 * math.log(1 - self._next()))
        return mean + deviation * radius * math.cos(2 * math.pi * self._next())

    def lognormal(self, median: float, sigma: float) -> float:
        return median * math.exp(self.normal(0.0, sigma))

    def poisson(self, mean: float) -> int:
        limit, count, product = math.exp(-mean), 0, self._next()
        while product > limit:
            count += 1
            product *= self._next()
        return count

    def shuffled(self, items: Sequence) -> list:
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = int(self._next() * (last + 1))
            items[last], items[other] = items[other], items[last]
        return items

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.integer(0, (last - first).days))

    def office_day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, seldom a Saturday or Sunday."""
        day = self.day(first, last)
        return self.day(first, last) if day.weekday() > 4 and self.chance(0.8) else day

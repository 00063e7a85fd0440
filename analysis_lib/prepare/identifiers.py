"""What stands in for a child's identifier in the tidy tables: a keyed hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis_lib.sources.table import TEXT_DTYPE

DEMONSTRATION_KEY = b"panelpack demonstration key"
# Namespaces keep the numbering of two case systems apart: child 1001 of the council is not child 1001 of the service.
COUNCIL_CHILD, PUPIL, YOUTH_SERVICE_CHILD = b"council", b"pupil", b"youth service"


def hashed(identifiers: pd.Series, key: bytes, namespace: bytes = COUNCIL_CHILD) -> pd.Series:
    """A keyed hash (BLAKE2b, 16 hexadecimal characters) for each identifier; missing stays missing."""
    places, distinct = pd.factorize(identifiers)
    hashes = [_hash(str(each), key[:64], namespace) for each in distinct.tolist()]
    values = pd.Series([*hashes, np.nan], dtype=TEXT_DTYPE).array[places]  # place -1, missing, is the last
    return pd.Series(values, index=identifiers.index, name="child_id")


@lru_cache(maxsize=250_000)  # the same children come again in table after table; bounded for the sake of a region
def _hash(identifier: str, key: bytes, namespace: bytes) -> str:
    return hashlib.blake2b(identifier.encode("utf-8"), digest_size=8, key=key, person=namespace).hexdigest()

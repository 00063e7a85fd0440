"""What stands in for a child's identifier in the tidy tables: a keyed hash."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from analysis_lib.sources.table import TEXT_DTYPE

DEMONSTRATION_KEY = b"panelpack demonstration key"
# Namespaces keep the numbering of two case systems apart: child 1001 of the council is not child 1001 of the service.
COUNCIL_CHILD, PUPIL, YOUTH_SERVICE_CHILD = b"council", b"pupil", b"youth service"


def hashed(identifiers: pd.Series, key: bytes, namespace: bytes = COUNCIL_CHILD) -> pd.Series:
    """A keyed hash (BLAKE2b, 16 hexadecimal characters) for each identifier; missing stays missing."""
    places, distinct = pd.factorize(identifiers)
    keyed = hashlib.blake2b(digest_size=8, key=key[:64], person=namespace)
    hashes = [_hash(keyed, str(each)) for each in distinct.tolist()]
    values = pd.Series([*hashes, np.nan], dtype=TEXT_DTYPE).array[places]  # place -1, missing, is the last
    return pd.Series(values, index=identifiers.index, name="child_id")


def _hash(keyed, identifier: str) -> str:
    one = keyed.copy()  # half the time of setting up the key for each child
    one.update(identifier.encode("utf-8"))
    return one.hexdigest()

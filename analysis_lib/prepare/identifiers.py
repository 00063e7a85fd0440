"""What stands in for a child's identifier in the tidy tables: a keyed hash."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from analysis_lib.sources.table import TEXT_DTYPE

DEMONSTRATION_KEY = b"panelpack demonstration key"
# Namespaces keep the numbering of two case systems apart: child 1001 of the council is not child 1001 of the service.
COUNCIL_CHILD, PUPIL, YOUTH_SERVICE_CHILD = b"council", b"pupil", b"youth service"
ADOPTER, ADOPTIVE_FAMILY = b"adopter", b"adoptive family"  # lists 10 and 11 name a family alike
SOCIAL_WORKER = b"social worker"  # the SSDA903's number of a social worker is not the council's own code of a worker


class RememberingKey(bytes):
    """A key that remembers the hashes made with it, so that a child whom several tables name is hashed once.

    It holds identifiers, so it must not outlive the preparing of one authority's returns.
    """

    def __new__(cls, key: bytes):
        made = super().__new__(cls, key)
        made._hashes = {}
        return made

    def hashes(self, namespace: bytes) -> _Hashes:
        return self._hashes.setdefault(namespace, _Hashes(self, namespace))


class _Hashes(dict):
    """Identifier -> its keyed hash, made when it is asked for first."""

    def __init__(self, key: bytes, namespace: bytes):
        self._keyed = hashlib.blake2b(digest_size=8, key=key[:64], person=namespace)

    def __missing__(self, identifier: str) -> str:
        one = self._keyed.copy()  # half the time of setting up the key for each child
        one.update(identifier.encode("utf-8"))
        self[identifier] = made = one.hexdigest()
        return made


def hashed(identifiers: pd.Series, key: bytes, namespace: bytes = COUNCIL_CHILD) -> pd.Series:
    """A keyed hash (BLAKE2b, 16 hexadecimal characters) for each identifier; missing stays missing."""
    places, distinct = pd.factorize(identifiers)
    hashes = key.hashes(namespace) if isinstance(key, RememberingKey) else _Hashes(key, namespace)
    values = [*map(hashes.__getitem__, map(str, distinct.tolist())), np.nan]  # place -1, missing, is the last
    return pd.Series(pd.Series(values, dtype=TEXT_DTYPE).array[places], index=identifiers.index, name="child_id")

"""The one gate between exact figures and anything that a reader sees.

It needs statistics, which take seconds to import; what else is in this room does not.
"""

__all__ = ["Gate", "release"]


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis_lib.disclosure import gate

    return getattr(gate, name)

"""Waiting for what happens soon: tests wait for conditions, never for a length of time."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# How long things may take on a busy machine with two cores before a test calls them missing.
PATIENCE = 30.0
PAUSE = 0.05


def until(condition: Callable[[], Value], what: str, seconds: float = PATIENCE) -> Value:
    """Asks again and again until `condition` gives something true, and returns that. AssertionErrors count as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        latest: object
        try:
            value = condition()
            if value:
                return value
            latest = value
        except AssertionError as error:
            latest = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}; latest: {str(latest)[:500]}")
        time.sleep(PAUSE)

"""The stage of the stories, for tests that need no cluster of their own."""

from __future__ import annotations

from tests.stories.conftest import scenes, stage

__all__ = ["scenes", "stage"]

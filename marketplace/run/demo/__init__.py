"""`relay demo`: everything for real on this machine, told in the terminal as it happens."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from marketplace.run import terminal
from marketplace.run.demo.stage import NotAsTold, set_up
from marketplace.run.demo.story import Story
from marketplace.run.settings import load

DATA = Path(".relay/demo")


def play(*, leave: bool) -> int:
    """Play the story; 0 if everything was as told. Unless `leave`, the site stays up until Ctrl-C."""
    language = load().language

    def tell(ja: str, en: str) -> None:
        sys.stdout.write(f"  {ja if language == 'ja' else en}\n")
        sys.stdout.flush()

    tell("データベース、Web、ワーカーを起動しています…", "Starting the database, the web and a worker …")
    try:
        with set_up(DATA.absolute()) as stage:
            Story(stage, tell).play()
            wrong = terminal.check(stage.house, lambda line: tell(line, line), lambda _what, _done, _whole: None)
            if wrong:
                return 1
            tell(
                f"サイト: {stage.url}/dev/roles （役割ごとのログイン）",
                f"The site: {stage.url}/dev/roles (sign in as any role)",
            )
            if not leave:
                tell("Ctrl-C で終わります。", "Ctrl-C ends it.")
                ended = threading.Event()
                for each in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(each, lambda *_: ended.set())
                ended.wait()
    except NotAsTold as wrong_turn:
        tell(f"物語どおりになりませんでした: {wrong_turn}", f"Not as told: {wrong_turn}")
        return 1
    return 0

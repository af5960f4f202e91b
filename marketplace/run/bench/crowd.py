"""Who a bench of pages is filled with: applicants of one source, and introductions at every stage with one company.

They come in as in life: files through the import, asks and answers through their commands, effects through the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

from domain.applicant import RetentionBasis
from domain.calendar import jst_date
from domain.ids import CandidateId, IntroductionId, UserId, introduction_of
from domain.introduction import Item, Stage
from marketplace import clock
from marketplace.commands import importing, introduction
from marketplace.commands.office import Office
from marketplace.importing.reading import Retention
from marketplace.run.bench.ground import Ground, Say
from marketplace.run.bench.table import Strayed
from marketplace.run.bench.town import Town, by

ROWS_A_FILE = 10_000
AT_ONCE = 4
ITEMS = frozenset({Item.NAME, Item.EMAIL, Item.CAREER})
HEAD = (
    "応募ID,氏名,フリガナ,メールアドレス,応募日,不合格日,選考結果,選考段階,不採用理由,求人名,職種,応募経路,スキル,"
    "総合評価,評価コメント,連絡可否"
)
KINDS = (
    ("最終面接", "採用枠充足", "海外営業", "営業職", "人材紹介", "海外営業、英語、交渉", "A"),
    ("二次面接", "スキル不一致", "社内SE", "社内SE・ITサポート", "自社HP", "ヘルプデスク、Linux、ネットワーク", "C"),
    ("一次面接", "条件不一致", "品質管理", "品質管理職", "社員紹介", "品質保証、ISO9001、統計", "B"),
)
STAGES = (Stage.SCREENING, Stage.INTERVIEW, Stage.FINAL_INTERVIEW, Stage.OFFER)


def bring_in(office: Office, drain: Callable[[], None], town: Town, count: int, say: Say) -> None:
    """So many applicants of the town's source, by as many files as it takes."""
    for first in range(0, count, ROWS_A_FILE):
        numbers = range(first, min(first + ROWS_A_FILE, count))
        say(f"importing {numbers.stop:,} of {count:,} applicants")
        importing.begin(
            office,
            by(office),
            batch=uuid4(),
            company=town.source,
            system="ats",
            data="\n".join([HEAD, *map(_row, numbers)]).encode(),
            filename=f"applicants-{first}.csv",
            retention=Retention(basis=RetentionBasis.APPLICATION_NOTICE, notice_version="2025-04"),
        )
        drain()


def _row(number: int) -> str:
    """One line of a file. The people are invented: 見本 (sample) with a number."""
    stage, reason, title, kind, channel, skills, grade = KINDS[number % len(KINDS)]
    applied = date(2026, 1, 5) + timedelta(days=number % 90)
    rejected = applied + timedelta(days=21)
    return ",".join((
        f"P-{number:06}", f"見本 {number}", "ミホン", f"applicant{number}@bench.example", applied.isoformat(),
        rejected.isoformat(), "不採用", stage, reason, title, kind, channel, skills, grade, "落ち着いて話す方。", "",
    ))  # fmt: skip


def introduce(here: Ground, office: Office, drain: Callable[[], None], town: Town, count: int, say: Say) -> None:
    """So many people are asked: every fourth has not answered, the others were introduced and stand at every stage."""
    asked = town.people[:count]
    say(f"asking {len(asked):,} people")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(partial(_ask, office, town), asked))
    drain()
    answered = [pair for number, pair in enumerate(zip(asked, found, strict=True)) if number % len(STAGES)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(partial(_approve, office), answered))
    with here.as_owner() as connection:
        clock.move_to(connection, clock.now(connection) + timedelta(minutes=office.policy.undo_minutes + 1))
    say("disclosing, with the mails that this causes")
    drain()
    _reach(office, town, [which for _, which in answered])
    drain()


def _ask(office: Office, town: Town, who: CandidateId) -> IntroductionId:
    introduction.request(
        office,
        by(office, f"user:{town.user}"),
        candidate=who,
        hiring=town.hiring,
        tokens=frozenset(),
        job=town.job,
        job_version=1,
        by=UserId(town.user),
        items=ITEMS,
        why="分析の仕事が近いと思いました。",
    )
    return introduction_of(who, town.hiring, town.job, 1)


def _approve(office: Office, pair: tuple[CandidateId, IntroductionId]) -> None:
    who, which = pair
    seen = office.introduction(which).state.seen
    if seen is None: raise Strayed(f"{which} was not asked")
    introduction.approve(
        office,
        by(office, f"candidate:{who}"),
        introduction=which,
        by=who,
        items=ITEMS,
        seen=seen,
        known_to_company=False,
    )


def _reach(office: Office, town: Town, introductions: Sequence[IntroductionId]) -> None:
    """Each goes as far as its place in the row says."""
    for number, which in enumerate(introductions):
        for stage in STAGES[: number % (len(STAGES) + 1)]:
            mine = by(office, f"user:{town.user}")
            introduction.reach_stage(
                office, mine, introduction=which, hiring=town.hiring, stage=stage, reached_on=jst_date(mine.now)
            )

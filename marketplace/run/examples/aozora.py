"""株式会社あおぞら見本: a Greenhouse Harvest dump of about 120 applications, in Harvest's shape, with its traps."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from marketplace.run.examples.people import FAMILY, GIVEN, invented

Record = dict[str, Any]
_FIRST_DAY: Final = date(2026, 1, 5)
_ORDINARY: Final = 103
_STAGES: Final = ("書類選考", "一次面接", "二次面接", "最終面接")
_JOBS: Final = (
    (501, "データアナリスト", ("データ分析", "SQL", "Tableau")),
    (502, "バックエンドエンジニア", ("Python", "Go", "AWS")),
    (503, "法人営業担当", ("法人営業", "Salesforce", "プレゼン")),
    (504, "マーケティング担当", ("デジタルマーケティング", "広告運用", "英語")),
    (505, "経理スタッフ", ("簿記", "月次決算", "Excel")),
)
_SOURCES: Final = ("Jobs page on your website", "LinkedIn (Prospecting)", "人材紹介", "リファラル採用", "転職サイト")
_WE: Final = {"id": 1, "name": "We rejected them"}
_THEY: Final = {"id": 2, "name": "They rejected us"}
_NONE: Final = {"id": 3, "name": "None specified"}
_REASONS: Final = ("経験不足", "スキル不足", "Hired other candidate", "ポジションクローズ", "条件不一致")


def aozora() -> bytes:
    """The dump as UTF-8 JSON."""
    candidates: list[Record] = []
    applications: list[Record] = []
    for number in range(1, _ORDINARY + 1):
        person, application = _ordinary(number)
        candidates.append(person)
        applications.append(application)
    _story(candidates, applications)
    _traps(candidates, applications)
    for person in candidates:
        person["application_ids"] = [a["id"] for a in applications if a["candidate_id"] == person["id"]]
    dump = {
        "candidates": candidates,
        "applications": applications,
        "scorecards": _scorecards(),
        "eeoc": [
            {
                "application_id": 9000007,
                "candidate_id": 8000007,
                "race": {"id": 7, "description": "EXAMPLE-RACE-ANSWER"},
                "gender": {"id": 1, "description": "EXAMPLE-GENDER-ANSWER"},
                "veteran_status": None,
                "disability_status": None,
                "submitted_at": _moment(_FIRST_DAY),
            }
        ],
    }
    return (json.dumps(dump, ensure_ascii=False, indent=1) + "\n").encode()


def _moment(day: date) -> str:
    """Five in the morning, UTC: the same day in Japan."""
    return datetime.combine(day, time(5)).isoformat() + ".000Z"


def _ordinary(number: int) -> tuple[Record, Record]:
    """Of twelve: one active, one withdrawn, one of unknown outcome, now and then one hired; the rest rejected."""
    job = _JOBS[number % len(_JOBS)]
    application = _application(number, job, applied_on=_FIRST_DAY + timedelta(days=number), stage=_STAGES[number % 4])
    kind = number % 12
    if kind == 0:
        application |= {"status": "active", "rejected_at": None, "rejection_reason": None}
    elif kind == 1:
        application["rejection_reason"] = {"id": 21, "name": "Accepted another offer", "type": _THEY}
    elif kind == 2:  # noqa: PLR2004
        application["rejection_reason"] = {"id": 31, "name": "Hiring Freeze", "type": _NONE}
    elif number % 36 == 3:  # noqa: PLR2004
        application |= {"status": "hired", "rejected_at": None, "rejection_reason": None}
    family, given, address = invented(number, "example.jp")
    return _candidate(number, given, family, address, job[2]), application


def _candidate(number: int, first: str | None, last: str | None, address: str, tags: tuple[str, ...]) -> Record:
    return {
        "id": 8000000 + number,
        "first_name": first,
        "last_name": last,
        "company": None,
        "title": None,
        "created_at": _moment(_FIRST_DAY),
        "is_private": False,
        "photo_url": None,
        "application_ids": [],
        "phone_numbers": [{"value": f"080-0000-{number:04}", "type": "mobile"}],
        "addresses": [],
        "email_addresses": [{"value": address, "type": "personal"}],
        "can_email": True,
        "tags": list(tags),
        "educations": [],
        "employments": [],
        "custom_fields": {},
        "keyed_custom_fields": {},
    }


def _application(number: int, job: tuple[int, str, tuple[str, ...]], *, applied_on: date, stage: str) -> Record:
    rejected_on = applied_on + timedelta(days=14 + number % 21)
    return {
        "id": 9000000 + number,
        "candidate_id": 8000000 + number,
        "prospect": False,
        "applied_at": _moment(applied_on),
        "rejected_at": _moment(rejected_on),
        "last_activity_at": _moment(rejected_on),
        "location": None,
        "source": {"id": 2 + number % 5, "public_name": _SOURCES[number % 5]},
        "credited_to": None,
        "rejection_reason": {"id": 11 + number % 5, "name": _REASONS[number % 5], "type": _WE},
        "rejection_details": {"custom_fields": {}, "keyed_custom_fields": {}},
        "jobs": [{"id": job[0], "name": job[1]}],
        "status": "rejected",
        "current_stage": {"id": 700 + _STAGES.index(stage), "name": stage},
        "answers": [],
        "custom_fields": {},
    }


def _story(candidates: list[Record], applications: list[Record]) -> None:
    """Numbers 1 to 3 become the people of the main story."""
    tags = (("データ分析", "SQL", "Python"), ("Python", "Go", "AWS"), ("法人営業", "Salesforce", "交渉"))
    days = (date(2026, 4, 1), date(2026, 4, 8), date(2026, 4, 15))
    for at, words in enumerate(tags):
        number = at + 1
        address = f"{('aoi', 'ren', 'tsumugi')[at]}.mihon@example.jp"
        candidates[at] = _candidate(number, GIVEN[at][0], FAMILY[0][0], address, words)
        application = _application(number, _JOBS[at], applied_on=days[at], stage="最終面接")
        application["rejection_reason"] = {"id": 13, "name": "Hired other candidate", "type": _WE}
        applications[at] = application


def _traps(candidates: list[Record], applications: list[Record]) -> None:
    """What makes real dumps hard. Each comment says what must come of it."""
    engineer, day = _JOBS[1], _FIRST_DAY + timedelta(days=30)

    def add(number: int, person: Record, **changes: object) -> None:
        candidates.append(person)
        applications.append(_application(number, engineer, applied_on=day, stage="一次面接") | changes)

    # One rejected and one active application: not eligible.
    add(201, _candidate(201, "律", "練習", "ritsu.renshu@example.jp", ("Java",)))
    second = _application(202, engineer, applied_on=day + timedelta(days=60), stage="一次面接")
    second |= {"candidate_id": 8000201, "status": "active", "rejected_at": None, "rejection_reason": None}
    applications.append(second)
    # One name only; a name with a sign outside CP932; another spelling of the type: all three eligible.
    add(203, _candidate(203, "Mihonia", None, "mihonia@example.com", ("Python",)))
    add(204, _candidate(204, "灯", "𠮷例", "akari.yoshirei@example.jp", ("TypeScript", "React")))
    shouted = {"id": 11, "name": "スキル不足", "type": {"id": 99, "name": "WE REJECTED THEM"}}
    add(205, _candidate(205, "颯", "雛形", "hayate.hinagata@example.com", ("Rust",)), rejection_reason=shouted)
    # Asked not to be mailed; marked private: kept, not eligible.
    add(206, _candidate(206, "朔", "凡例", "saku.hanrei@example.com", ("SQL",)) | {"can_email": False})
    add(207, _candidate(207, "凛", "図解", "rin.zukai@example.com", ("Linux",)) | {"is_private": True})
    # A prospect without a job; no address; a bad address: quarantined.
    add(208, _candidate(208, "湊", "想定", "minato.sotei@example.com", ()), prospect=True, jobs=[], status="active")
    add(209, _candidate(209, "結", "試作", "", ("SQL",)))
    add(210, _candidate(210, "芽依", "空想", "mei.kuuso@example", ("SQL",)))
    # A birthday and a photo: dropped and reported, the person stays.
    birthday = {
        "custom_fields": {"birthday": "1991-01-01"},
        "photo_url": "https://photos.example.com/EXAMPLE-PHOTO.jpg",
    }
    add(211, _candidate(211, "陽葵", "模擬", "himari.mogi@example.com", ("Swift",)) | birthday)
    # The same application twice: the first counts.
    applications.append(applications[10] | {"current_stage": {"id": 700, "name": "書類選考"}})
    # The candidate is missing from the dump: quarantined.
    applications.append(_application(299, engineer, applied_on=day, stage="一次面接"))


def _scorecards() -> list[Record]:
    def card(number: int, overall: str, said: str, *ratings: tuple[str, str]) -> Record:
        return {
            "id": 6000000 + number,
            "application_id": 9000000 + number,
            "candidate_id": 8000000 + number,
            "interview": "最終面接",
            "overall_recommendation": overall,
            "attributes": [
                {"name": name, "type": "Skills", "note": None, "rating": rating} for name, rating in ratings
            ],
            "questions": [
                {"id": None, "question": "Key Take-Aways", "answer": said},
                {"id": None, "question": "Private Notes", "answer": "EXAMPLE-PRIVATE-NOTE"},
            ],
        }

    return [
        card(
            1,
            "yes",
            "分析の筋道が明快。僅差で他の方に決まった。",
            ("Communication", "yes"),
            ("Analytical", "strong_yes"),
        ),
        card(
            2,
            "yes",
            "設計の説明が具体的で、次の機会があれば会いたい。",
            ("Problem Solver", "yes"),
            ("Adaptable", "mixed"),
        ),
        card(3, "strong_yes", "<p>顧客の課題をよく聞いていた。</p>", ("Communication", "strong_yes")),
        # A word about health: the whole comment is dropped.
        card(5, "mixed", "持病の話が出た。EXAMPLE-HEALTH-COMMENT", ("Communication", "mixed")),
    ]

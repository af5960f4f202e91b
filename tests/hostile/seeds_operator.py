"""The play at the operator's desk: companies checked, disputes decided, the glass broken, books read, readers folded anew."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.ids import CandidateId, HireId
from tests.hostile.seeds_walk import OPENING_NUMBERS, Walk

WHY = "ご本人から電話があり、登録の内容を確かめるため"


def play_operator(walk: Walk) -> None:
    """Everything that only the operator's pages do; after it nothing is asked of those companies any more."""
    _decide(walk)
    _break_glass(walk)
    _read_books(walk)
    _mend_house(walk)
    _check_companies(walk)
    walk.settle()
    _look(walk)


def _decide(walk: Walk) -> None:
    """By page: a hire that stands and one that does not, a leave, a claim to have known somebody, who earned a fee."""
    ids, there = walk.place.ids, "/operator/disputes"
    stands, ends, left = (ids[f"hire-{who}"] for who in ("disputed", "page-disputed", "page-leaver"))
    for page in ("", f"/hire/{stands}", f"/leave/{left}", f"/ownership/{stands}", f"/prior-contact/{ids['page-known']}"):
        walk.page("operator", f"{there}{page}")
    walk.form("operator", f"{there}/hire/{stands}/confirmation")
    walk.form("operator", f"{there}/ownership/{stands}/decision", fee_percent=100)
    walk.form("operator", f"{there}/hire/{ends}/cancelling", cause="contest-upheld")
    leave = walk.place.house.office.hire(HireId(UUID(left))).state.leave
    assert leave is not None
    walk.form("operator", f"{there}/leave/{left}/decision", left_on=leave.left_on, fault="own-wish")
    walk.form("operator", f"{there}/prior-contact/{ids['page-known']}/evidence")
    walk.form("operator", f"{there}/prior-contact/{ids['page-known']}/decision", upheld="false")


def _break_glass(walk: Walk) -> None:
    who = walk.place.people["stayer"][1]
    there = f"/operator/people/{who}"
    walk.page("operator", there)
    walk.form("operator", f"{there}/glass", reason="dispute", words=WHY)
    walk.settle()
    walk.form("operator", f"{there}/values")
    ((glass,),) = walk.place.rows("SELECT glass FROM glass WHERE candidate = %s", who)
    walk.form("operator", f"{there}/glass/{glass}/mending")
    walk.page("operator", f"{there}/consents")
    walk.page("operator", f"/operator/view-as/{who}/me")


def _read_books(walk: Walk) -> None:
    sealed = walk.place.house.office.candidate(CandidateId(walk.place.people["stayer"][1])).state.seeker_record
    assert sealed is not None
    walk.page("operator", "/operator/register")
    walk.form("operator", "/operator/register/reading", ref=sealed.ref, kind="seeker", reason="労働局の調査への回答")


def _mend_house(walk: Walk) -> None:
    """A task that failed is tried again: a rebuild that nobody asked for, of which nothing comes."""
    task = uuid4()
    with walk.place.house.database.transaction() as connection:
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at, attempts, last_error) VALUES (%s, 'rebuild', %s, %s, 1, 'OSError')",
            (task, task, walk.place.now()),
        )
    walk.form("operator", f"/operator/tasks/{task}/retry")
    walk.form("operator", "/operator/projections/rebuild", name="jobs")


def _check_companies(walk: Walk) -> None:
    company = walk.place.companies["second-source"]
    there, number = f"/operator/companies/{company}", OPENING_NUMBERS["second-source"]
    walk.form("operator", f"{there}/invoice-registrations", t_number=f"T{number}", registered_from="2025-04-01")
    walk.form("operator", f"{there}/group", numbers="")
    walk.form("operator", f"{there}/cooling-off", days=120)
    walk.form("operator", f"{there}/legal-opinions", reward_mode="slot", opinion="弁護士の意見書 第2号")
    walk.form("operator", f"{there}/roles", roles=["source"])
    walk.form("operator", f"{there}/suspension", cause="papers-missing")
    walk.form("operator", f"{there}/reinstatement")


def _look(walk: Walk) -> None:
    for page in ("checks", "glass", "messages", "projections", "search?q=CR", "stuck?kind=ask", "tasks"):
        walk.page("operator", f"/operator/{page}")
    walk.page("stranger", "/legal/results")


"""The operator admits companies; each company sees itself and its own people only."""

from __future__ import annotations

from uuid import uuid4

from domain.ids import OPERATOR
from tests.api.v1.people.village import Village, refused


def test_a_company_is_admitted_with_its_roles_and_sees_itself(village: Village) -> None:
    source = village.companies["source"]
    shown = village.saw("source", f"/companies/{source}")
    assert (shown["name"], shown["roles"], shown["cooling_off_days"]) == ("source見本株式会社", ["source"], 90)
    refused(village.get("hiring", f"/companies/{source}"), 404, "not-found")
    assert village.saw("operator", f"/companies/{source}")["company"] == str(source)
    assert len(village.saw("operator", "/companies")["items"]) == 4
    refused(village.get("source", "/companies"), 404, "not-found")
    refused(village.get("operator", f"/companies/{uuid4()}"), 404, "not-found")


def test_who_may_change_what_of_a_company(village: Village) -> None:
    path = f"/companies/{village.companies['source']}"
    refused(village.post("source", f"{path}/licences", village.licence("13-ユ-100002")), 404, "not-found")
    village.did("operator", f"{path}/licences", village.licence("13-ユ-100002"))
    village.did("source", f"{path}/reward-mode", {"reward_mode": "cash"})
    refused(village.post("source", f"{path}/reward-mode", {"reward_mode": "slot"}), 422, "legal-opinion-missing")
    village.did("operator", f"{path}/legal-opinions", {"reward_mode": "slot", "opinion": "適法との意見書"})
    village.did("source", f"{path}/reward-mode", {"reward_mode": "slot"})
    refused(village.post("source", f"{path}/cooling-off", {"days": 3}), 422, "cooling-off-out-of-range")
    village.did("source", f"{path}/cooling-off", {"days": 120})
    village.did("source", f"{path}/group", {"corporate_numbers": ["5010001000002"]})
    shown = village.saw("source", path)
    assert (shown["reward_mode"], shown["cooling_off_days"], shown["group_numbers"]) == ("slot", 120, ["5010001000002"])
    village.did("operator", f"{path}/suspension", {"cause": "licence-lapsed"})
    refused(village.get(None, f"/neutral-links/{village.companies['source']}"), 404, "not-found")
    village.did("operator", f"{path}/reinstatement")


def test_the_operator_stays_the_operator_whatever_roles_it_is_given(village: Village) -> None:
    village.did("operator", f"/companies/{OPERATOR}/roles", {"roles": ["source"]})
    assert village.saw("operator", f"/companies/{OPERATOR}")["roles"] == ["operator", "source"]
    assert village.post("operator", f"/companies/{OPERATOR}/roles", {"roles": ["operator"]}).status_code == 400


def test_people_join_and_leave_and_one_admin_stays(village: Village) -> None:
    path = f"/companies/{village.companies['source']}/members"
    joined = village.did("source", path, {"name": "採用 担当", "email": "jin@source.example", "role": "recruiter"})
    assert {(row["name"], row["role"]) for row in village.saw("source", path)["items"]} == {
        ("source 担当", "admin"),
        ("採用 担当", "recruiter"),
    }
    assert "担当者としてキャリアリレーに登録" in village.mails("jin@source.example")[0]
    refused(village.get("hiring", path), 404, "not-found")
    village.did("source", f"{path}/{joined['id']}/leaving")
    assert [row["role"] for row in village.saw("source", path)["items"]] == ["admin"]
    admin = village.saw("source", path)["items"][0]["user"]
    refused(village.post("source", f"{path}/{admin}/leaving"), 409, "company-needs-an-admin")


def test_an_agreement_not_to_hire_each_others_people_is_refused(village: Village) -> None:
    agreed = {
        "source": str(village.companies["source"]),
        "hiring": str(village.companies["hiring"]),
        "nda_version": 1,
        "fee_rate_bps": 3500,
        "commission_rate_bps": 2000,
        "valid_until": "2027-05-31",
        "no_hire_clause": True,
    }
    refused(village.post("operator", "/partnerships", agreed), 409, "no-hire-agreement")
    village.did("operator", "/partnerships", agreed | {"no_hire_clause": False})
    only = {"mode": "only", "companies": [str(village.companies["hiring"])]}
    village.did("source", "/sharing-policy", only)
    assert village.saw("source", "/sharing-policy") == only
    refused(village.post("source", "/sharing-policy", {"mode": "never"}), 409, "sharing-policy-names-nobody")
    refused(village.post("hiring", "/sharing-policy", only), 403, "not-permitted")


def test_the_same_key_has_one_effect(village: Village) -> None:
    path = f"/companies/{village.companies['source']}/cooling-off"
    key = {"Idempotency-Key": "once-and-no-more"}
    first = village.ok(village.post("source", path, {"days": 120}, **key))
    again = village.ok(village.post("source", path, {"days": 120}, **key))
    assert (first["outcome"], again["outcome"], again["position"]) == ("done", "again", first["position"])
    refused(village.post("source", path, {"days": 150}, **key), 422, "idempotency-key-reused")

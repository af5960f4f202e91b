"""What people see: everything that the companies and another person are answered, without the rows about the canary."""

from __future__ import annotations

import json
import re
from typing import Any

from marketplace.run.demo.person import Person
from tests.erasure.drive import Drive

OWN = [
    *("/me", "/me/profile", "/me/asks", "/me/asks/{introduction}", "/me/card", "/me/consents", "/me/blocks", "/me/hires"),
    *("/me/referrals", "/me/seen-by", "/me/access-log", "/me/data", "/me/erasure", "/stories/{introduction}"),
]
OWN_PAGES = ["/me", "/me/asks/{introduction}", "/me/profile", "/me/consents", "/me/blocks", "/me/seen-by", "/me/data"]
COMPANIES = {
    "operator": ["/companies", "/fees", "/ledger", "/ledger/balances", "/payout-ledger", "/stories/{introduction}", "/catalogue"],
    "aozora": ["/applicants", "/imports", "/imports/{batch}", "/referrals", "/payout-ledger", "/sharing-policy"],
    "minato": ["/applicants", "/imports", "/referrals", "/payout-ledger", "/sharing-policy"],
    "tsubasa": [
        *("/catalogue", "/introductions", "/introductions/{introduction}", "/hires", "/fees", "/jobs", "/account"),
        *("/provision-records", "/stories/{introduction}"),
    ],
}
COMPANY_PAGES = {
    "tsubasa": ["/hiring/introductions/{introduction}", "/hiring/jobs/{job}"],
    "aozora": ["/source/imports/{batch}"],
    "operator": ["/operator/stories?ident={introduction}", "/finance/ledger?account=revenue"],
}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_MADE_AT = re.compile(r'"made_at":"[^"]*"')


def of_everyone_else(drive: Drive, aoi: Person, introduction: str, ids: set[str]) -> dict[str, str]:
    """Every answer and page that the erasure has nothing to do with, by who looks and where."""
    known = {"introduction": introduction, "job": drive.job, "batch": drive.companies["batch:あおぞら見本"]}
    found: dict[str, str] = {}
    people = {"aoi": aoi, **{who: getattr(drive, who) for who in COMPANIES}}
    for who, paths in {"aoi": OWN, **COMPANIES}.items():
        for path in paths:
            answer = people[who].look(path.format(**known))
            assert answer.status_code in {200, 403}, (who, path, answer.text)
            said = json.dumps(without(answer.json(), ids), ensure_ascii=False)
            found[f"{who} {path}"] = _MADE_AT.sub("", said.replace('": "', '":"'))
    for who, paths in {"aoi": OWN_PAGES, **COMPANY_PAGES}.items():
        for path in paths:
            answer = people[who].look(drive.stage.url + path.format(**known))
            assert answer.status_code == 200, (who, path, answer.text)
            found[f"{who} page {path}"] = _HIDDEN.sub("", answer.text)
    return found


def without(said: Any, ids: set[str]) -> Any:
    """An answer without the rows that name one of these ids, and without counts that include them."""
    if isinstance(said, dict):
        return {key: without(value, ids) for key, value in said.items() if key != "total"}
    if isinstance(said, list):
        return [without(each, ids) for each in said if not ids & set(_ID.findall(json.dumps(each)))]
    return said


def through_the_doors(drive: Drive, person: Person) -> str:
    """Everything that the person, their sources and the company that received them are told of them."""
    said = [person.look(path.format(introduction=drive.ids["introduction-aozora"])).text for path in OWN]
    said += [person.look(drive.stage.url + path.format(introduction=drive.ids["introduction-aozora"])).text for path in OWN_PAGES]
    for key in ("aozora", "minato"):
        said.append(drive.tsubasa.look(f"/introductions/{drive.ids[f'introduction-{key}']}/person").text)
        source = drive.sources[key]
        for row in source.get("/applicants")["items"]:
            said.append(source.look(f"/applicants/{row['applicant']}").text)
    return "\n".join(said)

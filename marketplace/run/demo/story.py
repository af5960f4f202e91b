"""The story: one whole relay to a reconciled payout, and one early leave with its way back. Every number is read back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar import JST, add_business_days, jst_date
from marketplace.holidays import HOLIDAYS
from marketplace.run.demo.opening import Opening
from marketplace.run.demo.person import Person
from marketplace.run.demo.stage import NotAsTold

ITEMS = ["name", "email", "career"]
WHY = "現場の数字を自分で確かめてこられたご経験を、ぜひ伺いたいです。"
FEE_BASE_YEN = 6_000_000


def yen(amount: int) -> str:
    """¥1,234,567."""
    return f"¥{amount:,}"


class Relay(msgspec.Struct, kw_only=True):
    """What one relay came to."""

    introduction: UUID
    hire: UUID
    fee: UUID


class Story(Opening):
    """Plays the scenes in order."""

    def play(self) -> None:
        """The whole story."""
        self.found_the_relay()
        self.import_exports()
        self.invite()
        aoi = self.register("葵", "見本 葵", "aoi.mihon@example.jp", ["data-analysis", "sql", "python"])
        first = self.relay(aoi, "データ分析")
        self.pay_out(first)
        self.reconcile()
        ren = self.register("蓮", "見本 蓮", "ren.mihon@example.jp", ["python", "sql"])
        second = self.relay(ren, "Python")
        self.leave_early(ren, second)
        self.reconcile()

    def relay(self, person: Person, word: str) -> Relay:
        """Search, ask, approve, ten minutes, disclosure, selection, hire, start."""
        found_cards = self.tsubasa.get("/catalogue", q=word)
        mine = str(person.get("/me/card")["card"]["card"])
        if mine not in {each["card"] for each in found_cards["items"]}:
            raise NotAsTold(f"the search for {word} did not find the card")
        self.tell(
            f"つばさ見本が「{word}」で検索し、{found_cards['total']}枚のカードが見つかりました。",
            f'Tsubasa searched for "{word}": cards found: {found_cards["total"]}.',
        )
        version = self.tsubasa.get(f"/jobs/{self.job}")["version"]
        quote = self.tsubasa.get("/introductions/quote", card=mine, job=self.job)
        introduction = self.tsubasa.post(
            "/introductions", {"card": mine, "job": self.job, "job_version": version, "items": ITEMS, "why": WHY}
        )["id"]
        self.stage.settle()
        self.tell(
            f"紹介を依頼（税込 {yen(quote['quote_from_yen'])} から {yen(quote['quote_to_yen'])}）。"
            "名前はまだ誰にも見えません。",
            f"An introduction is requested (all-in {yen(quote['quote_from_yen'])} to {yen(quote['quote_to_yen'])});"
            " nobody sees a name.",
        )
        ask = person.get(f"/me/asks/{introduction}")
        person.post(
            f"/me/asks/{introduction}/approval", {"items": ITEMS, "seen": ask["seen"], "known_to_company": False}
        )
        self.stage.move_to(self.stage.now() + timedelta(minutes=9))
        if self.tsubasa.get(f"/introductions/{introduction}")["status"] != "waiting":
            raise NotAsTold("something was handed over before the undo window closed")
        self.stage.move_to(self.stage.now() + timedelta(minutes=2))
        opened = self.tsubasa.get(f"/introductions/{introduction}/person")
        records = [
            each for each in self.tsubasa.get("/provision-records")["items"] if each["introduction"] == introduction
        ]
        if not opened.get("name") or opened.get("phone") or not records:
            raise NotAsTold("the disclosure is not what was approved")
        self.tell(
            f"{person.name}さんが承認。10分の取り消し期間のあと、選んだ{len(ITEMS)}項目だけが渡され、提供記録が残りました。",
            f"{person.name} approved; after ten minutes exactly the {len(ITEMS)} chosen items were handed over,"
            " with provision records for both sides.",
        )
        return self.hire(person, introduction)

    def hire(self, person: Person, introduction: str) -> Relay:
        """Selection, a hire reported by one side and confirmed by the other, the first day, the fee and its payment."""
        for stage, days in (
            ("screening", 2),
            ("interview", 7),
            ("final-interview", 10),
            ("offer", 5),
            ("offer-accepted", 3),
        ):
            self.stage.move_to(self.stage.now() + timedelta(days=days))
            today = jst_date(self.stage.now()).isoformat()
            self.tsubasa.post(f"/introductions/{introduction}/stages", {"stage": stage, "reached_on": today})
        now = self.stage.now()
        started_on = _first_of_next_month(jst_date(now))
        hire = self.tsubasa.post(
            f"/introductions/{introduction}/hires",
            {
                "offer_accepted_on": jst_date(now).isoformat(),
                "started_on": started_on.isoformat(),
                "salary": [
                    {"label": "月給×12", "amount_yen": 5_400_000, "included": True},
                    {"label": "賞与", "amount_yen": 600_000, "included": True},
                    {"label": "通勤手当", "amount_yen": 120_000, "included": False},
                ],
                "term": "indefinite",
            },
        )["id"]
        self.stage.settle()
        person.post(f"/hires/{hire}/confirmation")
        self.stage.settle()
        self.stage.move_to(datetime.combine(started_on, time(10), JST))
        fees = self.tsubasa.get("/fees")["items"]
        fee = next((each for each in fees if each["introduction"] == introduction), None)
        if fee is None or fee["fee_yen"] != FEE_BASE_YEN * 30 // 100:
            raise NotAsTold("the fee did not accrue as frozen")
        self.tell(
            f"双方が採用を確認し、{started_on.isoformat()}に入社。"
            f"手数料 {yen(fee['fee_yen'])} ＋ 消費税 {yen(fee['tax_yen'])} を計上し、請求しました。",
            f"Both sides confirmed the hire; first day {started_on.isoformat()}. Fee {yen(fee['fee_yen'])}"
            f" + tax {yen(fee['tax_yen'])} accrued and invoiced.",
        )
        self._pay(fee)
        return Relay(introduction=UUID(introduction), hire=UUID(hire), fee=UUID(fee["fee"]))

    def _pay(self, fee: dict[str, Any]) -> None:
        """The hiring company pays by bank transfer; the fee is split and the source's part transferred."""
        self.collect(fee)
        if self._fee(fee["fee"])["model"] == "agent":
            self.send_run(fee["number"])
        now = self._fee(fee["fee"])
        if now["collected_yen"] != fee["total_yen"] or (now["model"] == "agent") != bool(now["transferred_yen"]):
            raise NotAsTold(f"collected {now['collected_yen']}, transferred {now['transferred_yen']}")
        self.tell(
            f"銀行振込で {yen(now['collected_yen'])} を回収。運営の取り分 {yen(now['commission_yen'])}（税別）、"
            f"紹介元へ {yen(now['transferred_yen'])} を送金しました。",
            f"{yen(now['collected_yen'])} collected by bank transfer; the operator keeps {yen(now['commission_yen'])}"
            f" before tax, {yen(now['transferred_yen'])} was transferred to the source.",
        )

    def collect(self, fee: dict[str, Any]) -> None:
        """The hiring company's money arrives, and the source's part comes free."""
        customer = self.tsubasa.get("/account")["customer"]
        self.stage.world.customer_pays(customer, fee["total_yen"])
        self.stage.settle()
        self.stage.move_to(self.stage.now() + timedelta(days=6))

    def send_run(self, number: str) -> None:
        """One person gathers what is due for sources, and may not approve it; a second person approves, and it is sent."""
        self.operator.sign_in()
        self.second.sign_in()
        run = self.operator.post("/transfer-runs")["id"]
        self.stage.settle()
        alone = self.operator.refused(f"/transfer-runs/{run}/approval", {})
        if alone != "second-person-needed" or self.operator.get(f"/transfer-runs/{run}")["sent_yen"]:
            raise NotAsTold(f"one person alone could send a run: {alone}")
        self.second.post(f"/transfer-runs/{run}/approval")
        self.stage.settle()
        sent = self.second.get(f"/transfer-runs/{run}")
        if number not in {line["number"] for line in sent["lines"]} or sent["settled_yen"] != sent["total_yen"]:
            raise NotAsTold(f"the run settled {sent['settled_yen']} of {sent['total_yen']}")
        self.tell(
            f"送金バッチ{sent['number']}（{yen(sent['total_yen'])}）を運営の担当者がまとめ、本人には承認できず、"
            "別の経理担当者が承認して送金しました。",
            f"Transfer run {sent['number']} ({yen(sent['total_yen'])}) was gathered by one person of the operator, who could not"
            " approve it; a second person approved, and it was sent.",
        )

    def _fee(self, fee: str) -> dict[str, Any]:
        """The fee as finance sees it; the hiring company does not see what its sources get."""
        found: dict[str, Any] = next(each for each in self.operator.get("/fees")["items"] if each["fee"] == fee)
        return found

    def pay_out(self, relay: Relay) -> None:
        """Stripe pays the source's balance out to its bank."""
        account = self.aozora.get("/account")["account"]
        payout = self.stage.world.sweep(account)
        self.stage.settle()
        self.stage.move_to(self.stage.now() + timedelta(days=3))
        self.stage.world.arrive(payout, account)
        self.stage.settle()
        paid = sum(
            each["amount_yen"] for each in self.aozora.get("/payout-ledger")["items"] if each["kind"] == "paid-out"
        )
        if paid <= 0:
            raise NotAsTold(f"no payout is on the payout ledger for {relay.fee}")
        self.tell(
            f"Stripeから紹介元の銀行口座へ {yen(paid)} が着金しました。", f"{yen(paid)} arrived at the source's bank."
        )

    def leave_early(self, person: Person, relay: Relay) -> None:
        """The person leaves on day 40: half returns; the transfer is reversed, the hiring company refunded."""
        hire = next(each for each in self.tsubasa.get("/hires")["items"] if each["hire"] == str(relay.hire))
        left_on = date.fromisoformat(hire["started_on"]) + timedelta(days=39)
        self.stage.move_to(datetime.combine(left_on + timedelta(days=1), time(10), JST))
        said = {"left_on": left_on.isoformat(), "fault": "own-wish"}
        self.tsubasa.post(f"/hires/{relay.hire}/leave", said)
        person.post(f"/hires/{relay.hire}/leave", said)
        self.stage.settle()
        self.stage.move_to(datetime.combine(add_business_days(left_on, 8, HOLIDAYS), time(10), JST))
        fee = self._fee(str(relay.fee))
        self.tell(
            f"{person.name}さんは40日目に退職。返戻 {yen(fee['returned_yen'])}（50％）、"
            f"紹介元から取り戻し {yen(fee['reversed_yen'])}、"
            f"求人企業へ返金 {yen(fee['refunded_yen'])}。",
            f"{person.name} left on day 40: {yen(fee['returned_yen'])} (50 %) returns, {yen(fee['reversed_yen'])} taken"
            f" back from the source, {yen(fee['refunded_yen'])} refunded to the hiring company.",
        )
        half = fee["total_yen"] // 2
        if (fee["returned_yen"], fee["refunded_yen"], fee["reversed_yen"]) != (half, half, fee["transferred_yen"] // 2):
            raise NotAsTold("the way back is not half of everything")

    def reconcile(self) -> None:
        """The ledger against Stripe, to the yen."""
        result = self.operator.post("/reconciliations")
        if result["difference_yen"] != 0:
            raise NotAsTold(f"the reconciliation differs by {result['difference_yen']}")
        self.tell("Stripeとの照合: 差額 ¥0", "Reconciliation with Stripe: difference ¥0")


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)

"""Who may use which route, written out by hand: what the rules of the routes are held against.

One line a handler: method, path, who. `all`: everybody. `person`: who is signed in. `candidate`, `source`, `hiring`,
`company`, `operator`: such a person, or somebody of such a company; then the roles (`*`: any; `hirers`: admin, recruiter,
hiring manager) and, in brackets, the scope that a company's key needs (without one no key may). `own-`: only about what is
theirs. `holder`: who holds a live link to it (on `/share/` the address is the link).
"""

from __future__ import annotations

from dataclasses import dataclass

Handler = tuple[str, str]

HIRERS = frozenset({"admin", "recruiter", "hiring-manager"})
TABLE = """
GET  /                                                    all
GET  /about                                               all
GET  /api/v1/account                                      company:admin,finance[ledger:read]
POST /api/v1/accounts/connected                           source:admin,finance
POST /api/v1/accounts/{company_id}/resumption             operator:admin,finance
GET  /api/v1/api-keys                                     company:admin
POST /api/v1/api-keys                                     company:admin
GET  /api/v1/api-keys/{key}                               own-company:admin
POST /api/v1/api-keys/{key}/revoke                        own-company:admin
GET  /api/v1/applicants                                   source:*[applicants:read]
GET  /api/v1/applicants/summary                           source:*[applicants:read]
GET  /api/v1/applicants/{applicant}                       own-source:admin,recruiter[applicants:read]
POST /api/v1/applicants/{applicant}/erasing               own-source:admin[applicants:write]
POST /api/v1/applicants/{applicant}/invitation            own-source:admin,recruiter[invitations:write]
POST /api/v1/applicants/{applicant}/invitation-cancelling own-source:admin,recruiter[invitations:write]
GET  /api/v1/catalogue                                    hiring:*[catalogue:read]
GET  /api/v1/catalogue/{card}                             hiring:*[catalogue:read]
GET  /api/v1/companies                                    operator:admin
POST /api/v1/companies                                    operator:admin
GET  /api/v1/companies/{company}                          own-company:*[company:read] | operator:*
POST /api/v1/companies/{company}/cooling-off              own-company:admin | operator:admin
POST /api/v1/companies/{company}/group                    own-company:admin | operator:admin
POST /api/v1/companies/{company}/invoice-registrations    own-company:admin | operator:admin
POST /api/v1/companies/{company}/legal-opinions           operator:admin
POST /api/v1/companies/{company}/licences                 operator:admin
GET  /api/v1/companies/{company}/members                  own-company:admin | operator:admin
POST /api/v1/companies/{company}/members                  own-company:admin | operator:admin
POST /api/v1/companies/{company}/members/{user}/leaving   own-company:admin | operator:admin
POST /api/v1/companies/{company}/reinstatement            operator:admin
POST /api/v1/companies/{company}/reward-mode              own-company:admin | operator:admin
POST /api/v1/companies/{company}/roles                    operator:admin
POST /api/v1/companies/{company}/suspension               operator:admin
POST /api/v1/companies/{company}/terms-acceptance         own-company:admin | operator:admin
GET  /api/v1/consent-texts                                all
GET  /api/v1/erasures/{erasure}                           all
GET  /api/v1/fees                                         company:admin,finance[ledger:read] | operator:admin,finance
GET  /api/v1/fees/{fee}                                   own-company:admin,finance[ledger:read] | operator:admin,finance
POST /api/v1/fees/{fee}/refund                            operator:admin,finance
GET  /api/v1/hires                                        hiring:*[hires:read]
POST /api/v1/hires/{hire}/cancelling                      own-hiring:hirers[hires:write] | own-candidate | operator:admin,recruiter
POST /api/v1/hires/{hire}/confirmation                    own-hiring:hirers[hires:write] | own-candidate | operator:admin,recruiter
POST /api/v1/hires/{hire}/contest                         own-hiring:hirers[hires:write] | own-candidate
POST /api/v1/hires/{hire}/leave                           own-hiring:hirers[hires:write] | own-candidate
POST /api/v1/hires/{hire}/leave-challenge                 own-hiring:hirers[hires:write] | own-candidate
POST /api/v1/hires/{hire}/leave-decision                  operator:admin,recruiter
POST /api/v1/hires/{hire}/offer-withdrawal                own-hiring:hirers[hires:write] | own-candidate | operator:admin,recruiter
POST /api/v1/hires/{hire}/ownership                       operator:admin,recruiter
POST /api/v1/hires/{hire}/postponement                    own-hiring:hirers[hires:write] | operator:admin,recruiter
POST /api/v1/hires/{hire}/six-month-result                own-hiring:hirers[hires:write] | own-candidate | operator:admin,recruiter
GET  /api/v1/imports                                      source:*[applicants:read]
POST /api/v1/imports                                      source:admin,recruiter[imports:write]
POST /api/v1/imports/dry-run                              source:admin,recruiter[imports:write]
GET  /api/v1/imports/{batch}                              own-source:*[applicants:read]
POST /api/v1/imports/{batch}/invitations                  own-source:admin,recruiter[invitations:write]
POST /api/v1/imports/{batch}/undoing                      own-source:admin,recruiter[imports:write]
GET  /api/v1/introductions                                hiring:*[introductions:read]
POST /api/v1/introductions                                hiring:admin,recruiter[introductions:write]
GET  /api/v1/introductions/quote                          hiring:*[introductions:read]
GET  /api/v1/introductions/{introduction}                 own-hiring:*[introductions:read]
POST /api/v1/introductions/{introduction}/closing         own-hiring:hirers[introductions:write]
POST /api/v1/introductions/{introduction}/deletion-confirmation own-hiring:hirers[introductions:write]
POST /api/v1/introductions/{introduction}/hires           own-hiring:hirers[hires:write] | own-candidate
GET  /api/v1/introductions/{introduction}/person          own-hiring:hirers[introductions:read]
POST /api/v1/introductions/{introduction}/prior-contact   own-hiring:admin,recruiter[introductions:write]
POST /api/v1/introductions/{introduction}/prior-contact-decision operator:admin,recruiter
POST /api/v1/introductions/{introduction}/stages          own-hiring:hirers[introductions:write]
GET  /api/v1/invitations/{invitation}                     all
POST /api/v1/invitations/{invitation}/disowning           all
GET  /api/v1/jobs                                         hiring:*[jobs:read]
POST /api/v1/jobs                                         hiring:admin,recruiter[jobs:write]
GET  /api/v1/jobs/{job}                                   own-hiring:*[jobs:read]
POST /api/v1/jobs/{job}/closing                           own-hiring:admin,recruiter[jobs:write]
POST /api/v1/jobs/{job}/conditions                        own-hiring:admin,recruiter[jobs:write]
GET  /api/v1/ledger                                       operator:admin,finance
GET  /api/v1/ledger/balances                              operator:admin,finance
GET  /api/v1/me                                           candidate
GET  /api/v1/me/access-log                                candidate
GET  /api/v1/me/asks                                      candidate
GET  /api/v1/me/asks/{introduction}                       own-candidate | holder
POST /api/v1/me/asks/{introduction}/approval              own-candidate | holder
POST /api/v1/me/asks/{introduction}/decline               own-candidate | holder
POST /api/v1/me/asks/{introduction}/revocation            own-candidate
POST /api/v1/me/asks/{introduction}/showing-anew          own-candidate | holder
POST /api/v1/me/asks/{introduction}/undoing               own-candidate | holder
GET  /api/v1/me/blocks                                    candidate
POST /api/v1/me/blocks                                    candidate
POST /api/v1/me/blocks/lifting                            candidate
GET  /api/v1/me/card                                      candidate
POST /api/v1/me/claims                                    candidate
GET  /api/v1/me/consents                                  candidate
POST /api/v1/me/consents                                  candidate
POST /api/v1/me/consents/renewal                          candidate
POST /api/v1/me/consents/withdrawal                       candidate
GET  /api/v1/me/data                                      candidate
GET  /api/v1/me/erasure                                   candidate
POST /api/v1/me/erasure                                   candidate
GET  /api/v1/me/hires                                     candidate
POST /api/v1/me/merging                                   candidate
POST /api/v1/me/merging-requests                          candidate
POST /api/v1/me/pause                                     candidate
GET  /api/v1/me/profile                                   candidate
POST /api/v1/me/profile                                   candidate
POST /api/v1/me/profile/confirmation                      candidate
GET  /api/v1/me/referrals                                 candidate
POST /api/v1/me/referrals/{referral}/card                 own-candidate
POST /api/v1/me/referrals/{referral}/card-suspension      own-candidate
POST /api/v1/me/referrals/{referral}/ownership            own-candidate
POST /api/v1/me/referrals/{referral}/recommendation-reading own-candidate
POST /api/v1/me/resumption                                candidate
POST /api/v1/me/seeker-record                             candidate
GET  /api/v1/me/seen-by                                   candidate
GET  /api/v1/neutral-links/{company}                      all
GET  /api/v1/openapi.json                                 all
POST /api/v1/partnerships                                 operator:admin
POST /api/v1/partnerships/ending                          operator:admin
GET  /api/v1/payout-ledger                                source:admin,finance[ledger:read] | operator:admin,finance
GET  /api/v1/privacy-requests                             source:admin
POST /api/v1/privacy-requests/{request_id}/completion     own-source:admin
POST /api/v1/privacy-requests/{request_id}/decision       own-source:admin
GET  /api/v1/provision-records                            company:admin,recruiter
GET  /api/v1/reconciliations                              operator:admin,finance
POST /api/v1/reconciliations                              operator:admin,finance
GET  /api/v1/referrals                                    source:*[applicants:read]
POST /api/v1/referrals/{referral}/ending                  own-source:admin,recruiter[referrals:write]
POST /api/v1/referrals/{referral}/recommendation          own-source:admin,recruiter[referrals:write]
POST /api/v1/registrations                                all
POST /api/v1/registrations/completing                     all
GET  /api/v1/session                                      person
POST /api/v1/session/company                              person
GET  /api/v1/sessions                                     person
POST /api/v1/sessions                                     all
POST /api/v1/sessions/end-all                             person
POST /api/v1/sessions/{session}/end                       person
GET  /api/v1/sharing-policy                               source:*
POST /api/v1/sharing-policy                               source:admin
POST /api/v1/sign-in-links                                all
GET  /api/v1/stories/{ident}                              operator:* | own-company:* | own-candidate
POST /company                                             person
GET  /consent-kit                                         all
GET  /dev/mailbox                                         all
GET  /dev/roles                                           all
POST /dev/roles/{key}                                     all
GET  /erasures/{erasure_id}                               all
GET  /finance                                             operator:admin,finance
GET  /finance/ledger                                      operator:admin,finance
POST /finance/reconciliations                             operator:admin,finance
GET  /hiring                                              hiring:*
GET  /hiring/cards/{card}                                 hiring:*
POST /hiring/cards/{card}/request                         hiring:admin,recruiter[introductions:write]
GET  /hiring/introductions/{introduction}                 own-hiring:*[introductions:read]
POST /hiring/introductions/{introduction}/closing         own-hiring:hirers[introductions:write]
POST /hiring/introductions/{introduction}/deletion-confirmation own-hiring:hirers[introductions:write]
POST /hiring/introductions/{introduction}/hire/confirmation own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/contest    own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/leave      own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/leave-challenge own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/offer-withdrawal own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/postponement own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hire/six-month-result own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/hires           own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/person          own-hiring:hirers[introductions:read]
POST /hiring/introductions/{introduction}/prior-contact   own-hiring:admin,recruiter[introductions:write]
POST /hiring/introductions/{introduction}/stages          own-hiring:hirers[introductions:write]
POST /hiring/jobs                                         hiring:admin,recruiter[jobs:write]
GET  /hiring/jobs/new                                     hiring:admin,recruiter[jobs:write]
GET  /hiring/jobs/{job}                                   own-hiring:*[jobs:read]
POST /hiring/jobs/{job}/closing                           own-hiring:admin,recruiter[jobs:write]
GET  /hiring/search                                       hiring:*
POST /hiring/terms-acceptance                             hiring:admin
GET  /i/{invitation}                                      all
POST /i/{invitation}                                      all
GET  /i/{invitation}/not-me                               all
POST /i/{invitation}/not-me                               all
POST /language                                            all
GET  /me                                                  candidate
GET  /me/asks/{introduction}                              own-candidate
POST /me/asks/{introduction}/approval                     own-candidate
POST /me/asks/{introduction}/decline                      own-candidate
POST /me/asks/{introduction}/revocation                   own-candidate
POST /me/asks/{introduction}/showing-anew                 own-candidate
POST /me/asks/{introduction}/undoing                      own-candidate
GET  /me/blocks                                           candidate
POST /me/blocks                                           candidate
POST /me/blocks/lifting                                   candidate
GET  /me/consents                                         candidate
POST /me/consents                                         candidate
POST /me/consents/withdrawal                              candidate
GET  /me/data                                             candidate
POST /me/erasure                                          candidate
POST /me/hires/{hire}/confirmation                        own-candidate
POST /me/hires/{hire}/contest                             own-candidate
POST /me/hires/{hire}/leave                               own-candidate
POST /me/hires/{hire}/leave-challenge                     own-candidate
GET  /me/merging                                          candidate
POST /me/merging                                          candidate
GET  /me/merging/sent                                     candidate
GET  /me/merging/{token}                                  candidate
POST /me/merging/{token}                                  candidate
POST /me/pause                                            candidate
GET  /me/profile                                          candidate
POST /me/profile                                          candidate
POST /me/profile/confirmation                             candidate
POST /me/referrals/{referral}/card                        own-candidate
POST /me/referrals/{referral}/card-suspension             own-candidate
POST /me/referrals/{referral}/ownership                   own-candidate
POST /me/referrals/{referral}/recommendation-reading      own-candidate
POST /me/resumption                                       candidate
POST /me/seeker-record                                    candidate
GET  /me/seen-by                                          candidate
GET  /legal                                               all
GET  /n/{company}                                         all
POST /n/{company}                                         all
GET  /operator                                            operator:*
POST /operator/companies                                  operator:admin
GET  /operator/companies/{company}                        operator:admin
POST /operator/companies/{company}/licences               operator:admin
POST /operator/companies/{company}/members                operator:admin
GET  /operator/stories                                    operator:*
GET  /register/sent                                       all
GET  /register/{token}                                    all
POST /register/{token}                                    all
GET  /rules                                               all
GET  /sessions                                            person
POST /sessions/{which}/end                                person
GET  /share/{link}                                        holder
POST /share/{link}/approval                               holder
POST /share/{link}/decline                                holder
POST /share/{link}/showing-anew                           holder
POST /share/{link}/undoing                                holder
GET  /sign-in                                             all
POST /sign-in                                             all
GET  /sign-in/sent                                        all
GET  /sign-in/{token}                                     all
POST /sign-in/{token}                                     all
POST /sign-out                                            person
GET  /source                                              source:*
POST /source/account                                      source:admin,finance
POST /source/imports                                      source:admin,recruiter[imports:write]
GET  /source/imports/{batch}                              own-source:*[applicants:read]
POST /source/imports/{batch}/invitations                  own-source:admin,recruiter[invitations:write]
POST /source/imports/{batch}/undoing                      own-source:admin,recruiter[imports:write]
POST /source/privacy-requests/{request_id}/completion     own-source:admin
POST /source/privacy-requests/{request_id}/decision       own-source:admin
POST /source/referrals/{referral}/recommendation          own-source:admin,recruiter[referrals:write]
GET  /static/htmx-VERSION/{file_path}                     all
GET  /static/{file_path}                                  all
POST /webhooks/stripe                                     all
POST /webhooks/stripe-connect                             all
"""


@dataclass(frozen=True)
class Term:
    """One kind of people who may. `own`: only about what is theirs."""

    who: str
    own: bool = False
    roles: frozenset[str] = frozenset()
    scope: str = ""


def terms_of(text: str) -> tuple[Term, ...]:
    """`own-hiring:admin,recruiter[hires:write] | own-candidate`."""
    return tuple(_term(each.strip()) for each in text.split(" | "))


def _term(text: str) -> Term:
    body, _, scope = text.removesuffix("]").partition("[")
    who, _, roles = body.partition(":")
    named = HIRERS if roles == "hirers" else frozenset(roles.split(",")) - {"", "*"}
    return Term(who.removeprefix("own-"), who.startswith("own-"), named, scope)


def table() -> dict[Handler, tuple[Term, ...]]:
    """The lines, read."""
    lines = [line.split(None, 2) for line in TABLE.strip().splitlines()]
    return {(method, path): terms_of(who) for method, path, who in lines}

"""Who may use which route, written out by hand: what the rules of the routes are held against.

One line a handler: method, path, who. `all`: everybody. `person`: who is signed in. `candidate`, `source`, `hiring`,
`company`, `operator`: such a person, or somebody of such a company; then the roles (`*`: any; `hirers`: admin, recruiter,
hiring manager) and, in brackets, the scope that a company's key needs (without one no key may). `own-`: only about what is
theirs; `own-hiring` all hangs on a job, and only what hangs on a job assigned to them is a hiring manager's. `holder`: who
holds a live link to it (on `/share/` the address is the link).
"""

from __future__ import annotations

from dataclasses import dataclass

Handler = tuple[str, str]

HIRERS = frozenset({"admin", "recruiter", "hiring-manager"})
TABLE = """
GET  /                                                    all
GET  /about                                               all
GET  /api-keys                                            company:admin
POST /api-keys                                            company:admin
POST /api-keys/{key}/revocation                           own-company:admin
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
GET  /api/v1/catalogue/facets                             hiring:*[catalogue:read]
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
GET  /api/v1/companies/{company}/members/{user}/holdings  own-company:admin | operator:admin
POST /api/v1/companies/{company}/members/{user}/leaving   own-company:admin | operator:admin
POST /api/v1/companies/{company}/members/{user}/role      own-company:admin | operator:admin
GET  /api/v1/companies/{company}/recovery                 own-company:* | operator:admin
POST /api/v1/companies/{company}/recovery                 operator:admin
POST /api/v1/companies/{company}/recovery/objection       own-company:*
POST /api/v1/companies/{company}/recovery/withdrawal      operator:admin
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
GET  /api/v1/imports/{batch}/rows                         own-source:admin,recruiter[imports:write]
POST /api/v1/imports/{batch}/rows/{row}/leaving-out       own-source:admin,recruiter[imports:write]
POST /api/v1/imports/{batch}/rows/{row}/repair            own-source:admin,recruiter[imports:write]
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
POST /api/v1/jobs/{job}/assignments                       own-hiring:admin,recruiter[jobs:write]
POST /api/v1/jobs/{job}/closing                           own-hiring:admin,recruiter[jobs:write]
POST /api/v1/jobs/{job}/conditions                        own-hiring:admin,recruiter[jobs:write]
GET  /api/v1/jobs/{job}/people                            own-hiring:*[jobs:read]
POST /api/v1/jobs/{job}/releases                          own-hiring:admin,recruiter[jobs:write]
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
GET  /api/v1/member-address                               company:*
POST /api/v1/member-address                               company:*
POST /api/v1/member-address/confirming                    all
POST /api/v1/member-address/objecting                     all
GET  /api/v1/passkeys                                     person
POST /api/v1/passkeys                                     person
POST /api/v1/passkeys/options                             person
POST /api/v1/passkeys/{passkey}/name                      person
POST /api/v1/passkeys/{passkey}/removal                   person
GET  /api/v1/payout-ledger                                source:admin,finance[ledger:read] | operator:admin,finance
GET  /api/v1/privacy-requests                             source:admin
POST /api/v1/privacy-requests/{request_id}/completion     own-source:admin
POST /api/v1/privacy-requests/{request_id}/decision       own-source:admin
GET  /api/v1/provision-records                            company:admin,recruiter
GET  /api/v1/reconciliations                              operator:admin,finance
POST /api/v1/reconciliations                              operator:admin,finance
GET  /api/v1/checks                                       operator:admin,finance
POST /api/v1/checks                                       operator:admin,finance
POST /api/v1/adjustments                                  operator:admin,finance
GET  /api/v1/months                                       operator:admin,finance
GET  /api/v1/months/{month}                               operator:admin,finance
POST /api/v1/months/{month}/adjustments/{adjustment}/dropping operator:admin,finance
POST /api/v1/months/{month}/adjustments/{adjustment}/signature operator:admin,finance
POST /api/v1/months/{month}/closing                       operator:admin,finance
POST /api/v1/months/{month}/exports                       operator:admin,finance
GET  /api/v1/reconciliations/days                         operator:admin,finance
GET  /api/v1/reconciliations/history                      operator:admin,finance
POST /api/v1/reconciliations/{reconciliation}/signature   operator:admin,finance
GET  /api/v1/transfer-runs                                operator:admin,finance
POST /api/v1/transfer-runs                                operator:admin,finance
GET  /api/v1/transfer-runs/due                            operator:admin,finance
GET  /api/v1/transfer-runs/{run}                          operator:admin,finance
POST /api/v1/transfer-runs/{run}/approval                 operator:admin,finance
POST /api/v1/transfer-runs/{run}/rejection                operator:admin,finance
GET  /api/v1/referrals                                    source:*[applicants:read]
POST /api/v1/referrals/{referral}/ending                  own-source:admin,recruiter[referrals:write]
POST /api/v1/referrals/{referral}/recommendation          own-source:admin,recruiter[referrals:write]
POST /api/v1/registrations                                all
POST /api/v1/registrations/completing                     all
GET  /api/v1/session                                      person
POST /api/v1/session/company                              person
GET  /api/v1/sessions                                     person
POST /api/v1/sessions                                     all
POST /api/v1/sessions/by-passkey                          all
POST /api/v1/sessions/end-all                             person
POST /api/v1/sessions/{session}/end                       person
GET  /api/v1/sharing-policy                               source:*
POST /api/v1/sharing-policy                               source:admin
POST /api/v1/sign-in-links                                all
POST /api/v1/sign-in-challenges                           all
POST /api/v1/step-up-links                                person
POST /api/v1/step-ups                                     person
POST /api/v1/step-ups/by-passkey                          person
POST /api/v1/step-ups/challenges                          person
GET  /api/v1/stories/{ident}                              operator:* | own-source:* | own-hiring:* | own-candidate
GET  /account/email                                       company:*
POST /account/email                                       company:*
GET  /account/email/confirm/{token}                       all
POST /account/email/confirm/{token}                       all
GET  /account/email/object/{token}                        all
POST /account/email/object/{token}                        all
GET  /account/email/sent                                  company:*
POST /company                                             person
GET  /consent-kit                                         all
GET  /dev/mailbox                                         all
GET  /dev/roles                                           all
POST /dev/roles/{key}                                     all
GET  /erasures/{erasure_id}                               all
GET  /finance                                             operator:admin,finance
GET  /finance/ledger                                      operator:admin,finance
POST /finance/reconciliations                             operator:admin,finance
GET  /finance/checks                                      operator:admin,finance
POST /finance/checks                                      operator:admin,finance
POST /finance/accounts/{company}/resumption               operator:admin,finance
GET  /finance/documents                                   operator:admin,finance
POST /finance/downloads/{what}                            operator:admin,finance
GET  /finance/months                                      operator:admin,finance
GET  /finance/months/{month}                              operator:admin,finance
POST /finance/months/{month}/adjustments                  operator:admin,finance
POST /finance/months/{month}/adjustments/{adjustment}/dropping operator:admin,finance
POST /finance/months/{month}/adjustments/{adjustment}/signature operator:admin,finance
POST /finance/months/{month}/closing                      operator:admin,finance
POST /finance/months/{month}/exports                      operator:admin,finance
GET  /finance/reconciliations                             operator:admin,finance
POST /finance/reconciliations/{reconciliation}/signature  operator:admin,finance
GET  /finance/runs                                        operator:admin,finance
POST /finance/runs                                        operator:admin,finance
GET  /finance/runs/{run}                                  operator:admin,finance
POST /finance/runs/{run}/approval                         operator:admin,finance
POST /finance/runs/{run}/rejection                        operator:admin,finance
GET  /hiring                                              hiring:*
GET  /hiring/board                                        hiring:*
GET  /hiring/board/{stage}                                hiring:*
GET  /hiring/cards/{card}                                 hiring:*
POST /hiring/cards/{card}/request                         hiring:admin,recruiter[introductions:write]
GET  /digests/{search}                                    all
POST /digests/{search}                                    all
GET  /hiring/invoices                                     hiring:admin,finance
GET  /hiring/invoices/{fee}                               own-hiring:admin,finance
GET  /hiring/introductions/{introduction}/interview.ics   own-hiring:hirers[introductions:write]
POST /hiring/introductions/{introduction}/hire-preview    own-hiring:hirers[hires:write]
POST /hiring/introductions/{introduction}/interview-cancellation own-hiring:hirers[introductions:write]
POST /hiring/introductions/{introduction}/interview-pick  own-hiring:hirers[introductions:write]
POST /hiring/introductions/{introduction}/interview-times own-hiring:hirers[introductions:write]
GET  /hiring/jobs/{job}/change                            own-hiring:admin,recruiter[jobs:write]
POST /hiring/jobs/{job}/conditions                        own-hiring:admin,recruiter[jobs:write]
POST /hiring/jobs/{job}/difference                        own-hiring:admin,recruiter[jobs:write]
GET  /hiring/saved-searches                               hiring:*
POST /hiring/saved-searches                               hiring:*
POST /hiring/saved-searches/{search}/deletion             hiring:*
POST /hiring/saved-searches/{search}/frequency            hiring:*
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
POST /hiring/jobs/{job}/assignments                       own-hiring:admin,recruiter[jobs:write]
POST /hiring/jobs/{job}/closing                           own-hiring:admin,recruiter[jobs:write]
POST /hiring/jobs/{job}/releases                          own-hiring:admin,recruiter[jobs:write]
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
GET  /contact/{token}                                     all
POST /contact/{token}                                     all
GET  /dev/line                                            all
POST /dev/line/blocking                                   all
GET  /dev/line/profile/{account}                          all
POST /dev/line/push                                       all
POST /dev/line/sign-in                                    all
POST /dev/line/token                                      all
POST /dev/line/verify                                     all
POST /hiring/introductions/{introduction}/answer          own-hiring:hirers[introductions:write]
GET  /line/return                                         candidate
POST /line/return                                         candidate
POST /me/ask-limit                                        candidate
POST /me/asks/{introduction}/interview-cancellation       own-candidate
POST /me/asks/{introduction}/interview-pick               own-candidate
POST /me/asks/{introduction}/interview-times              own-candidate
POST /me/asks/{introduction}/question                     own-candidate
GET  /me/channels                                         candidate
POST /me/channels/email                                   candidate
POST /me/channels/line                                    candidate
POST /me/channels/line/disconnection                      candidate
GET  /me/erasure                                          candidate
GET  /me/pace                                             candidate
GET  /me/requests                                         candidate
POST /me/requests                                         candidate
POST /me/search-end                                       candidate
POST /me/search-end/undoing                               candidate
POST /share/{link}/question                               holder
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
GET  /operator/companies/{company}/recovery               operator:admin
POST /operator/companies/{company}/recovery               operator:admin
POST /operator/companies/{company}/recovery/withdrawal    operator:admin
GET  /legal/results                                       all
GET  /operator/checks                                     operator:admin
POST /operator/companies/{company}/cooling-off            operator:admin
POST /operator/companies/{company}/group                  operator:admin
POST /operator/companies/{company}/invoice-registrations  operator:admin
POST /operator/companies/{company}/legal-opinions         operator:admin
POST /operator/companies/{company}/reinstatement          operator:admin
POST /operator/companies/{company}/roles                  operator:admin
POST /operator/companies/{company}/suspension             operator:admin
GET  /operator/disputes                                   operator:admin,recruiter
GET  /operator/disputes/hire/{hire}                       operator:admin,recruiter
POST /operator/disputes/hire/{hire}/cancelling            operator:admin,recruiter
POST /operator/disputes/hire/{hire}/confirmation          operator:admin,recruiter
GET  /operator/disputes/leave/{hire}                      operator:admin,recruiter
POST /operator/disputes/leave/{hire}/decision             operator:admin,recruiter
GET  /operator/disputes/ownership/{hire}                  operator:admin,recruiter
POST /operator/disputes/ownership/{hire}/decision         operator:admin,recruiter
GET  /operator/disputes/prior-contact/{introduction}      operator:admin,recruiter
POST /operator/disputes/prior-contact/{introduction}/decision operator:admin,recruiter
POST /operator/disputes/prior-contact/{introduction}/evidence operator:admin,recruiter
GET  /operator/glass                                      operator:admin
GET  /operator/messages                                   operator:*
GET  /operator/people/{person}                            operator:admin,recruiter
GET  /operator/people/{person}/consents                   operator:admin,recruiter
POST /operator/people/{person}/glass                      operator:admin
POST /operator/people/{person}/glass/{glass_id}/mending   operator:admin
POST /operator/people/{person}/values                     operator:admin
GET  /operator/projections                                operator:*
POST /operator/projections/rebuild                        operator:admin
GET  /operator/register                                   operator:admin
POST /operator/register/reading                           operator:admin
GET  /operator/search                                     operator:*
GET  /operator/stuck                                      operator:*
GET  /operator/tasks                                      operator:*
POST /operator/tasks/{task}/retry                         operator:admin
GET  /operator/view-as/{whom}/{rest}                      operator:admin,recruiter
GET  /operator/stories                                    operator:*
GET  /passkeys                                            person
POST /passkeys                                            person
POST /passkeys/not-now                                    person
POST /passkeys/{passkey}/name                             person
POST /passkeys/{passkey}/removal                          person
GET  /register/sent                                       all
GET  /register/{token}                                    all
POST /register/{token}                                    all
GET  /rules                                               all
GET  /sessions                                            person
POST /sessions/end-all                                    person
POST /sessions/{which}/end                                person
GET  /share/{link}                                        holder
POST /share/{link}/approval                               holder
POST /share/{link}/decline                                holder
POST /share/{link}/showing-anew                           holder
POST /share/{link}/undoing                                holder
GET  /sign-in                                             all
POST /sign-in                                             all
POST /sign-in/passkey                                     all
GET  /sign-in/sent                                        all
GET  /sign-in/{token}                                     all
POST /sign-in/{token}                                     all
POST /sign-out                                            person
GET  /source                                              source:*
GET  /source/applicants                                   source:*
GET  /source/applicants/{applicant}                       own-source:admin,recruiter[applicants:read]
POST /source/applicants/{applicant}/erasing               own-source:admin[applicants:write]
POST /source/applicants/{applicant}/invitation            own-source:admin,recruiter[invitations:write]
POST /source/applicants/{applicant}/invitation-cancelling own-source:admin,recruiter[invitations:write]
GET  /source/earnings                                     source:admin,finance
GET  /source/imports                                      source:*[applicants:read]
POST /source/account                                      source:admin,finance
POST /source/imports                                      source:admin,recruiter[imports:write]
GET  /source/imports/{batch}                              own-source:*[applicants:read]
POST /source/imports/{batch}/invitations                  own-source:admin,recruiter[invitations:write]
GET  /source/imports/{batch}/rows.csv                     own-source:admin,recruiter[imports:write]
GET  /source/imports/{batch}/rows/{row}                   own-source:admin,recruiter[imports:write]
POST /source/imports/{batch}/rows/{row}                   own-source:admin,recruiter[imports:write]
POST /source/imports/{batch}/rows/{row}/leaving-out       own-source:admin,recruiter[imports:write]
GET  /source/imports/{batch}/undoing                      own-source:admin,recruiter[imports:write]
POST /source/imports/{batch}/undoing                      own-source:admin,recruiter[imports:write]
GET  /source/partners                                     source:*
POST /source/partners/{hiring}/ending                     source:admin
POST /source/privacy-requests/{request_id}/completion     own-source:admin
POST /source/privacy-requests/{request_id}/decision       own-source:admin
GET  /source/referrals                                    source:*[applicants:read]
GET  /source/referrals/{referral}                         own-source:*[applicants:read]
POST /source/referrals/{referral}/ending                  own-source:admin,recruiter[referrals:write]
POST /source/referrals/{referral}/recommendation          own-source:admin,recruiter[referrals:write]
GET  /source/requests                                     source:admin
GET  /source/retention                                    source:*
POST /source/retention                                    source:admin
POST /source/retention/letting-go                         source:admin[applicants:write]
POST /source/sharing-policy                               source:admin
GET  /static/htmx-VERSION/{file_path}                     all
GET  /step-up                                             person
POST /step-up/link                                        person
POST /step-up/passkey                                     person
GET  /step-up/sent                                        person
GET  /step-up/{token}                                     all
POST /step-up/{token}                                     all
GET  /static/{file_path}                                  all
GET  /team                                                company:admin
POST /team/members                                        company:admin
GET  /team/members/{user}/leaving                         own-company:admin
POST /team/members/{user}/leaving                         own-company:admin
POST /team/members/{user}/role                            own-company:admin
GET  /team/recovery                                       company:*
POST /team/recovery/objection                             company:*
GET  /team/rights                                         company:*
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

"""What is thrown at the door: everybody at everything, other people's words, bent requests, bad bytes, scanners, the contract."""

from __future__ import annotations

from tests.plants.plant import Edit, Plant, plant

POLICIES = "api/policies.py"
BODY = "api/body.py"
ADMIT = "api/admit.py"
ROUTE = "api/route.py"
PROBLEM = "api/problem.py"
CSRF = "api/csrf.py"
PUBLIC = "api/pages/public.py"
CHECKS = "api/pages/operator_companies.py"
SERVING = "marketplace/run/serving.py"

_LET_IN: tuple[Plant, ...] = (
    plant(
        "a candidate may open what is another's",
        POLICIES,
        'if actor.kind != "candidate" or resource.candidate not in {None, actor.id}:',
        'if actor.kind != "candidate":',
        "test_no_answer_to_another_tenant_holds_what_one_wrote",
        "test_no_answer_to_anybody_holds_what_is_not_theirs",
    ),
    Plant(
        "a page of the operator's is open to everybody who signed in",
        (
            Edit(CHECKS, "from api.reading import At", "from api.policies import signed_in\nfrom api.reading import At"),
            Edit(CHECKS, '@page("/operator/checks", policy=OPERATORS)', '@page("/operator/checks", policy=signed_in)'),
        ),
        (
            "test_at_every_handler_only_those_are_let_in_whom_the_table_names",
            "test_at_every_handler_every_kind_of_visitor_is_let_in_or_not_as_the_table_says",
        ),
    ),
    plant(
        "who works elsewhere learns that a thing is there",
        POLICIES,
        'actor.company not in resource.companies:\n            return Deny("not-found")',
        'actor.company not in resource.companies:\n            return Deny("not-permitted")',
        "test_what_is_anothers_answers_exactly_as_what_is_not_there",
    ),
    Plant(
        "a page is served of which the table and the play know nothing",
        (
            Edit(
                PUBLIC,
                '@page("/legal", policy=public)',
                '@page("/numbers", policy=public)\n'
                "def numbers(visit: ThisVisit) -> Response[str]:\n"
                '    return show(visit, "public_about.html", policy=visit.house.office.policy)\n'
                '\n\n@page("/legal", policy=public)',
            ),
            Edit(PUBLIC, "ROUTES = [about, rules,", "ROUTES = [about, rules, numbers,"),
        ),
        ("test_every_handler_is_in_the_table_and_has_a_seed", "test_every_handler_has_a_seed_that_was_accepted"),
    ),
    plant(
        "a route that names no policy is served all the same",
        "api/app.py",
        'if not isinstance(rule, Rule): raise RouteWithoutPolicy(f"{sorted(handler.paths)}: {handler}")',
        "if not isinstance(rule, Rule): continue",
        "test_a_route_without_a_policy_keeps_the_application_from_starting",
    ),
)

_BENT: tuple[Plant, ...] = (
    plant(
        "a body that is too deep is an error of ours",
        BODY,
        '    except RecursionError:\n        raise Refused("body-too-deep", most=DEPTH_MOST) from None\n',
        "",
        "test_what_is_broken_is_refused_while_the_same_request_whole_is_accepted",
        "test_everything_that_is_broken_is_refused_at_every_step_of_the_whole_play",
    ),
    plant(
        "two values of one field are an error of ours",
        BODY,
        'if len(values) != 1: raise Refused("field-twice")',
        'if len(values) != 1: raise ValueError("two")',
        "test_no_bent_request_breaks_the_door_or_changes_what_refused_it",
        "test_ten_thousand_bent_requests_break_nothing",
    ),
    plant(
        "a rule's no is called a malformed request",
        PROBLEM,
        '("*", 409)',
        '("*", 400)',
        "test_a_seed_sent_again_is_let_in_or_refused_by_a_rule",
    ),
)

_WIRE: tuple[Plant, ...] = (
    plant(
        "nobody looks at how a request is framed",
        ADMIT,
        "    _check_framing(request)\n",
        "",
        "test_a_body_of_another_length_than_it_says_is_never_carried_out",
        "test_headers_of_absurd_number_and_size_are_refused_or_cut_off_at_once",
    ),
    plant(
        "a command may be as large as it likes",
        ROUTE,
        '"request_max_body_size": most_bytes, **more}',
        '"request_max_body_size": None, **more}',
        "test_a_body_of_another_length_than_it_says_is_never_carried_out",
        "test_a_length_that_lies_is_no_way_in",
    ),
    plant(
        "a body that breaks off is an error of ours",
        ADMIT,
        "    try:\n        return await request.body()\n    except InternalServerException:\n"
        '        raise Refused("request-malformed") from None\n',
        "    return await request.body()\n",
        "test_a_body_of_another_length_than_it_says_is_never_carried_out",
        "test_bent_requests_over_the_wire_get_an_answer_or_a_closed_line_and_never_a_5xx",
    ),
    plant(
        "a connection may make the server hold as much as it likes",
        SERVING,
        "BUFFER_BYTES: Final = 64 * 1024\n",
        "BUFFER_BYTES: Final = 64 * 1024 * 1024\n",
        "test_headers_of_absurd_number_and_size_are_refused_or_cut_off_at_once",
    ),
    plant(
        "few connections are held at once",
        SERVING,
        "CONNECTIONS: Final = 4_096",
        "CONNECTIONS: Final = 512",
        "test_a_thousand_who_never_finish_their_headers_or_bodies_keep_nobody_else_waiting",
    ),
    plant(
        "who does not finish their headers is waited for",
        SERVING,
        "header_read_timeout=HEADERS_SECONDS * 1_000,",
        "header_read_timeout=HEADERS_SECONDS * 1_000_000,",
        "test_who_falls_silent_is_hung_up_on_after_seconds",
    ),
    plant(
        "every byte of a body buys ten more seconds",
        "api/pace.py",
        "until += len(piece) / LEAST_BYTES_A_SECOND",
        "until = now() + BEGIN_SECONDS",
        "test_a_body_that_comes_byte_by_byte_is_not_waited_for",
    ),
)

_CONTRACT: tuple[Plant, ...] = (
    plant(
        "the contract does not say that a thing may be missing",
        ROUTE,
        "_OF_QUERIES = (400, 401, 403, 404, 409, 422, 429)",
        "_OF_QUERIES = (400, 401, 403, 409, 422, 429)",
        "test_every_operation_documents_how_it_refuses",
        "test_the_live_server_keeps_the_contract_wherever_it_is_asked_once",
    ),
    plant(
        "the contract calls a language a number",
        "api/v1/profile.py",
        "    language: str\n    adult: bool",
        "    language: int\n    adult: bool",
        "test_the_live_server_keeps_the_contract_in_every_phase[aoi]",
        "test_the_live_server_keeps_the_contract_at_every_bound_of_every_parameter",
    ),
)

_SCANNED: tuple[Plant, ...] = (
    plant(
        "a form counts whoever sends it",
        CSRF,
        'if origin is None and fetch_site != "same-origin": raise Refused("request-from-elsewhere")',
        "return",
        "test_scanners_change_nothing_at_any_link_that_is_mailed_and_the_person_can_still_use_each",
    ),
    plant(
        "opening the mailed page uses the link up",
        "api/pages/sign_in.py",
        '    return render(visit, "sign_in_link.html", token=token)',
        "    with visit.house.database.transaction() as connection: session.use_login_link(connection, token, visit.now)\n"
        '    return render(visit, "sign_in_link.html", token=token)',
        "test_scanners_change_nothing_at_any_link_that_is_mailed_and_the_person_can_still_use_each",
    ),
    plant(
        "an ask is answered for the person before they answer it",
        "api/templates/ask.html",
        '_("No, we have not been in contact")) }}',
        '_("No, we have not been in contact"), value="false") }}',
        "test_a_machine_that_says_it_is_our_page_still_chooses_nothing_for_the_person",
    ),
    plant(
        "mails lead to a page that nobody thought of",
        "marketplace/messages/links.py",
        'return f"{site}/"',
        'return f"{site}/me"',
        "test_every_link_in_every_mail_is_of_a_kind_that_was_scanned",
    ),
    plant(
        "who names no origin is taken for another site",
        CSRF,
        '    if origin == "null" and fetch_site == "same-origin": return\n',
        "",
        "test_every_browser_of_today_is_still_let_in",
    ),
)

NEEDS_NONE: dict[str, str] = {
    "test_a_second_request_hidden_in_the_first_ones_body_is_not_read": "the server library alone closes such a line",
}

PLANTS: tuple[Plant, ...] = (*_LET_IN, *_BENT, *_WIRE, *_CONTRACT, *_SCANNED)

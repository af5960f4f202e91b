"""What harms the worker's work: order of effect and record, leases and turns, poison, rebuilding, waking up."""

from __future__ import annotations

from tests.plants.faults_outside import ANOTHER_KEY
from tests.plants.plant import Edit, Plant, plant

PAY = "marketplace/work/pay.py"
PROJECT = "marketplace/work/project.py"
REACT = "marketplace/work/react.py"
REBUILD = "marketplace/work/rebuild.py"
SEND = "marketplace/messages/send.py"
TASKS = "marketplace/work/tasks.py"
WORKER = "marketplace/work/worker.py"

NO_LAST_LOOK = Edit(SEND, "look=lambda: _look_again(post, waiting, now)", "look=lambda: None")

_ORDER: tuple[Plant, ...] = (
    plant(
        "a reader has moved on before its rows are written",
        PROJECT,
        "        rows, parked = known.take(name, place.version), set(place.parked)\n",
        "        rows, parked = known.take(name, place.version), set(place.parked)\n"
        "        move(connection, name, entries[-1].position)\n        connection.commit()\n",
        "test_a_relay_whose_worker_is_killed_at_every_seam_comes_out_as_if_it_had_not_been",
        "test_whichever_time_a_seam_is_passed_a_kill_there_changes_nothing[1]",
    ),
    Plant(
        "a task is done before its effect",
        (
            Edit(TASKS, "SET leased_until = %(until)s,", "SET leased_until = %(until)s, done_at = %(now)s,"),
            Edit(TASKS, "SET run_at = %s, leased_until = NULL,", "SET run_at = %s, leased_until = NULL, done_at = NULL,"),
        ),
        (
            "test_a_relay_whose_worker_is_killed_at_every_seam_comes_out_as_if_it_had_not_been",
            "test_whichever_time_a_seam_is_passed_a_kill_there_changes_nothing[1]",
            "test_a_worker_killed_again_and_again_at_any_moment_leaves_a_clean_relay[1]",
        ),
    ),
    plant(
        "an event counts as answered before anything was done about it",
        REACT,
        "        entries, parked = office.log.read(place.position, BATCH), set(place.parked)\n",
        "        entries, parked = office.log.read(place.position, BATCH), set(place.parked)\n"
        "        if entries:\n            move(connection, READER, entries[-1].position)\n            connection.commit()\n",
        "test_a_relay_whose_worker_is_killed_at_every_seam_comes_out_as_if_it_had_not_been",
    ),
)
_TURNS: tuple[Plant, ...] = (
    plant(
        "who stands still keeps its turn",
        REACT,
        'f"{int(TURN_SECONDS * 1000)}ms"',
        '"0"',
        "test_a_leader_that_stands_still_is_succeeded_and_does_no_harm_when_it_wakes",
    ),
    Plant(
        "a mail is not looked at again at its end",
        (NO_LAST_LOOK,),
        (
            "test_a_worker_that_stood_still_with_a_mail_in_hand_does_not_send_it_to_who_withdrew_meanwhile",
            "test_what_is_taken_back_while_a_slow_server_thinks_is_not_sent[withdrawn]",
        ),
    ),
    Plant(
        "a task and a message are everybody's at once",
        (
            Edit(TASKS, " AND (leased_until IS NULL OR leased_until <= %(now)s)", ""),
            Edit(SEND, " AND (sending_until IS NULL OR sending_until <= %(now)s)", ""),
            NO_LAST_LOOK,
        ),
        ("test_three_workers_carry_out_each_timer_and_each_effect_once",),
    ),
    Plant(
        "a request goes out though its beginning was lost, and each time under another key",
        (
            Edit(
                PAY,
                "    with office.database.transaction() as connection:\n        if not intents.begin",
                "    with office.database.reading() as connection:\n        if not intents.begin",
            ),
            ANOTHER_KEY,
        ),
        ("test_a_worker_that_stood_still_before_stripe_and_its_successor_ask_for_one_thing",),
    ),
    plant(
        "a head that is signed already cannot be signed",
        "marketplace/store/seal.py",
        '        " ON CONFLICT (position) DO NOTHING",\n',
        '        "",\n',
        "test_two_sealers_at_once_sign_a_head_once",
    ),
    plant(
        "who lost its ear is deaf",
        WORKER,
        '                logger.warning("the listening connection was lost; polling until it is back")\n',
        "                break\n",
        "test_a_worker_whose_listening_connection_is_killed_listens_again_and_leaves_nothing_undone",
    ),
    plant(
        "nobody looks unless called",
        WORKER,
        "            wake.wait(POLL_SECONDS)\n",
        "            wake.wait()\n",
        "test_a_worker_that_hears_nothing_of_the_log_still_finds_what_is_new",
    ),
    plant(
        "a part does not hear its tether",
        "marketplace/run/tether.py",
        "    while os.read(tether, 1):",
        "    while os.read(tether, 1) is not None:",
        "test_a_part_ends_with_the_tether_it_hangs_on[polite-15]",
        "test_web_and_worker_stop_when_whoever_started_them_was_killed",
    ),
    plant(
        "a part that does not listen is left to itself",
        "marketplace/run/tether.py",
        "    os.killpg(os.getpgid(0), signal.SIGKILL)\n",
        "",
        "test_a_part_ends_with_the_tether_it_hangs_on[deaf-9]",
    ),
)
_POISON: tuple[Plant, ...] = (
    plant(
        "an event that nobody can read stops everybody who reads",
        "marketplace/store/log.py",
        "        except MapperDeserialisationError as error:\n            return Unreadable(position, stream, str(error))",
        "        except UnicodeDecodeError as error:\n            return Unreadable(position, stream, str(error))",
        "test_an_event_nobody_can_read_parks_its_stream_and_the_rest_go_on_until_it_is_repaired[unknown-topic]",
    ),
    plant(
        "what follows an event that nobody can read is folded all the same",
        PROJECT,
        "            stumbled.append(entry)\n            parked.add(entry.stream)\n",
        "            stumbled.append(entry)\n",
        "test_an_event_nobody_can_read_parks_its_stream_and_the_rest_go_on_until_it_is_repaired[unknown-topic]",
    ),
    plant(
        "a row that the database refuses stops its projection",
        PROJECT,
        "    except (psycopg.DataError, psycopg.IntegrityError):\n        return _advance(",
        "    except psycopg.IntegrityError:\n        return _advance(",
        "test_an_event_whose_row_cannot_be_kept_parks_its_stream_in_that_projection_alone",
    ),
    plant(
        "what a rule refused is never asked again",
        REACT,
        "refused.code, now, now + FIRST_WAIT\n",
        "refused.code, now, None\n",
        "test_a_reaction_that_was_refused_is_asked_again_until_it_is_allowed",
    ),
)
_REBUILDING: tuple[Plant, ...] = (
    Plant(
        "a rebuild does not hold the place it rebuilds to",
        (
            Edit(REBUILD, 'SQL("FOR UPDATE" if lock else "")', 'SQL("")'),
            Edit(REBUILD, "        project.move(connection, projection.name, until)\n", ""),
        ),
        (
            "test_two_rebuilds_at_once_end_as_one",
            "test_a_rebuild_while_people_go_on_ends_as_a_fresh_one[1]",
            "test_a_rebuild_waits_for_a_worker_in_the_midst_of_a_batch",
        ),
    ),
)
PLANTS = (*_ORDER, *_TURNS, *_POISON, *_REBUILDING)

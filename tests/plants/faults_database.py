"""What is harmed when the database fails: the append, its group, the patience of who waits, the making of tables."""

from __future__ import annotations

from tests.plants.plant import Edit, Plant, plant

APPENDER = "marketplace/store/appender.py"
DATABASE = "marketplace/store/database.py"
GROUP = "marketplace/store/group.py"
APPEND = "marketplace/run/migrations/0070_group_append.sql"
MIGRATIONS = "marketplace/run/migrations.py"
CLUSTER = "marketplace/run/postgres_cluster.py"
PROBLEM = "api/problem.py"

_TOLD: tuple[Plant, ...] = (
    plant(
        "a command that is stored is carried out again",
        APPEND,
        "IF each.stored IS NOT NULL THEN",
        "IF false THEN",
        "test_a_command_is_acknowledged_once_whatever_becomes_of_the_line"
        "[carried out, and cut before the answer arrives]",
        "test_a_command_whose_answers_are_all_lost_is_unknown_and_its_repeat_answers_with_the_first_position",
        "test_a_writer_killed_between_commit_and_answer_gets_the_first_position_when_it_asks_again",
        "test_a_process_of_eight_threads_killed_at_any_moment_leaves_every_command_whole_or_undone",
        "test_a_process_of_eight_threads_killed_twenty_times_leaves_every_command_whole_or_undone",
        "test_a_line_cut_sixty_times_under_eight_writers_loses_and_doubles_nothing",
        "test_a_line_cut_a_thousand_times_under_eight_writers_loses_and_doubles_nothing",
        "test_each_of_twelve_threads_is_told_what_became_of_its_own_command",
        "test_a_command_that_the_database_calls_too_large_is_refused_alone",
    ),
    plant(
        "a broken line is not asked again",
        APPENDER,
        "return rolled_back or (broken and not isinstance(error, NoAnswer))",
        "return rolled_back",
        "test_a_command_is_acknowledged_once_whatever_becomes_of_the_line[cut before the server hears of it]",
    ),
    plant(
        "a server that cannot be reached is taken for one command's fault",
        APPENDER,
        "                if attempt == RESENDS:\n                    raise OperationalError(str(error)) from error",
        "                if attempt == RESENDS:\n                    raise",
        "test_a_server_that_takes_no_more_connections_loses_and_doubles_nothing",
        "test_a_command_whose_answers_are_all_lost_is_unknown_and_its_repeat_answers_with_the_first_position",
        "test_a_full_disk_under_the_log_of_the_database_stops_it_and_loses_nothing",
        "test_a_server_killed_twice_under_eight_writers_loses_and_doubles_nothing",
        "test_a_server_killed_again_and_again_under_eight_writers_loses_and_doubles_nothing",
    ),
    plant(
        "acknowledged before it is on the disk",
        DATABASE,
        '-c lock_timeout=5s -c statement_timeout=7s"',
        '-c lock_timeout=5s -c statement_timeout=7s -c synchronous_commit=off"',
        "test_a_server_killed_twice_under_eight_writers_loses_and_doubles_nothing",
        "test_a_server_killed_again_and_again_under_eight_writers_loses_and_doubles_nothing",
    ),
    plant(
        "a full disk is taken for one command's fault",
        APPENDER,
        '_STOPS_ALL = ("53", ',
        "_STOPS_ALL = (",
        "test_a_full_disk_under_the_tables_refuses_commands_and_loses_none",
    ),
    plant(
        "a lock that is not to be had is taken for one command's fault",
        APPENDER,
        '_STOPS_ALL = ("53", "55", ',
        '_STOPS_ALL = ("53", ',
        "test_who_waits_for_a_stopped_holder_of_the_append_lock_is_told_so_in_five_seconds",
        "test_appending_backends_stopped_again_and_again_under_eight_writers_lose_and_double_nothing",
    ),
)

_GROUPS: tuple[Plant, ...] = (
    plant(
        "who appends does not wait for who appends",
        APPEND,
        "    PERFORM pg_advisory_xact_lock(7160293847);\n",
        "",
        "test_a_server_that_takes_no_more_connections_loses_and_doubles_nothing",
        "test_who_waits_for_a_stopped_holder_of_the_append_lock_is_told_so_in_five_seconds",
        "test_a_backend_stopped_with_the_append_lock_in_its_hand_leaves_its_command_whole_or_undone",
    ),
    plant(
        "who was decided on what another one writes meets it in one group",
        GROUP,
        "                    or not written.isdisjoint(errand.versions)\n",
        "",
        "test_each_of_twelve_threads_is_told_what_became_of_its_own_command",
        "test_each_of_twelve_threads_is_told_its_own_three_hundred_times",
    ),
    plant(
        "one bad command spoils its group",
        APPENDER,
        "            if len(group) == 1:\n                return [_meaning(error)]",
        "            return [_meaning(error)] * len(group)",
        "test_each_of_twelve_threads_is_told_what_became_of_its_own_command",
        "test_a_command_that_the_database_calls_too_large_is_refused_alone",
        "test_each_of_twelve_threads_is_told_its_own_three_hundred_times",
    ),
    plant(
        "what is too large for the database is taken for a database that fails",
        APPENDER,
        '_STOPS_ALL = ("53", "55", ',
        '_STOPS_ALL = ("53", "54", "55", ',
        "test_a_command_that_the_database_calls_too_large_is_refused_alone",
    ),
)

_PATIENCE: tuple[Plant, ...] = (
    plant(
        "a server that is silent is waited for without an end",
        DATABASE,
        "            return super().wait(gen, interval, self.patience_seconds)\n",
        "            return super().wait(gen, interval, timeout)\n",
        "test_a_backend_stopped_with_the_append_lock_in_its_hand_leaves_its_command_whole_or_undone",
        "test_who_reads_from_a_stopped_backend_is_told_so_and_reads_on_after_it",
        "test_the_site_says_try_later_while_the_database_stands_still_and_serves_again_after_it",
    ),
    Plant(
        "who waits for the append's lock waits on",
        (
            Edit(
                DATABASE,
                'LOG_OPTIONS = "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=7s"',
                'LOG_OPTIONS = "-c timezone=UTC"',
            ),
            Edit(DATABASE, "patience_seconds: float | None = 8.0", "patience_seconds: float | None = 800.0"),
        ),
        (
            "test_who_waits_for_a_stopped_holder_of_the_append_lock_is_told_so_in_five_seconds",
            "test_appending_backends_stopped_again_and_again_under_eight_writers_lose_and_double_nothing",
        ),
    ),
    plant(
        "a site without a free connection answers with an error of its own",
        PROBLEM,
        "(psycopg.OperationalError, PoolTimeout, *NO_ANSWER)",
        "NO_ANSWER",
        "test_a_site_whose_connections_are_all_in_use_says_try_later_and_serves_again",
        "test_the_site_says_try_later_while_the_database_stands_still_and_serves_again_after_it",
    ),
    plant(
        "a free connection is waited for as long as it takes",
        DATABASE,
        "            timeout=10,\n",
        "            timeout=600,\n",
        "test_a_site_whose_connections_are_all_in_use_does_not_wait_longer_than_its_own_patience",
    ),
)

_MADE: tuple[Plant, ...] = (
    plant(
        "two migrate at once",
        MIGRATIONS,
        "pg_advisory_lock",
        "pg_try_advisory_lock",
        "test_no_command_fails_while_two_processes_migrate",
        "test_no_command_fails_while_two_processes_migrate_ten_times",
        "test_of_processes_that_begin_at_once_on_an_empty_database_one_makes_it_and_the_others_are_told",
    ),
    plant(
        "a projection with new tables reads on from where it stood",
        MIGRATIONS,
        '        connection.execute("DELETE FROM projection_position WHERE name = %s", [name])\n',
        "",
        "test_no_command_fails_while_two_processes_migrate",
        "test_no_command_fails_while_two_processes_migrate_ten_times",
    ),
    plant(
        "two make one database at once",
        "marketplace/run/postgres.py",
        'connection.execute("SELECT pg_advisory_lock(%s)", [_DATABASES_LOCK])',
        'connection.execute("SELECT pg_try_advisory_lock(%s)", [_DATABASES_LOCK])',
        "test_two_that_make_the_same_database_at_once_both_find_it_made",
    ),
    plant(
        "the first to leave stops the database for all",
        CLUSTER,
        "fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(again, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        "test_two_sites_on_the_same_data_share_it_and_the_last_to_end_stops_the_database",
    ),
    plant(
        "the last to leave lets the database run",
        CLUSTER,
        "                return\n            self._end()\n",
        "                return\n",
        "test_two_sites_on_the_same_data_share_it_and_the_last_to_end_stops_the_database",
    ),
)

PLANTS: tuple[Plant, ...] = (*_TOLD, *_GROUPS, *_PATIENCE, *_MADE)

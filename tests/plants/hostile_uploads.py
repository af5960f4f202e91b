"""What harms the doors that take files: bounds that are not kept, names and lengths that are believed."""

from __future__ import annotations

from tests.plants.plant import Plant, plant

ARCHIVE = "marketplace/importing/archive.py"
BOUNDED = "marketplace/importing/bounded.py"
MULTIPART = "api/multipart.py"

_FILES: tuple[Plant, ...] = (
    plant(
        "an archive may unpack to a thousand times its size",
        ARCHIVE,
        "RATIO_LIMIT: Final = 100",
        "RATIO_LIMIT: Final = 100_000",
        "test_a_hostile_file_is_refused_by_the_api_and_changes_nothing[a bomb by ratio]",
    ),
    plant(
        "an archive may hold as many files as it likes",
        ARCHIVE,
        "ENTRIES_LIMIT: Final = 50",
        "ENTRIES_LIMIT: Final = 50_000_000",
        "test_every_hostile_file_is_refused_by_the_api_and_changes_nothing[51 files]",
    ),
    plant(
        "a table may be as wide as it likes",
        "marketplace/importing/tabular.py",
        "    if len(headings) > COLUMNS_LIMIT and any(headings[COLUMNS_LIMIT:]):",
        "    if len(headings) > COLUMNS_LIMIT and all(headings) and not headings:",
        "test_a_hostile_file_is_refused_in_the_terminal_within_bounds[a million columns]",
        "test_every_hostile_file_is_refused_by_the_page_and_changes_nothing[a million columns]",
        "test_a_hostile_file_is_refused_by_the_api_and_changes_nothing[a million columns]",
    ),
    plant(
        "a reader may take all memory",
        BOUNDED,
        "MEMORY_LIMIT_BYTES: Final = 512 * 1024**2",
        "MEMORY_LIMIT_BYTES: Final = 64 * 1024**3",
        "test_a_file_that_eats_memory_ends_its_reader_and_not_the_site",
        "test_every_big_file_is_refused_in_the_terminal_within_bounds[twenty megabytes of pairs]",
    ),
    plant(
        "everything is read where everybody is served",
        BOUNDED,
        "READ_HERE_BYTES: Final = 64 * 1024\n",
        "READ_HERE_BYTES: Final = 64 * 1024 * 1024\n",
        "test_a_file_that_eats_memory_ends_its_reader_and_not_the_site",
    ),
    plant(
        "eight files are read at once",
        BOUNDED,
        "AT_ONCE: Final = 2",
        "AT_ONCE: Final = 8",
        "test_eight_bombs_at_once_leave_the_site_answering_and_its_memory_bounded",
    ),
    plant(
        "the terminal reads much more than any file may have",
        "marketplace/run/importing.py",
        "opened.read(JSON_LIMIT_BYTES + 1)",
        "opened.read(JSON_LIMIT_BYTES * 50)",
        "test_what_never_ends_is_not_read_to_its_end_in_the_terminal",
    ),
)
_NAMES_AND_CELLS: tuple[Plant, ...] = (
    plant(
        "a file may be called whatever shows backwards or leads out",
        "marketplace/importing/check.py",
        "    if not file_name(filename):",
        "    if not filename:",
        "test_a_hostile_file_is_refused_by_the_page_and_changes_nothing[a name shown backwards]",
        "test_a_hostile_file_is_refused_by_the_api_and_changes_nothing[a name shown backwards]",
    ),
    plant(
        "a cell that looks like a formula loses its sign",
        "marketplace/importing/values.py",
        """    if text[:1] == "'" and text[1:2] in _FORMULA_SIGNS: text = text[1:]""",
        "    if text[:1] in _FORMULA_SIGNS: text = text[1:]",
        "test_cells_that_are_formulas_come_in_as_the_text_they_are",
    ),
    plant(
        "a door that takes a file is as narrow as all others",
        "api/v1/imports.py",
        "    most_bytes=JSON_LIMIT_BYTES,\n",
        "",
        "test_these_are_all_doors_that_take_a_file",
    ),
)
_FORMS: tuple[Plant, ...] = (
    plant(
        "a form may have as many parts as it likes",
        MULTIPART,
        ".split(mark, FORM_FIELDS_MOST + 2)",
        ".split(mark)",
        "test_a_form_that_lies_is_refused_with_a_page_and_changes_nothing[more than five hundred parts]",
    ),
    plant(
        "a folder in a file's name stays",
        MULTIPART,
        '    return re.split(r"[/\\\\]", name)[-1].strip()',
        "    return name.strip()",
        "test_a_folder_in_a_name_is_left_out_and_opens_nothing",
    ),
)
PLANTS = (*_FILES, *_NAMES_AND_CELLS, *_FORMS)

"""Data sets: from a file to a table, cleaned, put away, taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pandas as pd
import pytest

from engine.errors import BadFile, BadTable, NotFound, UserError
from engine.table.columns import ROW
from engine.table.options import ReadOptions
from engine.table.steps import Ignore, Rename, Retype
from services import belongings, datasets, downloads, importing, retention, runs, splits
from services.access import User
from services.house import House
from storage.queries import datasets as stored
from tests.services.doing import imported, people, quick, send, trained, work


def test_file_becomes_a_version(ada: User) -> None:
    upload_id = send(ada, people(), "customers.csv")
    assert datasets.inspect(ada, upload_id).names == ("age", "city", "visits", "bought")
    dataset = datasets.import_dataset(ada, upload_id, "")
    assert dataset.name == "customers"
    view = datasets.dataset(ada, dataset.id)
    assert view.latest.status == "importing"
    assert datasets.import_progress(ada, view.latest.id).waiting
    with pytest.raises(BadTable, match="still being read"):
        datasets.preview(ada, view.latest.id)
    work()
    latest = datasets.dataset(ada, dataset.id).latest
    assert (latest.status, latest.rows, latest.columns) == ("ready", 300, 4)
    assert latest.options["delimiter"] == ","
    assert datasets.import_progress(ada, latest.id).fraction == 1.0
    frame = datasets.preview(ada, latest.id, offset=298, limit=10)
    assert list(frame.index) == [298, 299]
    assert frame.index.name == ROW
    assert frame["city"].tolist() == ["Oslo", "北京"]
    kinds = {column.name: column.kind for column in datasets.schema(ada, latest.id).columns}
    assert kinds == {"age": "number", "city": "category", "visits": "number", "bought": "boolean"}


def test_second_click_imports_once(ada: User) -> None:
    upload_id = send(ada, people())
    assert datasets.import_dataset(ada, upload_id, "A") == datasets.import_dataset(ada, upload_id, "B")
    assert datasets.list_datasets(ada).total == 1


def test_version_that_failed_hides_no_data_set(ada: User, home: House) -> None:
    version = imported(ada, people())
    made = datasets.apply_steps(ada, version.id, [Retype(column="age", kind="category")])
    assert [line.latest for line in datasets.ready_datasets(ada)] == [version], "while another one is being made"
    with home.database.write() as session:
        stored.failed(session, made.id, None)
    assert [line.latest for line in datasets.ready_datasets(ada)] == [version]
    with home.database.write() as session:
        first = stored.add_version(session, stored.add(session, ada.id, "bad"))
        stored.failed(session, first.id, None)
    assert datasets.list_datasets(ada).lines[0].latest.status == "failed"  # type: ignore[union-attr]


def test_facts_associations_and_findings(ada: User) -> None:
    version = imported(ada, people())
    facts = {each.name: each for each in datasets.facts(ada, version.id)}
    assert facts["city"].distinct == 3
    assert facts["age"].rows == 300
    assert datasets.associations(ada, version.id, "bought")["age"].strength > 0.3
    assert datasets.findings(ada, version.id, "bought") == datasets.findings(ada, version.id, "bought")
    with pytest.raises(BadTable, match="no column"):
        datasets.associations(ada, version.id, "Bought <b>")


def test_large_table_is_looked_at_in_a_sample(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SAMPLE_ROWS", 100)
    version = imported(ada, people(1000))
    assert datasets.associations(ada, version.id, "bought")["age"].rows == 100
    assert datasets.facts(ada, version.id)[0].rows == 1000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "“table.csv”"),
        ("a,b\n", "no rows of values"),
        ("a,b\n1,2\n1,2,3\n", "Row 3 has 3 cells instead of 2"),
        ("a\x00b,c\n1,2\n", "“table.csv”"),
    ],
)
def test_bad_file_says_so_and_makes_no_table(home: House, ada: User, content: str, said: str) -> None:
    upload_id = send(ada, content)
    with suppress(BadFile):
        datasets.inspect(ada, upload_id)
    dataset = datasets.import_dataset(ada, upload_id, "Bad")
    work()
    version = datasets.dataset(ada, dataset.id).latest
    assert version.status == "failed"
    assert version.error is not None
    assert said in version.error["text"].format(**version.error["values"])
    assert not home.files.path(f"datasets/{dataset.id}").exists() or not list(
        home.files.path(f"datasets/{dataset.id}").rglob("*.*")
    )


def test_options_that_a_person_corrected_are_kept(ada: User) -> None:
    upload_id = send(ada, "a;b\n1,5;x\n2,5;y\n")
    options = datasets.inspect(ada, upload_id, ReadOptions(decimal=",")).options
    dataset = datasets.import_dataset(ada, upload_id, "Commas", options)
    work()
    latest = datasets.dataset(ada, dataset.id).latest
    assert datasets.preview(ada, latest.id)["a"].tolist() == [1.5, 2.5]


def test_steps_make_a_new_version_and_keep_rows_and_the_old_one(ada: User) -> None:
    first = imported(ada, people())
    second = datasets.apply_steps(ada, first.id, [Rename(column="city", to="town"), Ignore(column="visits")], "tidy")
    third_steps = [Retype(column="age", kind="category")]
    work()
    third = datasets.apply_steps(ada, second.id, third_steps)
    work()
    third = datasets.version(ada, third.id)
    assert (third.number, third.parent, len(third.steps), third.note) == (3, second.id, 3, "")
    frame = datasets.preview(ada, third.id, limit=1000)
    assert list(frame.index) == list(range(300))
    assert list(frame.columns) == ["age", "town", "visits", "bought"]
    assert datasets.schema(ada, third.id)["age"].kind == "category"
    assert datasets.schema(ada, first.id)["age"].kind == "number"


def test_steps_that_do_not_fit_are_refused_at_once(ada: User) -> None:
    version = imported(ada, people())
    with pytest.raises(BadTable, match="Is “city” meant"):
        datasets.apply_steps(ada, version.id, [Ignore(column="City")])
    with pytest.raises(UserError):
        datasets.apply_steps(ada, version.id, [])
    assert len(datasets.dataset(ada, version.dataset).versions) == 1


def test_test_rows_stay_test_rows_in_later_versions(home: House, ada: User) -> None:
    first = imported(ada, people())
    recipe = quick(runs.suggest(ada, first.id, "bought"))
    before = splits.membership(home, first, recipe)
    second = datasets.apply_steps(ada, first.id, [Retype(column="age", kind="category")])
    work()
    after = splits.membership(home, datasets.version(ada, second.id), recipe)
    assert before.equals(after)
    assert set(before) == {"train", "validation", "test"}


def test_test_rows_stay_test_rows_under_another_name_and_kind(home: House, ada: User) -> None:
    first = imported(ada, people())
    before = splits.membership(home, first, quick(runs.suggest(ada, first.id, "bought")))
    renamed = [
        Rename(column="bought", to="left"),
        Retype(column="left", kind="category"),
        Rename(column="left", to="kauf"),
    ]
    second = datasets.apply_steps(ada, first.id, renamed)
    work()
    later = quick(runs.suggest(ada, second.id, "kauf"))
    assert before.equals(splits.membership(home, datasets.version(ada, second.id), later))


def test_sample_is_imported_once(ada: User, ben: User) -> None:
    dataset = datasets.import_sample(ada, "penguins")
    work()
    assert datasets.dataset(ada, dataset.id).latest.rows == 344
    assert datasets.import_sample(ada, "penguins") == dataset
    assert datasets.import_sample(ben, "penguins").id != dataset.id
    with pytest.raises(NotFound):
        datasets.import_sample(ada, "unicorns")


def test_list_searches_sorts_and_pages(ada: User) -> None:
    names = ["Wine", "客户", "apples & <b>pears</b>"]
    for name in names:
        datasets.import_dataset(ada, send(ada, people(20)), name)
    assert [line.dataset.name for line in datasets.list_datasets(ada).lines] == names[::-1]
    assert datasets.list_datasets(ada, sort="name").lines[0].dataset.name == names[2]
    assert [line.dataset.name for line in datasets.list_datasets(ada, search="客").lines] == ["客户"]
    assert datasets.list_datasets(ada, search="%").total == 0
    beyond = datasets.list_datasets(ada, page=7)
    assert (len(beyond.lines), beyond.total, beyond.pages) == (3, 3, 1), "its last page"


def test_trash_can_be_undone_until_it_is_emptied(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    version = imported(ada, people())
    run = trained(ada, version)
    datasets.trash(ada, version.dataset)
    assert datasets.list_datasets(ada).total == 0
    assert datasets.list_datasets(ada, trashed=True).total == 1
    datasets.restore(ada, version.dataset)
    assert datasets.list_datasets(ada).total == 1
    datasets.trash(ada, version.dataset)
    retention.sweep(home)
    assert home.files.path(f"datasets/{version.dataset}").exists()
    assert list((home.settings.data / "cache").rglob("truth.npy"))
    monkeypatch.setattr(retention, "now", lambda: run.created.replace(year=2100))
    retention.sweep(home)
    assert not home.files.path(f"datasets/{version.dataset}").exists()
    assert not list((home.settings.data / "cache").rglob("truth.npy"))
    with pytest.raises(NotFound, match="erased"):
        datasets.restore(ada, version.dataset)
    with pytest.raises(BadTable, match="erased"):
        datasets.preview(ada, version.id)
    assert runs.run(ada, run.id).dataset_name == "table"
    assert runs.evaluation(ada, run.id).rows > 0


def test_data_set_is_not_erased_under_a_run(home: House, ada: User, ben: User) -> None:
    version = imported(ada, people())
    run = runs.start_run(ben, version.id, quick(runs.suggest(ben, version.id, "bought")), "His", "click")
    datasets.trash(ada, version.dataset)
    for erase in (belongings.empty_trash, belongings.erase_all):
        with pytest.raises(
            UserError, match="“table” cannot be erased now, because the run “His” of Ben learns from it"
        ):
            erase(ada)
    retention.sweep(replace(home, settings=home.settings.model_copy(update={"trash_days": 0})))
    assert home.files.exists(version.table_key or "")
    work("train")
    assert runs.run(ben, run.id).status == "finished"
    belongings.empty_trash(ada)
    assert not home.files.exists(version.table_key or "")


def test_own_waiting_run_goes_with_its_data_set(home: House, ada: User) -> None:
    version = imported(ada, people())
    runs.start_run(ada, version.id, quick(runs.suggest(ada, version.id, "bought")), "Mine", "click")
    belongings.erase_all(ada)
    assert not belongings.of(ada).anything


def test_what_is_erased_while_it_is_read_stays_erased(home: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = datasets.import_dataset(ada, send(ada, people()), "Mine")
    facts = importing.column_facts

    def slow(*arguments: object) -> object:
        retention.erase_dataset(home, dataset.id)
        return facts(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "column_facts", slow)
    work()
    latest = datasets.dataset(ada, dataset.id).latest
    assert (latest.status, latest.table_key, latest.rows) == ("failed", None, None)
    assert [file for file in home.files.folder.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_table_downloads_without_formulas(ada: User, format: downloads.Format) -> None:
    rows = "".join(
        f'{value},"{text}"\n' for value, text in ((-1.5, "=1+1"), (2, "@x"), (3, "-5"), (4, "plain"), (5, "+a"))
    )
    version = imported(ada, "amount,=HYPERLINK\n" + rows)
    made = datasets.table_download(ada, version.id, format)
    assert made.filename == f"table version 1.{format}"
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": pd.read_parquet}[format]
    frame = read(made.path, **({"engine": "calamine"} if format == "xlsx" else {}))  # type: ignore[operator]
    assert frame["amount"].tolist() == [-1.5, 2, 3, 4, 5]
    if format != "parquet":
        assert list(frame.columns) == ["amount", "'=HYPERLINK"]
        assert [str(cell) for cell in frame["'=HYPERLINK"]] == ["'=1+1", "'@x", "-5", "plain", "'+a"]


def test_names_are_kept_as_written_without_control_characters(ada: User) -> None:
    version = imported(ada, people(20))
    datasets.rename(ada, version.dataset, "  “Q3”\x00 <script>alert(1)</script>\n客户 ")
    datasets.star(ada, version.dataset)
    found = datasets.dataset(ada, version.dataset).dataset
    assert found.name == "“Q3” <script>alert(1)</script> 客户"
    assert found.starred
    with pytest.raises(UserError):
        datasets.rename(ada, version.dataset, " \n")

"""The Data page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import access, datasets, uploads
from services.access import User
from services.house import House
from services.importing import carry_out_import
from storage.queries import datasets as stored
from tests.engine.table.archives import packed, picture
from tests.pages.conftest import Visit
from tests.pages.test_shell import keys, words

TABLE = "id,age,paid,plan\n" + "\n".join(
    f"c{i},{'?' if i % 20 == 0 else 20 + i % 50},{i * 1.5},{'gold' if i % 3 else 'base'}" for i in range(200)
)
NASTY = '<b>$x$</b> :red[*a*] 中文 🎉 "q"'
PAIRS = (("buy pills", "spam"), ("have lunch", "ham"))
Bring = Callable[..., int]


def names(at: AppTest) -> set[str]:
    """The data sets that the list shows."""
    return {button.label for button in at.button if str(button.key).startswith("open ")}


def test_list_shows_each_data_set_with_its_size(visit: Visit, bring: Bring) -> None:
    bring(TABLE, "First")
    bring("a,b\n1,x\n2,y\n3,x\n", "Second")
    at = visit("data")
    assert names(at) == {"First", "Second"}
    assert "200 rows · 4 columns" in words(at)


def test_search_finds_by_name_and_says_when_it_finds_nothing(visit: Visit, bring: Bring) -> None:
    bring(TABLE, "First")
    bring(TABLE, "Second")
    at = visit("data", q="sec")
    assert names(at) == {"Second"}
    assert at.text_input(key="q").placeholder == "Search names"
    said = words(visit("data", q="third"))
    assert "Nothing found" in said
    assert "No data set has these words in its name." in said


def test_trash_can_be_opened_and_undone(visit: Visit, bring: Bring, ada: User) -> None:
    known = bring(TABLE, "First")
    datasets.trash(ada, known)
    assert not names(visit("data"))
    at = visit("data", trash="true")
    at.button(key=f"restore {known}").click().run()
    assert not at.exception
    assert datasets.dataset(ada, known).dataset.trashed_at is None


def test_only_the_owner_gets_buttons_that_change(visit: Visit, bring: Bring) -> None:
    known = bring(TABLE, "First")
    assert visit("data", id=known).button(key="rename")
    with pytest.raises(KeyError):
        visit("data", name="Ben", id=known).button(key="rename")


@pytest.mark.parametrize("tab", ["preview", "columns", "clean", "versions", "used", "no such tab"])
def test_every_tab_renders(visit: Visit, bring: Bring, tab: str) -> None:
    at = visit("data", id=bring(TABLE), tab=tab)
    assert not at.exception, at.exception[0].message
    assert not at.error


@pytest.mark.parametrize("tab", ["preview", "columns", "clean", "versions"])
def test_names_are_shown_as_text(visit: Visit, bring: Bring, tab: str) -> None:
    header = NASTY.replace('"', '""')
    known = bring(f'"{header}",b\n' + "\n".join(f"<i>{i % 7}</i>,{i}" for i in range(60)), NASTY)
    at = visit("data", id=known, tab=tab)
    assert not at.exception
    shown = [element.value for element in [*at.title, *at.markdown, *at.caption]]
    assert not [value for value in shown if "<b>" in str(value) or ":red[*" in str(value)]
    assert NASTY in at.title[0].value.replace("\\", "").replace("\u2060", "")


def test_one_click_mends_a_warning_and_makes_a_new_version(visit: Visit, bring: Bring, ada: User) -> None:
    known = bring(TABLE)
    at = visit("data", id=known, tab="columns")
    button = next(button for button in at.button if button.label == "Count as missing")
    button.click().run()
    assert not at.exception
    view = datasets.dataset(ada, known)
    assert [version.number for version in view.versions] == [2, 1]
    assert view.versions[0].steps[0]["op"] == "as missing"
    assert at.query_params["version"] == str(view.versions[0].id)


def test_a_warning_says_once_on_how_many_rows_it_rests(visit: Visit, bring: Bring) -> None:
    table = "a,b\n" + "".join(f"{i % 40 if i % 9 else '?'},x\n" for i in range(200))
    at = visit("data", id=bring(table), tab="columns")
    said = [each.value for each in at.markdown if ":material/warning:" in each.value]
    assert [line.count("200 rows") for line in said] == [1, 1]


def test_several_columns_are_mended_at_once_and_that_is_undone_and_done_again(
    home: House, visit: Visit, bring: Bring, ada: User
) -> None:
    known = bring("a,b,c\n" + "".join(f"{i if i % 9 else '?'},{i * 3 if i % 8 else '?'},x\n" for i in range(80)))
    sent = datasets.dataset(ada, known).latest
    at = visit("data", id=known, tab="columns")
    at.button(key=f"all as missing {sent.id}").click().run()
    made, _sent = datasets.dataset(ada, known).versions
    assert [(step["op"], step["column"]) for step in made.steps] == [("as missing", "a"), ("as missing", "b")]
    carry_out_import(home, made.id, lambda fraction: None)
    at = visit("data", id=known, tab="columns")
    at.button(key="undo").click().run()
    assert not at.exception, at.exception[0].message
    assert at.query_params["version"] == str(sent.id)
    assert "redo" not in keys(visit("data", name="Ben", version=made.id))
    for key, latest in (("redo", sent.id), ("undo", made.id)):
        assert datasets.dataset(ada, known).latest.id == latest
        assert [line.latest.id for line in datasets.ready_datasets(ada) if line.latest] == [latest]
        at = visit("data", version=made.id)
        at.button(key=key).click().run()
        assert not at.exception, at.exception[0].message
    assert datasets.dataset(ada, known).latest.id == sent.id


def test_target_shows_what_goes_with_it(visit: Visit, bring: Bring) -> None:
    at = visit("data", id=bring(TABLE), tab="columns", target="plan")
    assert not at.exception
    assert "tells" in at.dataframe[0].value.columns
    assert at.dataframe[0].value["tells"].notna().any()


def test_what_is_noted_of_columns_stands_below_their_table(visit: Visit, bring: Bring) -> None:
    at = visit("data", id=bring(TABLE), tab="columns", column="id")
    said = words(at).replace("\\", "")
    assert "These facts rest on 200 rows. id: every value is different" in said
    assert "every value is different" in str(at.table[0].value)


def test_a_step_is_tried_before_it_is_done(visit: Visit, bring: Bring, ada: User) -> None:
    known = bring(TABLE)
    version = datasets.dataset(ada, known).latest.id
    at = visit("data", id=known, tab="clean")
    at.selectbox(key=f"step column {version}").select("age").run()
    at.multiselect(key=f"values {version} age").set_value(["?"]).run()
    assert not at.exception
    assert "What it would do" in words(at)
    assert "? :material/arrow_forward: **missing**" in words(at)


def test_file_that_arrived_is_shown_and_can_be_imported_once(visit: Visit, ada: User, tmp_path: Path) -> None:
    file = tmp_path / "prices;de.csv"
    file.write_text("was;preis\n" + "\n".join(f"ding {i};{i},50" for i in range(50)))
    upload = uploads.copy_in(ada, file)
    at = visit("data", upload=upload.id)
    assert not at.exception
    assert at.selectbox(key=f"file {upload.id} delimiter").value == ";"
    assert at.selectbox(key=f"file {upload.id} decimal").value == ","
    assert at.text_input(key=f"file {upload.id} name").value == "prices;de"
    at.button(key="primary action").click().run()
    assert datasets.list_datasets(ada).total == 1


def test_a_version_that_could_not_be_made_says_why(visit: Visit, home: House, ada: User, tmp_path: Path) -> None:
    file = tmp_path / "lost.csv"
    file.write_text("a,b\n1,x\n2,y\n")
    made = datasets.import_dataset(ada, uploads.copy_in(ada, file).id, "Lost")
    error = {"kind": "bug", "text": "“{name}” is gone.", "values": {"name": NASTY}}
    with home.database.write() as session:
        stored.failed(session, datasets.dataset(ada, made.id).latest.id, error)
    at = visit("data", id=made.id)
    assert not at.exception
    assert f"“{NASTY}” is gone." in words(at)


def test_correcting_the_delimiter_changes_the_preview(visit: Visit, ada: User, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "\n".join(f"{i},{i}" for i in range(30)))
    upload = uploads.copy_in(ada, file)
    at = visit("data", upload=upload.id)
    assert at.dataframe[0].value.shape[1] == 2
    at.selectbox(key=f"file {upload.id} delimiter").select(";").run()
    assert not at.exception
    assert at.dataframe[0].value.shape[1] == 1


def test_file_that_cannot_be_read_is_told_and_nothing_is_kept(visit: Visit, ada: User, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    at = visit("data", upload=uploads.copy_in(ada, file).id)
    assert not at.exception
    assert at.error
    assert datasets.list_datasets(ada).total == 0


def test_file_with_a_row_that_does_not_fit_is_told_and_cannot_be_imported(
    visit: Visit, ada: User, tmp_path: Path
) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text("a,b,c\n" + "1,2,3\n" * 30 + "1,2\n")
    upload = uploads.copy_in(ada, file)
    at = visit("data", upload=upload.id)
    assert not at.exception
    assert "Row 32 has 2 cells instead of 3" in at.error[0].value.replace("\\", "")
    assert at.button(key="primary action").disabled
    assert at.selectbox(key=f"file {upload.id} delimiter").value == ","


def test_somebody_elses_upload_is_not_shown(visit: Visit, tmp_path: Path) -> None:
    ben = access.sign_in("Ben")[0]
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    at = visit("data", upload=uploads.copy_in(ben, file).id)
    assert not at.exception
    assert "Only the person who made this" in words(at)


def test_pictures_have_a_tab_of_their_own(home: House, visit: Visit, ada: User, tmp_path: Path) -> None:
    members = {f"{kind}/{i}.png": picture(i + 50 * (kind == "b")) for kind in "ab" for i in range(12)}
    upload = uploads.copy_in(ada, packed(tmp_path / "pets.zip", members | {"b/torn.png": b"x"}))
    at = visit("data", upload=upload.id)
    assert not at.exception
    assert "Each folder is a class" in words(at)
    known = datasets.import_dataset(ada, upload.id, "Pets").id
    carry_out_import(home, datasets.dataset(ada, known).latest.id, lambda fraction: None)
    for tab in ("preview", "columns", "pictures"):
        at = visit("data", id=known, tab=tab)
        assert not at.exception, at.exception[0].message
        assert not at.error
    assert "8 of 12 pictures" in words(at)
    assert "“b/torn.png”" in words(visit("data", id=known, tab="preview"))
    at.selectbox(key=f"gallery class {datasets.dataset(ada, known).latest.id} label").select("b").run()
    assert not at.exception
    assert "12 pictures" in words(at)


def test_words_that_tell_a_class_are_shown(visit: Visit, bring: Bring) -> None:
    text = "said,kind\n" + "".join(f"{w} with number {i} and so on,{k}\n" for i in range(30) for w, k in PAIRS)
    at = visit("data", id=bring(text), tab="columns", target="kind", column="said")
    assert not at.exception
    assert "Words that tell each class" in words(at)
    assert "pills" in str([table.value for table in at.table])


def test_a_class_that_no_word_tells_is_named_as_text(visit: Visit, bring: Bring) -> None:
    header = NASTY.replace('"', '""')
    text = f'said,"{header}"\n' + "".join(f"the same words with number {i} and so on,{i % 3}\n" for i in range(60))
    at = visit("data", id=bring(text), tab="columns", target=NASTY, column="said")
    assert not at.exception
    assert "by itself" in words(at)
    assert "<b>" not in "".join(str(element.value) for element in [*at.caption, *at.markdown])

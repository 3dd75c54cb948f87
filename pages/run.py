"""Run: one address for a run while it waits, while it learns, and for what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.errors import NotFound
from engine.events import Note
from engine.recipe import Recipe
from engine.results import Evaluation
from engine.table.columns import ROW
from pages.components import session
from pages.components.absent import choose_from
from pages.components.charts.classes import confusion
from pages.components.charts.comparing import against_simpler
from pages.components.charts.labels import label_scores
from pages.components.charts.learning import loss_curve, score_curve
from pages.components.charts.numbers import predicted_true
from pages.components.charts.reasons import importance
from pages.components.charts.show import Chart, ground, show
from pages.components.charts.style import Ground
from pages.components.examples import examples
from pages.components.feedbacks import feedback_list
from pages.components.layout import (
    aside,
    empty,
    header,
    link,
    open_page,
    plain,
    problem,
    query_number,
    reason_of,
    tabs,
    told,
)
from pages.components.live import device_in_words, live, whole_log
from pages.components.mistakes import mistakes
from pages.components.models.adding import as_version
from pages.components.outcome import verdict_card
from pages.components.report import Subject, report_html
from pages.components.share import share
from pages.components.suspects import suspected
from pages.components.trying import try_it
from pages.components.words import _, duration, exact, number
from services import models, runs
from services.downloads import csv_of

user = session.me()


def status_title(status: str) -> str:
    """Where the run stands, in words."""
    return {
        "queued": _("Waiting for its turn"), "running": _("Running"), "finished": _("Finished"),
        "failed": _("Failed"), "stopped": _("Stopped"),
    }[status]  # fmt: skip


def heading(run: runs.Run) -> None:
    """Name, what it is, and what can be done with it."""
    finished = run.status == "finished"
    head = header(
        run.name, primary=_("Predict") if finished else "", icon=":material/auto_awesome:" if finished else None
    )
    if head.pressed:
        open_page("predict", run=run.id)
    with head.more:
        share("share-run")
        more(run)
    device = Note.model_validate(run.device) if run.device else None
    spent = (run.finished - run.started).total_seconds() if run.finished and run.started else None
    parts = [
        status_title(run.status),
        _("predicts {target}").format(target=run.target),
        _("took {time}").format(time=duration(round(spent))) if spent is not None else "",
        device_in_words(device) if device else "",
        _("by {name}").format(name=run.owner_name),
    ]
    aside(*parts, when=run.finished or run.created)
    in_models = finished and as_version(run, models.places(user, run.id))
    if run.trashed_at is not None:
        in_trash(run, needed=in_models)
    if run.tags or run.notes:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in run.tags) + "  \n" + plain(run.notes))


def in_trash(run: runs.Run, *, needed: bool) -> None:
    """A run in the trash says so, and its owner gets it back with one click; one `needed` by a model stays there."""
    words = _("This run is in the trash.")
    if needed:
        words += " " + _("It is not erased as long as it is a version of a model.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/delete: {words}", width="content")
        if run.owner == user.id and st.button(_("Restore"), key="restore-run"):
            with told():
                runs.restore_runs(user, [run.id])
                st.rerun()


def more(run: runs.Run) -> None:
    """Rename, star, tags, notes, clone, trash."""
    with st.popover("", icon=":material/more_horiz:", help=_("More"), key="more"):
        star = _("Take the star away") if run.starred else _("Mark with a star")
        mine = run.owner == user.id
        if mine and st.button(star, icon=":material/star:", type="tertiary", key="star"):
            with told():
                runs.star_run(user, run.id, not run.starred)
                st.rerun()
        if st.button(_("Train again with changes"), icon=":material/content_copy:", type="tertiary", key="clone"):
            open_page("train", clone=run.id)
        if not mine:
            return
        with st.form("about", border=False):
            name = st.text_input(_("Name"), value=run.name, max_chars=200, key="run name")
            tags = st.multiselect(_("Tags"), sorted(set(run.tags)), default=run.tags, accept_new_options=True)
            notes = st.text_area(_("Notes"), value=run.notes)
            saved = st.form_submit_button(_("Save"), key="save-run")
        if saved:
            with told():
                runs.rename_run(user, run.id, name)
                runs.tag_run(user, run.id, tags)
                runs.describe_run(user, run.id, notes)
                st.rerun()
        if run.trashed_at is None and st.button(
            _("Move to trash"), icon=":material/delete:", type="tertiary", key="trash"
        ):
            with told():
                runs.trash_runs(user, [run.id])
                session.remember("just trashed", [run.id])
                open_page("runs")


def failed(run: runs.Run) -> None:
    """What happened, and what to do."""
    if run.status == "stopped":
        st.info(_("This run was stopped before it was finished. Nothing was kept."), icon=":material/stop_circle:")
    else:
        unknown = Note(text="This run ended, and nobody wrote down why. Try it again.")
        problem(reason_of(run.error, unknown))
    with st.container(horizontal=True):
        if run.owner == user.id and st.button(_("Try again"), type="primary", icon=":material/replay:", key="retry"):
            with told():
                runs.retry_run(user, run.id)
                st.rerun()
        if st.button(_("Change the recipe"), icon=":material/tune:", key="change"):
            open_page("train", clone=run.id)
    progress = runs.progress(user, run.id)
    if progress.points:
        show(loss_curve(progress.points, ground()))
    whole_log(progress.notes)


def overview(run: runs.Run, evaluation: Evaluation) -> None:
    """The pictures that say most."""
    look = ground()
    progress = runs.progress(user, run.id)
    pictures = []
    if progress.points:
        pictures.append(loss_curve(progress.points, look))
    if evaluation.importance is not None and evaluation.importance.columns:
        pictures.append(importance(evaluation.importance, look))
    pictures.append(against_simpler(evaluation, look))
    pictures.append(hits_and_misses(evaluation, look))
    for at in range(0, len(pictures), 2):
        for column, picture in zip(st.columns(2, gap="large"), pictures[at : at + 2], strict=False):
            with column:
                show(picture)
    whole_log(progress.notes)


def hits_and_misses(evaluation: Evaluation, look: Ground) -> Chart:
    """The one picture of right and wrong: what was taken for what, each label, or predicted against true."""
    if evaluation.labels is not None:
        return label_scores(evaluation.labels, look)
    if evaluation.numbers is not None:
        report = evaluation.numbers
        return predicted_true(report.predicted_true, report.coverage, look, target=evaluation.target)
    assert evaluation.classes is not None, "an evaluation is of classes, of labels or of numbers"
    return confusion(evaluation.classes.confusion, look)


def learning(run: runs.Run) -> None:
    """The curves."""
    progress = runs.progress(user, run.id)
    if not progress.points:
        empty("show_chart", _("No learning curve"), _("This method does not learn in passes through the data."))
        return
    look = ground()
    show(loss_curve(progress.points, look))
    show(score_curve(progress.points, look, answer=run.answer))


def matters(run: runs.Run, evaluation: Evaluation) -> None:
    """Which columns matter, and which parts of pictures do."""
    inputs = Recipe.model_validate(run.recipe).inputs
    if len(inputs) > 1:
        columns_that_matter(evaluation)
    for column in inputs:
        if column.kind == "image":
            examples(run, column.name, evaluation)
        elif len(inputs) == 1:
            text = _("The answer follows from “{column}” alone. “Try it” shows how.").format(column=plain(column.name))
            empty("bar_chart", _("One column"), text)


def columns_that_matter(evaluation: Evaluation) -> None:
    """What is lost without each column."""
    if evaluation.importance is None or not evaluation.importance.columns:
        empty("bar_chart", _("Not found out"), _("The time of this run was over before its columns were looked at."))
        return
    show(importance(evaluation.importance, ground()))


def recipe(run: runs.Run) -> None:
    """The recipe as text."""
    text = Recipe.model_validate(run.recipe).to_yaml()
    with st.container(horizontal=True):
        st.download_button(
            _("Download recipe"), lambda: text, f"recipe-{run.id}.yaml", "application/yaml", on_click="ignore",
            key="recipe-file", icon=":material/download:",
        )  # fmt: skip
        if st.button(_("Train again with changes"), icon=":material/content_copy:", key="clone-recipe"):
            open_page("train", clone=run.id)
    st.code(text, language="yaml")


def files(run: runs.Run, evaluation: Evaluation) -> None:
    """What can be taken away."""
    subject = Subject(
        title=run.name,
        caption=_("{data} · version {n} · predicts {target} · {when}").format(
            data=run.dataset_name, n=run.version_number, target=run.target, when=exact(run.finished)
        ),
        recipe=Recipe.model_validate(run.recipe).to_yaml(),
        notes=run.notes,
    )
    st.markdown(_("**Report** to hand in: one HTML file that opens anywhere, with all charts and figures."))
    st.download_button(
        _("Download report"), lambda: report_html(subject, evaluation, runs.progress(user, run.id).points),
        f"report-{run.id}.html", "text/html", key="report", icon=":material/description:", on_click="ignore",
    )  # fmt: skip
    st.markdown(
        _("**Test rows** with the true answer and the answer given, {n} rows.").format(n=number(evaluation.rows))
    )
    st.download_button(
        _("Download test rows"), lambda: csv_of(runs.test_rows(user, run.id).rename(columns={ROW: "row"})),
        f"test-rows-{run.id}.csv", "text/csv",
        key="test-rows", icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    link(_("The data it learned from"), "data", icon=":material/table:", id=run.dataset, tab="preview")


def wrong(run: runs.Run, evaluation: Evaluation) -> None:
    """Where the run is wrong, and where the data may be."""
    mistakes(run.version, evaluation)
    if evaluation.suspects is not None and evaluation.suspects.rows and evaluation.classes is not None:
        names = [each.name for each in evaluation.classes.classes]
        suspected(run, evaluation.target, names, evaluation.suspects)


def finished(run: runs.Run) -> None:
    """The verdict and the tabs; only the open tab is drawn."""
    evaluation = runs.evaluation(user, run.id)
    verdict_card(evaluation)
    drawers: dict[str, tuple[str, Callable[[], None]]] = {
        "overview": (_("Overview"), lambda: overview(run, evaluation)),
        "curve": (_("Learning curve"), lambda: learning(run)),
        "mistakes": (_("Mistakes"), lambda: wrong(run, evaluation)),
        "matters": (_("What matters"), lambda: matters(run, evaluation)),
        "try": (_("Try it"), lambda: try_it(run)),
        "feedback": (_("Feedback"), lambda: feedback_list(run.id)),
        "recipe": (_("Recipe"), lambda: recipe(run)),
        "files": (_("Files"), lambda: files(run, evaluation)),
    }
    opened = tabs({name: title for name, (title, _draw) in drawers.items()}, key=f"run-tabs-{run.id}")
    for name, (_title, draw) in drawers.items():
        if opened[name].open:
            with opened[name]:
                draw()


def which(why: NotFound | str) -> None:
    """No run to show, and the way to all of them."""
    header(_("Run"))
    choose_from("show_chart", _("Which run?"), why, _("All runs"), "runs")


def main() -> None:
    """The page of the run that the address names."""
    run_id = query_number("id")
    if run_id is None:
        which(_("Choose one from the list."))
        return
    try:
        run = runs.run(user, run_id)
    except NotFound as error:
        which(error)
        return
    heading(run)
    if run.status in ("queued", "running"):
        live(run.id, run.status)
    elif run.status == "finished":
        finished(run)
    else:
        failed(run)


main()

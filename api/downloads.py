"""Files go out here, streamed from disk however large they are."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from api.session import Visitor
from services import datasets, predictions

Format = Literal["csv", "xlsx", "parquet"]
FormatPart = Annotated[Format, Path(alias="kind")]

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}

router = APIRouter()


@router.get("/versions/{version_id}/table.{kind}")
def table(version_id: int, kind: FormatPart, user: Visitor) -> FileResponse:
    """A data set version. Cells that a spreadsheet would run as formulas are defused in CSV and XLSX."""
    made = datasets.table_download(user, version_id, kind)
    return FileResponse(made.path, media_type=MEDIA[kind], filename=made.filename)


@router.get("/batches/{batch_id}/result.{kind}")
def result(batch_id: int, kind: FormatPart, user: Visitor) -> FileResponse:
    """The rows of a file with their answers."""
    made = predictions.batch_result(user, batch_id, kind)
    return FileResponse(made.path, media_type=MEDIA[kind], filename=made.filename)

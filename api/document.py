"""The OpenAPI document: what FastAPI finds out, with the shapes of what is read by hand; and one for each model."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from pydantic import BaseModel

from api.problems import Problem
from api.sent import FORM, JSON
from api.shapes import Judgement, Rows
from services.describing import Description

SHAPES: tuple[type[BaseModel], ...] = (Problem, Rows, Judgement)
REFERENCE = "#/components/schemas/{model}"
OF_MODELS = "/v1/models/{name}"


class Described(FastAPI):
    """An application whose document knows these shapes too."""

    def openapi(self) -> dict[str, Any]:
        """The document."""
        if self.openapi_schema is None:
            schemas = super().openapi().setdefault("components", {}).setdefault("schemas", {})
            for shape in SHAPES:
                made = shape.model_json_schema(ref_template=REFERENCE)
                schemas |= made.pop("$defs", {})
                schemas[shape.__name__] = made
        return super().openapi()


def of_model(document: dict[str, Any], model: Description, root: str) -> dict[str, Any]:
    """The part of the document that is about models, for one of them: its name, its columns, a real row of it."""
    made = copy.deepcopy(document)
    made["info"] = {"title": f"Loam: {model.model}", "version": f"{model.version}"}
    made["servers"] = [{"url": root or "/"}]
    made["paths"] = {
        path.replace(OF_MODELS, f"/v1/models/{quote(model.model, safe='')}"): _without_name(operations)
        for path, operations in made["paths"].items()
        if path.startswith(OF_MODELS)
    }
    schemas = made["components"]["schemas"]
    schemas["Row"] = model.row
    schemas["Rows"]["properties"]["rows"]["items"] = {"$ref": REFERENCE.format(model="Row")}
    schemas["Rows"]["example"] = {"rows": [model.example]}
    schemas["Judgement"]["properties"]["correct"] = _correct(model)
    schemas["OneRow"] = copy.deepcopy(schemas["Rows"])
    schemas["OneRow"]["properties"]["rows"]["maxItems"] = 1
    for path, operations in made["paths"].items():
        if path.endswith("/explain"):
            operations["post"]["requestBody"]["content"][JSON]["schema"] = {"$ref": REFERENCE.format(model="OneRow")}
        if "post" in operations and not any(cell.get("contentEncoding") for cell in model.row["properties"].values()):
            operations["post"]["requestBody"]["content"].pop(FORM, None)
    return made


def _correct(model: Description) -> dict[str, Any]:
    """What may be said to be right: an answer that the model can give."""
    if model.answer == "number":
        return {"type": ["number", "null"]}
    if model.answer == "labels":
        return {"type": ["array", "null"], "items": {"enum": list(model.classes)}}
    numbers = [int(each) for each in model.classes if each.isascii() and each.isdigit() and str(int(each)) == each]
    return {"enum": [*model.classes, *numbers, None]}


def _without_name(operations: dict[str, Any]) -> dict[str, Any]:
    """The operations of a path whose name is filled in."""
    for operation in operations.values():
        operation["parameters"] = [each for each in operation.get("parameters", []) if each["name"] != "name"]
    return operations

"""Every error as a problem document (RFC 9457): what happened, and what to do."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from daemon.messages import Problem
from daemon.rulebook import Refusal, StaleRevision
from daemon.store import StoreError

MEDIA_TYPE = "application/problem+json"
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What is wrong, as RFC 9457 has it",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
}
"""For OpenAPI: what each route may answer besides its own."""


class Wrong(Exception):
    """A request that is understood and makes no sense; `errors` names everything that is wrong with it."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def problem(status: int, detail: str, errors: Sequence[str] = (), headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem document; it answers a WebSocket's handshake as well."""
    document = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return JSONResponse(document.model_dump(), status, headers, MEDIA_TYPE)


async def answer(request: Request, error: Exception) -> Response:
    """Return the problem document for an error that a route raised."""
    match error:
        case HTTPException():
            return problem(error.status_code, _sentence(request, error), headers=error.headers)
        case RequestValidationError():
            return problem(422, "The request cannot be understood.", [_mistake(e) for e in error.errors()])
        case StaleRevision():
            return problem(412, error.reasons[0])
        case Refusal():
            return problem(422, "This is refused and nothing was changed.", error.reasons)
        case Wrong():
            return problem(422, "The request makes no sense.", error.errors)
        case _:
            return problem(503, f"The store cannot be read: {error}", headers={"Retry-After": "10"})


def install(app: FastAPI) -> None:
    """Let app answer its errors with problem documents; what is not foreseen is `api.armour`'s."""
    for kind in (HTTPException, RequestValidationError, Refusal, Wrong, StoreError):
        app.add_exception_handler(kind, answer)


def _sentence(request: Request, error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"This address does not take {request.method}."
    return error.detail


def _mistake(error: Mapping[str, Any]) -> str:
    """Return one mistake with its place; what was sent is not repeated."""
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"

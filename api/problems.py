"""Every error is a problem document (RFC 9457): what happened, where, what to do; never a traceback."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from daemon.messages import Problem
from daemon.rulebook import Refusal, StaleRevision

log = logging.getLogger(__name__)

ANSWERS: Mapping[int, str] = {
    404: "There is nothing at this address; /openapi.json lists what there is.",
    405: "This address does not take this method; /openapi.json lists those that it takes.",
}


def problem(status: int, detail: str, errors: Sequence[str] = (), headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem document."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return Response(body.model_dump_json(), status, dict(headers or {}), "application/problem+json")


def add_problems(app: FastAPI) -> None:
    """Have app answer every error with a problem document."""

    async def on_http(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101, for the types: it is registered for these
        detail = ANSWERS.get(error.status_code, error.detail) if error.detail else ANSWERS.get(error.status_code, "")
        return problem(error.status_code, detail, headers=error.headers)

    async def on_invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101, as above
        wrong = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        return problem(422, "The request is not of its form; see errors.", wrong)

    async def on_refusal(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101, as above
        status = 412 if isinstance(error, StaleRevision) else 422
        return problem(status, "The settings were not changed; see errors.", error.reasons)

    async def on_bug(request: Request, error: Exception) -> Response:
        log.error("%s %s failed: this is a fault of ours.", request.method, request.url.path, exc_info=error)
        return problem(500, "This is a fault of the daemon; it is in its journal.")

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(Exception, on_bug)

"""A program that calls the REST API with a key."""

from dataclasses import dataclass
from typing import Any

from django.test import Client


@dataclass(frozen=True)
class Caller:
    """Calls /api/v1/ and gives status, JSON and headers; nothing of a browser (no session, no CSRF)."""

    key: str | None = None

    def get(self, path: str, **query: Any) -> "Answer":
        return self._send("get", path, data=query)

    def patch(self, path: str, body: Any) -> "Answer":
        return self._send("patch", path, data=body, content_type="application/json")

    def post(self, path: str, body: Any) -> "Answer":
        return self._send("post", path, data=body, content_type="application/json")

    def delete(self, path: str) -> "Answer":
        return self._send("delete", path)

    def _send(self, method: str, path: str, **options: Any) -> "Answer":
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        response = getattr(Client(enforce_csrf_checks=True), method)(
            f"/api/v1/{path}", headers=headers, **options
        )
        body = response.json() if "json" in response.headers.get("content-type", "") else None
        return Answer(response.status_code, body, response.headers)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    def problem(self, status: int) -> dict[str, Any]:
        """The problem details, after a check of their form."""
        assert self.status == status, self.body
        assert self.headers["content-type"].startswith("application/problem+json")
        assert self.body["status"] == status
        assert self.body["type"] == "about:blank"
        assert self.body["title"]
        return self.body

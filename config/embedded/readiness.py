"""Whether the installation is ready, as /readyz says."""

import http.client
import json

from config.embedded.installation import Addresses

TIMEOUT_SECONDS = 5


def readiness_problem(listen: Addresses) -> str | None:
    """What is still missing; None when /readyz answers 200."""
    host, port = listen.reachable_host.strip("[]"), listen.ports["LINESIDE_HTTP_PORT"]
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return f"the web process does not answer ({error})"
    finally:
        connection.close()
    return None if answer.status == http.client.OK else _missing(body)


def _missing(body: bytes) -> str:
    try:
        parts = json.loads(body)
        return ", ".join(f"{name}: {problem}" for name, problem in parts.items() if name != "status")
    except (ValueError, AttributeError):
        return body[:200].decode(errors="replace")

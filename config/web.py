"""The web process: uvicorn with our settings; `python -m config.web`."""

import os
import sys

import uvicorn

# Long enough for a page that is being drawn; live connections do not hold up the end longer than this.
SHUTDOWN_SECONDS = 3


def main() -> None:
    """Serve pages, REST and live updates until SIGTERM or SIGINT."""
    if not os.environ.get("LINESIDE_SECRET_KEY"):
        sys.exit(
            "LINESIDE_SECRET_KEY is not set: give 50 random characters, the same to every web process, "
            "so that people stay signed in when one restarts."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    uvicorn.run(
        "config.asgi:application",
        host=settings.LINESIDE_HOST,
        port=settings.LINESIDE_HTTP_PORT,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


if __name__ == "__main__":
    main()

"""What the admin's theme (django-unfold) is told: names, colours, the sidebar."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

SUPERUSER = "projects.admin_scope.is_superuser"


def _link(title: str, icon: str, model: str, **more: Any) -> dict[str, Any]:
    """A line of the sidebar that leads to the list of `app_model`."""
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist"), **more}


def context(request: HttpRequest) -> dict[str, None]:
    """Unfold writes `colors` into an inline <style>, which the policy forbids; static/css/admin.css has them."""
    return {"colors": None, "border_radius": None}


UNFOLD = {
    "SITE_TITLE": "Lineside",
    "SITE_HEADER": "Lineside",
    "SITE_SUBHEADER": "Projects, thresholds, people",
    "SITE_URL": reverse_lazy("home"),
    "SITE_SYMBOL": "traffic",
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}
    ],
    "SHOW_BACK_BUTTON": True,
    "GLOBAL_CALLBACK": "config.admin_theme.context",
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SIDEBAR": {
        "navigation": [
            {
                "items": [
                    {
                        "title": "Back to the dashboard",
                        "icon": "arrow_back",
                        "link": reverse_lazy("home"),
                        "active": False,  # every address begins with that of the home page
                    }
                ]
            },
            {
                "title": "Tenancy",
                "items": [
                    _link("Projects", "folder", "projects_project"),
                    _link("Members", "group", "projects_membership"),
                    _link("Keys", "key", "projects_apikey"),
                ],
            },
            {
                "title": "Alerts",
                "items": [
                    _link("Thresholds", "notifications_active", "alerts_rule"),
                    _link("Channels", "outgoing_mail", "alerts_channel"),
                    _link("Incidents", "e911_emergency", "alerts_incident"),
                ],
            },
            {
                "title": "Prices",
                "items": [
                    _link("Own prices", "sell", "traces_ownprice"),
                    _link("Model aliases", "label", "traces_modelalias"),
                    _link("Repricings", "history", "traces_repricing"),
                ],
            },
            {
                "title": "Installation",
                "items": [_link("Users", "person", "auth_user", permission=SUPERUSER)],
            },
        ],
    },
}

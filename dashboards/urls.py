"""Addresses of the pages."""

from django.urls import path

from dashboards.views import connect, costs, home, overview, session, shell

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.SignIn.as_view(), name="login"),
    path("sign-in/<str:token>/", session.sign_in_link, name="sign-in-link"),
    path("sign-out/", session.SignOut.as_view(), name="logout"),
    path("p/<slug:slug>/", overview.overview, name="overview"),
    path("p/<slug:slug>/costs/", costs.costs, name="costs"),
    path("p/<slug:slug>/connect/", connect.connect, name="connect"),
    path("p/<slug:slug>/firing/", shell.firing, name="firing"),
]

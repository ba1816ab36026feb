"""What the documents say is there."""

import re

import pytest

from tests.integration.processes import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *ROOT.glob("docs/*.md")]
LARGEST_PICTURE = 300_000


def variables_read():
    """The variables that the settings read from the environment."""
    return re.findall(r'env\.\w+\(\s*"(LINESIDE_\w+)"', (ROOT / "config/settings.py").read_text())


def variables_documented():
    """The first column of the table of variables."""
    return re.findall(r"^\| `(LINESIDE_\w+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)


def test_every_variable_that_the_settings_read_is_documented_once():
    assert len(variables_read()) > 15
    assert sorted(variables_documented()) == sorted(set(variables_read()))


def links():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if not target.startswith(("http://", "https://")):
                yield pytest.param(document, target, id=f"{document.name}-{target}")


@pytest.mark.parametrize(("document", "target"), list(links()))
def test_a_link_leads_somewhere(document, target):
    path, _, heading = target.partition("#")
    found = document.parent / path if path else document
    assert found.exists()
    if heading:
        titles = re.findall(r"^#+ (.+)$", found.read_text(), re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]


@pytest.mark.parametrize("picture", sorted(ROOT.glob("docs/images/*.png")), ids=lambda picture: picture.name)
def test_a_picture_is_small_enough_to_be_kept(picture):
    assert 10_000 < picture.stat().st_size < LARGEST_PICTURE

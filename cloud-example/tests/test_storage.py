"""The database: durable settings, migrations, a full disk, many writers."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path

import pytest

from batterypass_cloud import records, services, storage
from batterypass_cloud.__main__ import main
from batterypass_cloud.problems import Problem
from batterypass_cloud.services import read_key, write_key
from batterypass_cloud.settings import Settings, SettingsError
from batterypass_cloud.storage import Database
from cloudtest import LocalCloud


def test_the_writer_is_durable_and_forgets(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    try:
        pragmas = database.write_now(
            lambda c: {
                name: c.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
            }
        )
    finally:
        database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }
    assert (tmp_path / "cloud.db").stat().st_mode & 0o077 == 0


def test_readers_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    try:
        with pytest.raises((sqlite3.OperationalError, Problem)):
            database.read_now(lambda c: c.execute("DELETE FROM keys"))
    finally:
        database.close()


def test_an_exception_rolls_everything_back(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO pending_scrubs VALUES (zeroblob(32))")
        raise ValueError("no")

    try:
        with pytest.raises(ValueError, match="no"):
            database.write_now(work)
        count = "SELECT count(*) FROM pending_scrubs"
        assert database.read_now(lambda c: c.execute(count).fetchone()[0]) == 0
    finally:
        database.close()


def test_migrations_run_once_and_newer_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    Database(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    newest = storage.migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == newest
    connection.execute(f"PRAGMA user_version = {newest + 1}")
    connection.close()
    with pytest.raises(RuntimeError, match="newer"):
        Database(path)


def database_of_schema_2(path: Path) -> sqlite3.Connection:
    """Make a file as the version before the single credential left it."""
    connection = sqlite3.connect(path, isolation_level=None)
    folder = resources.files(storage.__package__).joinpath("migrations")
    for name in ("0001_initial.sql", "0002_issuer.sql"):
        connection.executescript(folder.joinpath(name).read_text(encoding="utf-8"))
    connection.execute("PRAGMA user_version = 2")
    key = "k" * 43
    connection.execute(
        "INSERT INTO keys VALUES (?, 'did:key:z', zeroblob(65), 'operator', '', NULL, 1, NULL)",
        (key,),
    )
    connection.execute("INSERT INTO tombstones VALUES (zeroblob(32), NULL, 1, ?)", (key,))
    return connection


def test_a_database_without_passports_is_taken_over(tmp_path: Path) -> None:
    database_of_schema_2(tmp_path / "cloud.db").close()
    database = Database(tmp_path / "cloud.db")
    try:
        columns = database.read_now(
            lambda c: [row["name"] for row in c.execute("PRAGMA table_info(passports)")]
        )
        assert "passport_credential" in columns and len(columns) == 8
        for table in ("keys", "tombstones"):
            count = f"SELECT count(*) FROM {table}"
            assert database.read_now(lambda c, sql=count: c.execute(sql).fetchone()[0]) == 1
    finally:
        database.close()


def test_a_database_with_pairs_of_credentials_is_refused_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=tmp_path / "data")
    services.initialise(settings)
    settings.database.unlink()
    connection = database_of_schema_2(settings.database)
    row = ("urn:example:old", "k" * 43, None, None, "public", "full", "production", 1)
    connection.execute("INSERT INTO passports VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    monkeypatch.setenv("BATTERYPASS_DATA", str(settings.data))
    for command in ("serve", "init"):
        assert main([command]) == 2
        message = capsys.readouterr().err
        assert "stays at schema 2" in message and "README.md" in message
    # A second start is refused as the first, and all is as it was.
    assert connection.execute("SELECT * FROM passports").fetchall() == [row]
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
    tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'pairs'"
    assert connection.execute(tables).fetchone()[0] == 0
    connection.close()


def test_a_full_disk_is_answered_with_507_and_loses_nothing(tmp_path: Path) -> None:
    cloud = LocalCloud(tmp_path / "data", max_database_pages=110)
    try:
        battery = cloud.onboard()
        accepted, statuses = [], []
        for sequence in range(1, 400):
            answer = cloud.http.post(
                "/v1/records",
                content=battery.device.envelope(sequence),
                headers={"Content-Type": "application/cose"},
            )
            statuses.append(answer.status_code)
            if answer.status_code == 201:
                accepted.append(sequence)
            else:
                assert answer.json()["code"] == "storage_full"
        assert statuses[-1] == 507 and set(statuses) == {201, 507}
        database = cloud.app.state.services.database
        kept = database.read_now(lambda c: records.page(c, battery.id, -1, 1000))
        assert [record.sequence for record in kept] == accepted
        check = database.read_now(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])
        assert check == "ok"
        # Reading goes on.
        assert cloud.client().passport(battery.id)
    finally:
        cloud.close()


def test_another_process_that_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_MS", 50)
    cloud = LocalCloud(tmp_path / "data")
    try:
        battery = cloud.onboard()
        other = sqlite3.connect(cloud.settings.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = cloud.http.post(
            "/v1/records",
            content=battery.device.envelope(1),
            headers={"Content-Type": "application/cose"},
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_busy")
        assert answer.headers["Retry-After"] == "1"
        other.execute("ROLLBACK")
        other.close()
        assert cloud.client().submit_record(battery.device.envelope(1)) == "stored"
    finally:
        cloud.close()


def test_health_needs_the_database(tmp_path: Path) -> None:
    cloud = LocalCloud(tmp_path / "data")
    try:
        assert cloud.http.get("/healthz").json() == {"status": "ok"}
        cloud.app.state.services.database.write_now(lambda c: c.execute("DROP TABLE tombstones"))
        answer = cloud.http.get("/healthz")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    finally:
        cloud.close()


def test_private_keys_are_private(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key = services.initialise(settings)
    assert settings.key_file.stat().st_mode & 0o777 == 0o600
    assert services.initialise(settings).did == key.did
    with pytest.raises(FileExistsError):
        write_key(settings.key_file, key)
    settings.key_file.chmod(0o640)
    with pytest.raises(SettingsError):
        read_key(settings.key_file)


@pytest.mark.parametrize(
    "environment",
    [
        {"BATTERYPASS_BASE_URL": "ftp://x"},
        {"BATTERYPASS_BASE_URL": "https://x/path"},
        {"BATTERYPASS_BASE_URL": "https://x?q"},
        {"BATTERYPASS_DELIVER_TO_AUTHORITY": "yes"},
        {"BATTERYPASS_MAX_DATABASE_PAGES": "-1"},
    ],
)
def test_settings_that_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment(environment)


def test_settings() -> None:
    settings = Settings.from_environment(
        {"BATTERYPASS_BASE_URL": "https://Cloud.Example/", "BATTERYPASS_DELIVER_TO_AUTHORITY": "0"}
    )
    assert settings.base_url == "https://cloud.example"
    assert settings.secure_cookies and not settings.deliver_to_authority
    assert Settings.from_environment({}).deliver_to_authority

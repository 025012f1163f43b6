"""TLS on the way to MySQL and MariaDB: what each mode takes, and what it refuses."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from parlour.adapters.sql import SqlStorage
from parlour.adapters.sql.statements import Statement
from parlour.domain.kernel.errors import Unavailable
from parlour.entrypoints.cli.main import parlour
from tests.support import builders as b
from tests.support.addresses import Database
from tests.support.certificates import Authority
from tests.support.programs import WAIVED
from tests.support.servers import MariaDbServer
from tests.support.storages import mysql_storage

CIPHER = Statement(text("SHOW SESSION STATUS LIKE 'Ssl_cipher'"))


def is_encrypted(storage: SqlStorage) -> bool:
    """Ask the server whether this connection is encrypted."""
    rows = storage.uow.read(lambda stores: stores.users._connection.run(CIPHER))
    return bool(rows[0][1])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the operators trust."""
    return Authority.make(tmp_path_factory.mktemp("tls") / "trusted")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody has asked."""
    return Authority.make(tmp_path_factory.mktemp("tls") / "stranger")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[MariaDbServer]:
    """A server with a certificate for `localhost`, by name only."""
    if "mysql" in WAIVED:
        pytest.skip("mysql is waived by PARLOUR_TEST_WAIVE")
    own = authority.issue("localhost")
    files = [f"--ssl-ca={authority.file}", f"--ssl-cert={own.certificate}"]
    with MariaDbServer([*files, f"--ssl-key={own.key}"], durable=True) as started:
        yield started


@pytest.fixture(scope="module")
def plain_server() -> Iterator[MariaDbServer]:
    """A server without TLS."""
    if "mysql" in WAIVED:
        pytest.skip("mysql is waived by PARLOUR_TEST_WAIVE")
    with MariaDbServer(["--skip-ssl"]) as started:
        yield started


@pytest.fixture
def database(server: MariaDbServer) -> Iterator[Database]:
    """A database on the server with TLS, which is reached by its name."""
    with server.address.fresh_database() as fresh:
        yield attrs.evolve(fresh, server=attrs.evolve(fresh.server, host="localhost"))


@pytest.fixture
def plain_database(plain_server: MariaDbServer) -> Iterator[Database]:
    """A database on the server without TLS."""
    with plain_server.address.fresh_database() as fresh:
        yield fresh


def by_address(database: Database) -> Database:
    """Return *database* under a name that its certificate does not have."""
    return attrs.evolve(database, server=attrs.evolve(database.server, host="127.0.0.1"))


def refused(database: Database, **tls: Any) -> None:
    with closing(mysql_storage(database, **tls)) as storage:
        with pytest.raises(Unavailable):
            is_encrypted(storage)
        with pytest.raises(Unavailable):
            storage.check()


class TestServerWithTls:
    @pytest.mark.parametrize(
        ("mode", "encrypted"), [("off", False), ("preferred", True), ("required", True)]
    )
    def test_is_used_as_the_mode_says(
        self, database: Database, mode: str, encrypted: bool
    ) -> None:
        with closing(mysql_storage(by_address(database), tls=mode)) as storage:
            assert is_encrypted(storage) == encrypted

    def test_is_verified_by_its_authority_and_its_name(
        self, database: Database, authority: Authority
    ) -> None:
        with closing(mysql_storage(database, tls="verify", tls_ca_file=authority.file)) as storage:
            storage.migrate()
            storage.uow(lambda stores: stores.users.add(b.user("alice")))

            assert is_encrypted(storage)
            assert storage.uow.read(lambda stores: stores.users.find(b.ALICE)) == b.user("alice")
            storage.check()

    def test_of_another_authority_is_refused(
        self, database: Database, stranger: Authority
    ) -> None:
        refused(database, tls="verify", tls_ca_file=stranger.file)

    def test_of_an_authority_unknown_to_the_system_is_refused(self, database: Database) -> None:
        refused(database, tls="verify")

    def test_of_another_name_is_refused(self, database: Database, authority: Authority) -> None:
        refused(by_address(database), tls="verify", tls_ca_file=authority.file)


class TestServerWithoutTls:
    @pytest.mark.parametrize("mode", ["off", "preferred"])
    def test_is_used_where_no_encryption_is_required(
        self, plain_database: Database, mode: str
    ) -> None:
        with closing(mysql_storage(plain_database, tls=mode)) as storage:
            assert not is_encrypted(storage)

    @pytest.mark.parametrize("mode", ["required", "verify"])
    def test_is_refused_where_it_must_encrypt(self, plain_database: Database, mode: str) -> None:
        refused(plain_database, tls=mode)


class TestClientCertificate:
    @pytest.fixture(autouse=True)
    def _user(self, database: Database) -> Iterator[None]:
        """A user who has to show a certificate, and a storage that logs in as that user."""
        with database.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE USER certified@'%' IDENTIFIED BY 'a-password' REQUIRE X509")
            cursor.execute("GRANT ALL ON *.* TO certified@'%'")
            yield
            cursor.execute("DROP USER certified@'%'")

    def storage(self, database: Database, authority: Authority, **tls: Any) -> SqlStorage:
        server = attrs.evolve(database.server, user="certified")
        mine = attrs.evolve(database, server=server)
        return mysql_storage(mine, tls="verify", tls_ca_file=authority.file, **tls)

    def test_is_accepted(self, database: Database, authority: Authority) -> None:
        own = authority.issue("client.example.org")
        files = {"tls_certificate_file": own.certificate, "tls_key_file": own.key}
        with closing(self.storage(database, authority, **files)) as storage:
            assert is_encrypted(storage)

    def test_may_be_in_one_file_with_its_key(
        self, database: Database, authority: Authority, tmp_path: Path
    ) -> None:
        own = authority.issue("client.example.org")
        both = tmp_path / "both.pem"
        both.write_bytes(own.certificate.read_bytes() + own.key.read_bytes())
        with closing(self.storage(database, authority, tls_certificate_file=both)) as storage:
            assert is_encrypted(storage)

    def test_that_is_missing_is_refused(self, database: Database, authority: Authority) -> None:
        with (
            closing(self.storage(database, authority)) as storage,
            pytest.raises(Unavailable),
        ):
            is_encrypted(storage)

    def test_of_another_authority_is_refused(
        self, database: Database, authority: Authority, stranger: Authority
    ) -> None:
        own = stranger.issue("client.example.org")
        files = {"tls_certificate_file": own.certificate, "tls_key_file": own.key}
        with (
            closing(self.storage(database, authority, **files)) as storage,
            pytest.raises(Unavailable),
        ):
            is_encrypted(storage)


class TestFiles:
    """A file that cannot be used is named before anything is connected."""

    def refused(self, database: Database, file: Path, **tls: Any) -> str:
        with pytest.raises(OSError, match="pem") as caught:
            mysql_storage(database, tls="verify", **tls)
        assert caught.value.filename == str(file)
        return str(caught.value.strerror)

    def test_that_are_missing(self, database: Database, tmp_path: Path) -> None:
        missing = tmp_path / "missing.pem"

        assert self.refused(database, missing, tls_ca_file=missing) == "No such file or directory"
        assert "No such" in self.refused(database, missing, tls_certificate_file=missing)

    def test_that_hold_something_else(self, database: Database, tmp_path: Path) -> None:
        other = tmp_path / "other.pem"
        other.write_text("nothing of that kind")

        assert "holds no certificate" in self.refused(database, other, tls_ca_file=other)
        assert "holds no certificate" in self.refused(database, other, tls_certificate_file=other)

    def test_that_do_not_belong_together(self, database: Database, authority: Authority) -> None:
        mine, other = authority.issue("mine"), authority.issue("other")

        said = self.refused(
            database,
            mine.certificate,
            tls_certificate_file=mine.certificate,
            tls_key_file=other.key,
        )
        assert "not the key" in said

    def test_that_ask_for_a_password(self, database: Database, authority: Authority) -> None:
        own = authority.issue("locked", password=b"nobody is asked")

        self.refused(
            database,
            own.certificate,
            tls_certificate_file=own.certificate,
            tls_key_file=own.key,
        )


class TestPreferred:
    def test_reads_no_certificates_as_nothing_is_compared_with_them(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PyMySQL would read those of the system for each connection: tens of milliseconds."""
        read = list[object]()
        monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *more: read.append(more))
        with closing(mysql_storage(database)) as storage:
            assert is_encrypted(storage)

        assert read == []


class TestDoctor:
    def test_says_why_the_server_is_not_trusted_and_what_to_do(
        self, database: Database, stranger: Authority
    ) -> None:
        code, output = doctor(database, f"storage.mysql.tls_ca_file={stranger.file}")

        assert code == 1
        assert "CERTIFICATE_VERIFY_FAILED" in output
        assert "correct [storage.mysql]: address, user, password, database and tls" in output

    def test_names_a_file_that_is_missing(self, database: Database) -> None:
        code, output = doctor(database, "storage.mysql.tls_ca_file=/nowhere/ca.pem")

        assert code == 1
        assert "/nowhere/ca.pem: No such file or directory" in output

    def test_says_how_the_connection_is_protected(
        self, database: Database, authority: Authority
    ) -> None:
        _, output = doctor(database, f"storage.mysql.tls_ca_file={authority.file}")

        assert "answers (MariaDB" in output
        assert "TLSv1.3, certificate verified" in output


def doctor(database: Database, *more: str) -> tuple[int, str]:
    settings = ("server.port=0", "ops.port=0", *database.settings, "storage.mysql.tls=verify")
    pairs = [word for pair in (*settings, *more) for word in ("--set", pair)]
    done = CliRunner().invoke(parlour, ["doctor", *pairs])
    return done.exit_code, done.output

"""The newest certificate seen of each account: another of the same version is refused (Spec: ID-5)."""

from typing import final

from securemsg.identity.trust import SeenList
from securemsg.ids import AccountId
from securemsg.store.rows import Rows


@final
class DeviceLists:
    """Remembers list versions with what they said."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def seen(self, account: AccountId, version: int) -> SeenList:
        """Return the highest version seen of an account with the certificate that had it."""
        sql = "select certificate from lists where account = ? and version = ?"
        row = self._rows.one(sql, (account, version))
        return SeenList(version) if row is None else SeenList(version, row[0])

    def keep(self, account: AccountId, seen: SeenList) -> bool:
        """Remember a certificate that was accepted; tell whether its version is news."""
        sql = (
            "insert into lists(account, version, certificate) values (?, ?, ?)"
            " on conflict(account) do update set version = excluded.version,"
            " certificate = excluded.certificate where excluded.version > version"
        )
        return self._rows.run(sql, (account, seen.version, seen.certificate_hash)) == 1

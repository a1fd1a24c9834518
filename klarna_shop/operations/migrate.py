"""`python -m klarna_shop.operations.migrate` brings the shop's database to the newest version."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from klarna_shop.operations.progress import stop
from klarna_shop.settings import ConfigurationError, load_settings
from klarna_shop.shop.database import migrate


def main() -> int:
    """Migrate the database that `DATABASE_URL` names; the exit status."""
    try:
        migrate(load_settings().database_url.get_secret_value())
    except ConfigurationError as failure:
        return stop(str(failure))
    except SQLAlchemyError as failure:
        # The driver's own words name host and reason; the address with its password is not among them.
        reason = str(getattr(failure, "orig", None) or failure).strip().splitlines()[0]
        return stop(f"DATABASE_URL: the database does not answer as one the shop can use: {reason}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Who may use the studio.

Imported by `ui.studio`, `web` and the assembly; uses the shop's foundation and `identity`'s cookies.
"""

from klarna_shop.shop.studio.logins import (
    STUDIO_SECONDS,
    StudioFrozen,
    StudioLogins,
    StudioRefused,
    StudioSession,
)

__all__ = ["STUDIO_SECONDS", "StudioFrozen", "StudioLogins", "StudioRefused", "StudioSession"]

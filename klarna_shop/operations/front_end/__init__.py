"""What this shop adds to the front end that Reflex builds, and changes in it: one plugin a module.

`rxconfig.py` names them. A change of Reflex's own files is a `Change`: it fits this version or stops the
build. May import what `operations` may; `rxconfig.py` alone imports this folder.
"""

from klarna_shop.operations.front_end.bitmaps import BitmapsPlugin
from klarna_shop.operations.front_end.connection import ConnectionPlugin
from klarna_shop.operations.front_end.few_files import FewFilesPlugin
from klarna_shop.operations.front_end.foreign_changes import ForeignChangesPlugin
from klarna_shop.operations.front_end.framed_pages import FramedPagesPlugin
from klarna_shop.operations.front_end.guards import GuardsPlugin
from klarna_shop.operations.front_end.last_page import LastPagePlugin
from klarna_shop.operations.front_end.newer_build import NewerBuildPlugin
from klarna_shop.operations.front_end.own_documents import OwnDocumentsPlugin
from klarna_shop.operations.front_end.plain_elements import PlainElementsPlugin
from klarna_shop.operations.front_end.short_tasks import ShortTasksPlugin
from klarna_shop.operations.front_end.socket_address import SocketAddressPlugin

__all__ = [
    "BitmapsPlugin",
    "ConnectionPlugin",
    "FewFilesPlugin",
    "ForeignChangesPlugin",
    "FramedPagesPlugin",
    "GuardsPlugin",
    "LastPagePlugin",
    "NewerBuildPlugin",
    "OwnDocumentsPlugin",
    "PlainElementsPlugin",
    "ShortTasksPlugin",
    "SocketAddressPlugin",
]

"""Every page a reader can meet, and every state of it, with the way there.

For whatever has to look at all of them: accessibility, pictures. A situation begins with a new visitor.
"""

from tests.situations.reader import SITUATIONS
from tests.situations.situation import Situation
from tests.situations.studio import ROOMS

__all__ = ["ROOMS", "SITUATIONS", "Situation"]

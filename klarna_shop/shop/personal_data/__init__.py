"""What is kept about one reader, gathered from every room: to give to them, and to erase at their word.

Used by the privacy page and its route. A new table with a `visitor_id` belongs in `kept`; a test says so.
"""

from klarna_shop.shop.personal_data.service import PersonalData

__all__ = ["PersonalData"]

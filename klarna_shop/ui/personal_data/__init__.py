"""What is kept about a reader, on the privacy page: to download, and to erase."""

from klarna_shop.ui.personal_data.section import personal_data_section
from klarna_shop.ui.personal_data.state import PersonalDataState

__all__ = ["PersonalDataState", "personal_data_section"]

"""Settings with which production starts: made for the tests, and used nowhere else."""

from __future__ import annotations

PRODUCTION = {
    "PAYWAY_ENV": "production",
    "PAYWAY_CLIENT_ID": "norra-posten",
    "PAYWAY_CLIENT_SECRET": "f3Kq-81xZ-mmv0-Pw7u",
    "PAYWAY_ORGANISATION": "norraposten",
    "PAYWAY_TITLE_CODE": "NP",
    "APP_URL": "https://butik.norraposten.example",
    "SECRET_KEY": "vK3mTq9ZxW1LpR7cYbN5sHd2JfGa8EuQ0oViMtXz",
    "STUDIO_PASSWORD": "correct horse battery staple",
    "SELLER_NAME": "Norra Posten AB",
    "SELLER_NUMBER": "559999-9999",
    "SELLER_ADDRESS": "Storgatan 1, 903 26 Umeå",
    "SELLER_EMAIL": "kund@norraposten.example",
}

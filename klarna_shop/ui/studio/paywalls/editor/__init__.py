"""The editor of one design: its state, the form beside the live page, what is found while one writes.

`table.py` names the fields, the JSON Schema says what each is; `form.py` turns a document into what the page
shows, `typed.py` what the form sends into what a document holds. Only `paywalls.page` shows it.
"""

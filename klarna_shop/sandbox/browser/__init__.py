"""What a browser meets of the sandbox: the stub of Klarna's SDK, Klarna's redirect page, and a mailbox.

Imported by the sandbox's application alone.
"""

"""What a browser meets of the sandbox.

That is the stub of Klarna's SDK, Klarna's redirect page, a mailbox, and the stand-in for the portal where
customers sign in. Imported by the sandbox's application alone.
"""

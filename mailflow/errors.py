"""The one family of errors mailflow raises for a person to read.

Every message says what is wrong, where, and what to do:

    rules/invoice.yaml:14: stage "finance" has no approvers: add `who:` or remove the stage.

An error that becomes a value (a refused letter, an unread mail) is not an exception at all;
see the frozen outcomes in `core` and `edges`.
"""


class MailflowError(Exception):
    """Something a person can mend; the text is complete in itself."""


class SettingsError(MailflowError):
    """mailflow.toml, directory.yaml, a rules file or a template is wrong: the start stops here."""


class StoreError(MailflowError):
    """The database or the file store cannot be used as it is."""


class LeaseLost(StoreError):
    """Another agent does this by now: whoever comes late writes nothing."""


class UndecidedError(MailflowError):
    """One matter cannot be decided as things stand; everything else goes on, and a person looks at this one."""


class MailboxError(MailflowError):
    """The mailbox cannot be read: wrong password, missing folder, refused TLS."""


class CannotBeRead(MailflowError):
    """A file that was named is not there, is a folder, or may not be opened."""

"""The core of Parlour: users, conversations and messages, and the ports through which they act.

Pure and synchronous: the standard library, attrs and regex, no I/O, no clock, no randomness. One
folder for each concept: `model` has the values, `ports` what is needed from outside, `events` the
events that the concept declares, the other modules the use cases. A concept imports only those
below it:

    events | sync → administration | notifications → messages | presence → conversations → access
    → users → logs → kernel

Adapters implement the ports and entrypoints call the use cases; the domain knows neither.
"""

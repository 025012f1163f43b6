"""The core of Parlour: users, conversations and messages, and the ports through which they act.

Pure and synchronous: the standard library and attrs, no input or output, no clock, no randomness.
One folder a concept: `model` holds its nouns and rules, `ports` its needs, `use_cases` its deeds.
A concept imports only those below it:

    sync → administration | notifications → messages | presence → conversations → access → users
    → logs → kernel

Adapters implement the ports, entrypoints call the use cases; neither is known here.
"""

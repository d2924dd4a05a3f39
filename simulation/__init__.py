"""A month of an office in a second: the real conductors and the real core, in a world drawn from one seed.

What is real: `daemon.run` and all it calls, the engine, the store with its SQL, the file store, templates, rules.
What is simulated: the clock, chance, the mail servers, the disk, threads, the hour a process dies; and people.
The same seed always plays the same month, so a failure is replayed by its number. Start with `world`, then `run`;
docs/simulation.md says what this shows and what it cannot.
"""

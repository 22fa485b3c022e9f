"""Reports of ``codeloop ci``: the files of its folder, each with a documented schema, and what it prints."""

"""CI: a project's runs, one for each suite, model and prompt; what its gates make of them; one outcome."""

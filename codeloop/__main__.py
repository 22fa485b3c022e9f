"""``python -m codeloop``."""

from codeloop.cli import main

if __name__ == "__main__":
    main()

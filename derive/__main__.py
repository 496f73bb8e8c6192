"""python -m derive is the command derive."""

from derive.commands.main import main

if __name__ == "__main__":
    main(prog_name="derive")

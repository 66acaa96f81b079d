"""`python -m clientela.cli`, for where the command is not on the path."""

from clientela.cli.main import main

main()

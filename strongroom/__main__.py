"""`python -m strongroom` is the command `strongroom`."""

from strongroom.command import main

main()

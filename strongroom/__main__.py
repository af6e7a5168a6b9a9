"""`python -m strongroom` is the command `strongroom`."""

from strongroom.entry import main

main()

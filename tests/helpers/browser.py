"""The project's pages in a real browser, Chromium without a window."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",  # the page is asked from the page around it
]
DARK = "--blink-settings=preferredColorScheme=0"
FRAME = """<!DOCTYPE html><meta charset="utf-8"><title>probe</title>
<iframe id="page" src="page.html{address}"
  style="width: {width}px; height: 800px; border: 0"></iframe>
<script>{scripts}
addEventListener("load", async () => {{
  const found = await (async (window, document) => {{ {probe} }})(
    page.contentWindow, page.contentDocument
  );
  page.remove();
  document.body.innerHTML = "<pre id=probe></pre>";
  document.getElementById("probe").textContent = btoa(
    String.fromCharCode(...new TextEncoder().encode(JSON.stringify(found)))
  );
}});
</script>
"""


def probed(
    page: str,
    folder: Path,
    probe: str,
    *,
    width: int = 390,
    dark: bool = False,
    address: str = "",
    scripts: str = "",
) -> tuple[Any, list[str]]:
    """Return what a probe finds in a page of so many pixels, and the lines of the console.

    The probe is the body of a JavaScript function of the page's `window` and `document`, run once
    the page is loaded. `address` is what follows the name of the file. `scripts` are loaded around
    the page.
    """
    (folder / "page.html").write_text(page, encoding="utf-8")
    around = FRAME.format(address=address, width=width, probe=probe, scripts=scripts)
    (folder / "around.html").write_text(around, encoding="utf-8")
    options = [f"--user-data-dir={folder / 'profile'}", "--window-size=1600,900"]
    options += ["--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom"]
    done = subprocess.run(
        [
            str(CHROMIUM),
            *QUIET,
            *options,
            *([DARK] if dark else []),
            (folder / "around.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(base64.b64decode(found[1])), console

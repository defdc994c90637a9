"""The project's page in a real browser, Chromium without a window."""

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
]
PROBE = """
<script>
const visible = () => [...document.querySelectorAll("#claims tbody tr:not([hidden])")];
const choose = (id, value) => {
  const field = document.getElementById(id);
  field.value = value;
  field.dispatchEvent(new Event("input"));
};
addEventListener("load", () => {
  const found = { images: [...document.images].map((image) => [image.naturalWidth, image.width]) };
  found.wide = document.documentElement.scrollWidth > innerWidth;
  found.all = visible().length;
  choose("verdict", "match");
  found.match = visible().map((row) => row.dataset.verdict);
  found.status = document.getElementById("status").textContent;
  choose("text", "momentum");
  found.momentum = visible().map((row) => row.cells[0].textContent);
  choose("text", "");
  choose("verdict", "");
  const heading = document.querySelector("#claims thead th");
  heading.firstElementChild.click();
  heading.firstElementChild.click();
  found.sorted = visible().map((row) => row.cells[0].textContent);
  found.direction = heading.ariaSort;
  document.body.innerHTML = "<pre id=probe></pre>";
  document.getElementById("probe").textContent = btoa(JSON.stringify(found));
});
</script>
"""


def probed(page: str, folder: Path, width: int = 400) -> tuple[dict[str, Any], list[str]]:
    """Return what the page looks like in a window so wide (pixels), and the console's lines.

    Its images by natural and shown width, whether it would scroll sideways, and which claims
    are visible as they are filtered and sorted.
    """
    file = folder / "page.html"
    file.write_text(page.replace("</body>", f"{PROBE}</body>"))
    options = [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},800"]
    options += ["--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom"]
    done = subprocess.run(
        [str(CHROMIUM), *QUIET, *options, file.as_uri()],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(base64.b64decode(found[1])), console

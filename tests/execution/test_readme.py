"""The room's README says how to lift it out; its example runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[2]
README = HOME / "execution" / "README.md"


def test_the_example_runs_and_prints_what_it_says(tmp_path: Path):
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (printed,) = re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == printed


def test_every_file_of_the_room_is_in_it():
    text = README.read_text()
    for part in (HOME / "execution").iterdir():
        name = f"{part.name}/" if part.is_dir() else part.name
        assert f"`{name}`" in text or name in ("__init__.py", "__pycache__/", README.name), name

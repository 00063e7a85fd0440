"""Where something must be there, a skip for want of it fails."""

import os
import shutil
import subprocess
import sys

import pytest
from fake_pack import REPOSITORY

TESTS = {
    "test_inside.py": "import pytest\ndef test_a():\n    pytest.skip('needs ../shared/formats')\ndef test_b():\n    pytest.skip('other')\n",
    "test_mark.py": "import pytest\n@pytest.mark.skipif(True, reason='needs ../shared')\ndef test_a(): pass\n",
    "test_module.py": "import pytest\npytest.importorskip('no_such_module', reason='needs JupyterLab')\n",
    "test_cluster.py": "import pytest\npytest.importorskip('no_such_module', reason='needs Dask')\n",
    "test_fixture.py": "import pytest\n@pytest.fixture(scope='module')\ndef browser():\n    pytest.skip('needs a browser: chromium')\n"
    "def test_a(browser): pass\n",
}


@pytest.mark.parametrize(
    ("required", "failed"),
    [
        ([], ""),
        (["PANELPACK_REQUIRE_SHARED"], "1 failed, 4 skipped, 1 error"),
        (["PANELPACK_REQUIRE_BROWSER"], "5 skipped, 1 error"),
        (["PANELPACK_REQUIRE_LAB"], "1 error"),
        (["PANELPACK_REQUIRE_CLUSTER"], "1 error"),
    ],
)
def test_skips_fail_where_what_they_need_must_be_there(tmp_path, required, failed):
    shutil.copyfile(REPOSITORY / "tests" / "conftest.py", tmp_path / "conftest.py")
    for name, text in TESTS.items():
        (tmp_path / name).write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PANELPACK_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        env={**environment, **dict.fromkeys(required, "1")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == ({"": 0, "1 error": 2}.get(failed, 1)), done.stdout
    assert failed in done.stdout

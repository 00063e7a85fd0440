"""A notebook works in JupyterLab itself: a real server, its kernel, its outputs."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid

import pytest
from fake_pack import REPOSITORY, make_home, page_cells, write_notebook

pytest.importorskip("jupyterlab", reason="needs JupyterLab: pip install -c constraints.txt -e '.[lab]'")
websocket = pytest.importorskip("websocket", reason="needs JupyterLab, which brings websocket-client")

MIME = "application/vnd.panelpack.v1+json"
TOKEN = "a-token-for-this-test"
START_SECONDS, CELL_SECONDS = 90, 300
SHIPPED = sorted(path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb"))[:1]


class Server:
    """JupyterLab as `panelpack lab` starts it, on a free port of this machine, without a browser."""

    def __init__(self, root, scratch):
        environment = {
            **{name: value for name, value in os.environ.items() if name != "MPLBACKEND"},
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONPATH": str(REPOSITORY),
            **{f"JUPYTER_{kind}_DIR": str(scratch / kind.lower()) for kind in ("RUNTIME", "CONFIG", "DATA")},
        }
        arguments = ["--no-browser", "--port=0", "--ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}"]
        arguments += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        self.log = open(scratch / "log.txt", "w")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments],
            cwd=root,
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.address = self._address(scratch / "runtime")

    def _address(self, runtime):
        """Where it answers, from the file that it writes once it does."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.said()
            for told in runtime.glob("jpserver-*.json"):
                if text := told.read_text():
                    return json.loads(text)["url"].rstrip("/")
            time.sleep(0.2)
        raise AssertionError(f"JupyterLab did not start within {START_SECONDS} seconds: {self.said()}")

    def said(self):
        return open(self.log.name).read()

    def ask(self, path, body=None):
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def run_all_cells(self, path):
        """Open a notebook as the browser does, run every code cell, and return their outputs."""
        cells = json.loads(self.ask(f"api/contents/{path}?content=1"))["content"]["cells"]
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = json.loads(self.ask("api/sessions", wanted))["kernel"]["id"]
        address = f"{self.address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?token={TOKEN}"
        channel = websocket.create_connection(address, timeout=CELL_SECONDS)
        try:
            return [
                output for cell in cells if cell["cell_type"] == "code" for output in _run_cell(channel, cell["source"])
            ]
        finally:
            channel.close()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def _run_cell(channel, source):
    """The outputs of one cell: everything that the kernel shows until it is idle again."""
    name = uuid.uuid4().hex
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    header = {"msg_id": name, "msg_type": "execute_request", "session": name, "username": "", "version": "5.3"}
    channel.send(
        json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
    )
    outputs = []
    while True:
        message = json.loads(channel.recv())
        if message["parent_header"].get("msg_id") != name:
            continue
        if message["msg_type"] in ("display_data", "execute_result", "stream", "error"):
            outputs.append({"output_type": message["msg_type"], **message["content"]})
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return outputs


@pytest.fixture(params=["a small notebook", *SHIPPED])
def opened(request, tmp_path):
    """(server, path of the notebook to open)"""
    root, name = REPOSITORY, request.param
    if not name.endswith(".ipynb"):
        root, name = make_home(tmp_path / "home"), "small.ipynb"
        write_notebook(root / "notebooks", "small", page_cells())
    (tmp_path / "scratch").mkdir()
    server = Server(root, tmp_path / "scratch")
    yield server, f"notebooks/{name}"
    server.stop()


def test_a_notebook_shows_its_page_in_jupyterlab(opened):
    server, path = opened
    assert b"JupyterLab" in server.ask("lab")
    outputs = server.run_all_cells(path)
    kinds = [output["data"][MIME]["kind"] for output in outputs if MIME in output.get("data", {})]
    assert "banner" in kinds and "answer" in kinds
    assert [output for output in outputs if MIME not in output.get("data", {})] == []
    assert all(output["data"]["text/html"] for output in outputs)

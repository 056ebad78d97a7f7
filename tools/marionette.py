"""Firefox without a screen, by the protocol that it speaks itself: Marionette, JSON
over a socket. It needs no package and no driver (`make test-firefox`).
"""

import contextlib
import json
import socket
import subprocess
import time
from pathlib import Path

KEYS = {"Home": "\ue011", "End": "\ue010", "ArrowLeft": "\ue012", "Enter": "\ue007"}
KEYS |= {"ArrowRight": "\ue014", "PageDown": "\ue00f", "Escape": "\ue00c"}


class Firefox:
    """One window; `folder` takes its profile and what it saves."""

    def __init__(self, program, folder):
        self.folder = Path(folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {"marionette.port": port, "browser.download.folderList": 2}
        settings |= {"browser.download.dir": str(folder)}
        lines = [f'user_pref("{k}", {json.dumps(v)});\n' for k, v in settings.items()]
        profile = self.folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text("".join(lines))
        flags = ["--marionette", "--headless", "--remote-allow-system-access"]
        self.process = subprocess.Popen(
            [program, *flags, "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            with contextlib.suppress(ConnectionRefusedError):
                link = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{program} does not answer")
        self.stream = link.makefile("rwb")
        self._answer()  # it says who it is
        self.send("WebDriver:NewSession")

    def _answer(self):
        length = b""
        while (byte := self.stream.read(1)) != b":":
            length += byte
        return json.loads(self.stream.read(int(length)))

    def send(self, command, **parameters):
        text = json.dumps([0, 1, command, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(text), text))
        self.stream.flush()
        _, _, error, result = self._answer()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def go(self, url):
        """Open an address anew, even if only what stands behind its # differs."""
        for address in ("about:blank", url):
            self.send("WebDriver:Navigate", url=address)

    def run(self, script, *args, context="content"):
        """What the body of a function returns, in the page or in the browser itself."""
        self.send("Marionette:SetContext", value=context)
        return self.send("WebDriver:ExecuteScript", script=script, args=args)

    def wait(self, script, *args):
        end = time.monotonic() + 10
        while not (found := self.run(script, *args)):
            assert time.monotonic() < end, f"it never comes: {script}"
            time.sleep(0.05)
        return found

    def press(self, *keys):
        strokes = [(kind, KEYS[k]) for k in keys for kind in ("keyDown", "keyUp")]
        actions = [{"type": kind, "value": value} for kind, value in strokes]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        self.send("WebDriver:PerformActions", actions=[keyboard])

    def close(self):
        self.send("Marionette:Quit", flags=["eForceQuit"])
        self.process.wait(20)

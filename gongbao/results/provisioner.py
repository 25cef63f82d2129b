"""How a kernel of a build is started: jupyter_client's extension point for that is the provisioner.

The notebooks keep their kernel, ``python3``, and other programs start it as they always do. Only the kernel manager of
a build adds the name of this provisioner to the kernel specification that it has loaded.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from gongbao.results import kernel
from gongbao.results.zygote import Zygote

NAME = "gongbao"
"""The entry point of the provisioner in pyproject.toml."""

_LAUNCHER = "ipykernel_launcher"


class BookKernelManager(AsyncKernelManager):
    """Manages a kernel that keeps a record of what it reads.

    A kernel of another Python or of another language is started as ever, and has no record.
    """

    def __init__(self, record: str, zygote: Zygote | None, **traits: Any) -> None:
        self.record = record
        self.zygote = zygote
        super().__init__(**traits)

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The specification as installed, with the provisioner, unless it names one of its own."""
        spec = super().kernel_spec
        if spec:
            spec.metadata.setdefault("kernel_provisioner", {"provisioner_name": NAME})
        return spec


class BookProvisioner(LocalProvisioner):
    """Forks the kernel off a process that has the libraries loaded, or starts it as a process of its own."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel in the one way or the other."""
        manager = self.parent
        if not isinstance(manager, BookKernelManager) or not _is_ours(cmd):
            return await super().launch_kernel(cmd, **kwargs)
        place = cmd.index(_LAUNCHER)
        arguments, environment = cmd[place + 1 :], kwargs["env"]
        if manager.zygote and manager.zygote.suits(environment):
            cwd = str(kwargs.get("cwd") or Path.cwd())
            fork = manager.zygote.fork(manager.record, arguments, cwd, environment)
            if fork:
                self.process = cast("subprocess.Popen[bytes]", fork)
                self.pid = self.pgid = fork.pid
                return self.connection_info
        return await super().launch_kernel([*cmd[:place], kernel.__name__, manager.record, *arguments], **kwargs)


def _is_ours(cmd: list[str]) -> bool:
    """Whether a command starts the kernel of this very Python."""
    # not the file behind a link: that is the same for all virtual environments
    return _LAUNCHER in cmd and Path(cmd[0]).absolute() == Path(sys.executable).absolute()

"""A SLURM of two nodes on this machine, with accounting and GPUs that are none, for tests.

Each node is a daemon of its own. They share the machine's name, processors, memory and files.

Everything lies in one folder and listens on the loopback alone, but for the link
/etc/slurm/slurm.conf: inside a job the executor plugin forgets SLURM_CONF. Daemons stay in the
foreground, so that whoever started them ends them.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PROGRAMS = ("munged", "mariadbd", "slurmdbd", "slurmctld", "slurmd", "sbatch", "sacct")
LINK = Path("/etc/slurm/slurm.conf")
FOLDER = "naseval-cluster"
"""The name of the folder, by which a link that was left behind is known."""
ENVIRONMENT = {"SLURM_CONF": "slurm.conf", "MYSQL_UNIX_PORT": "mariadb.socket"}
NODES = ("one", "two")
GPUS = 3
"""Of each node."""
CPUS = 8
"""Of each node; more than there are: jobs share what there is."""

SLURM = """
ClusterName=naseval
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={slurmctld}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=10
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
StateSaveLocation={folder}/state
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,sched_interval=5,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
GresTypes=gpu
KillWait=5
MinJobAge=300
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={slurmdbd}
AccountingStoragePass={folder}/munge.socket
AccountingStorageTRES=gres/gpu
PartitionName=cpu Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=ALL MaxTime=INFINITE State=UP
NodeName=DEFAULT CPUs={cpus} RealMemory={memory}
"""
NODE = "NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} Gres=gpu:fake:{gpus}\n"
ACCOUNTING = """
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoInAddrAny
DbdHost=localhost
DbdPort={slurmdbd}
SlurmUser=root
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm
"""


def unavailable() -> str | None:
    """Say why there can be no cluster here; None where there can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if os.geteuid() != 0:
        return "starting SLURM's daemons needs root"
    if missing:
        return f"{missing[0]} is not installed"
    if os.path.lexists(LINK) and not _left_over():
        return f"{LINK} is there: this machine has a cluster already"
    return None


def _left_over() -> bool:
    """Say whether the link is of a session that was killed, and its daemons with it."""
    if not LINK.is_symlink() or LINK.readlink().parent.name != FOLDER:
        return False
    environment = {**os.environ, "SLURM_CONF": str(LINK)}
    ping = subprocess.run(["scontrol", "ping"], env=environment, check=False, capture_output=True)
    return ping.returncode != 0


@dataclass
class Cluster:
    """The daemons by name, and what to ask SLURM. `folder` is empty and called `FOLDER`."""

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Write the configuration and start everything; `stop` has to follow, whatever happens."""
        self._configure()
        self.start_daemon("munged")
        wait(lambda: (self.folder / "munge.socket").exists(), "munge's socket")
        self._start_accounting()
        self.start_daemon("slurmctld")
        wait(lambda: self.succeeds("scontrol", "ping"), "slurmctld")
        for node in NODES:
            self.start_daemon(f"slurmd {node}")
        wait(lambda: set(self.ask("sinfo", "-h", "-o", "%T").split()) == {"idle"}, "idle nodes")

    def stop(self) -> None:
        """End jobs and daemons, and leave nothing in /etc."""
        if "slurmctld" in self.daemons and self.succeeds("scancel", "--user=root"):
            wait(lambda: not self.ask("squeue", "-h"), "the jobs' end")
        for name in reversed(list(self.daemons)):
            self.stop_daemon(name)
        LINK.unlink(missing_ok=True)
        for variable in ENVIRONMENT:
            del os.environ[variable]

    def start_daemon(self, name: str) -> None:
        """Start one daemon; what it says is in its log."""
        command = ["setpriv", "--pdeathsig=KILL", *self._command(name)]  # it dies with these tests
        with (self.folder / f"{name}.log").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop_daemon(self, name: str, number: int = signal.SIGTERM) -> None:
        """Send one daemon a signal and wait for its end."""
        daemon = self.daemons.pop(name)
        daemon.send_signal(number)
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def crash(self, node: str) -> None:
        """End a node's daemon and everything that runs on it, as a loss of power would."""
        jobs = self.ask("squeue", "-h", "-w", node, "-t", "running", "-o", "[%A.").split()
        self.stop_daemon(f"slurmd {node}", signal.SIGKILL)
        for step in psutil.process_iter():
            if step.name() == "slurmstepd" and any(job in " ".join(step.cmdline()) for job in jobs):
                for process in (step, *step.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        process.kill()

    def ask(self, *command: str) -> str:
        """Return what a SLURM command prints. Raises where it fails."""
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def succeeds(self, *command: str) -> bool:
        """Say whether a SLURM command succeeds."""
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _configure(self) -> None:
        self.folder.chmod(0o755)  # others cannot write, says munged
        for name in ("state", "database", *(f"spool-{node}" for node in NODES)):
            (self.folder / name).mkdir()
        for number in range(GPUS * len(NODES)):
            (self.folder / f"nvidia{number}").symlink_to(
                "/dev/null"
            )  # a file would not be numbered
        host = socket.gethostname().split(".")[0]
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        facts = {
            "folder": self.folder,
            "host": host,
            "cpus": CPUS,
            "gpus": GPUS,
            "memory": pages // 2**20 // len(NODES),
            **free_ports("slurmctld", "slurmdbd"),
        }
        nodes = "".join(
            NODE.format(node=node, host=host, port=port, gpus=GPUS)
            for node, port in free_ports(*NODES).items()
        )
        file = f"Name=gpu Type=fake File={self.folder}/nvidia"  # numbered, each node's own
        devices = "".join(
            f"NodeName={node} {file}[{place * GPUS}-{(place + 1) * GPUS - 1}]\n"
            for place, node in enumerate(NODES)
        )
        self._write("slurm.conf", SLURM.format(**facts) + nodes)
        self._write("slurmdbd.conf", ACCOUNTING.format(**facts))
        self._write("gres.conf", devices)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        LINK.parent.mkdir(exist_ok=True)
        LINK.unlink(missing_ok=True)
        LINK.symlink_to(self.folder / "slurm.conf")
        os.environ |= {name: str(self.folder / file) for name, file in ENVIRONMENT.items()}

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600 if name == "slurmdbd.conf" else 0o644)

    def _start_accounting(self) -> None:
        database = f"--datadir={self.folder / 'database'}"
        create = ["mariadb-install-db", "--user=root", "--skip-test-db", database]
        self.ask(*create, "--auth-root-authentication-method=socket")
        self.start_daemon("mariadbd")
        client = ("mariadb", f"--socket={self.folder / 'mariadb.socket'}")
        wait(lambda: self.succeeds(*client, "-e", "create database if not exists slurm"), "mariadb")
        self.start_daemon("slurmdbd")
        wait(lambda: self.succeeds("sacctmgr", "-n", "show", "cluster"), "slurmdbd")
        for entity in ("cluster naseval", "account lab", "user root account=lab"):
            self.ask("sacctmgr", "-i", "add", *entity.split())

    def _command(self, name: str) -> list[str]:
        return {
            "munged": [
                *("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket"),
                *(f"--{kind}-file={self.folder}/munge.{kind}" for kind in ("key", "pid", "seed")),
                f"--log-file={self.folder}/munged.log",
            ],
            "mariadbd": [
                *("mariadbd", "--no-defaults", "--user=root", "--skip-networking"),
                f"--datadir={self.folder / 'database'}",
                f"--socket={self.folder / 'mariadb.socket'}",
                *("--innodb-flush-log-at-trx-commit=0", "--innodb-lock-wait-timeout=900"),
            ],
            "slurmdbd": ["slurmdbd", "-D"],
            "slurmctld": ["slurmctld", "-D"],
            **{f"slurmd {node}": ["slurmd", "-D", "-N", node] for node in NODES},
        }[name]


def free_ports(*names: str) -> dict[str, int]:
    """Return a port that nobody listens on for each name."""
    sockets = [socket.socket() for _ in names]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return dict(zip(names, ports, strict=True))


def wait(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until a condition holds; raise `TimeoutError`, naming it, where it does not."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.2)

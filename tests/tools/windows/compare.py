"""Runs the same commands with the Linux program and, under wine, with zicha.exe, and compares what they print and write.

compare.py LINUX_PROGRAM FOLDER: the folder has `bin/` with zicha.exe, the library that wine lacks and hold.exe.
"""
import fcntl
import hashlib
import io
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
LINUX = pathlib.Path(sys.argv[1]).resolve()
TRIAL = pathlib.Path(sys.argv[2]).resolve()
BIN = TRIAL / "bin"
PATIENCE = 300
ENVIRONMENT = {
    **os.environ,
    "WINEPREFIX": str(TRIAL / "prefix"),
    "WINEDEBUG": "-all",
    "LC_ALL": "C.UTF-8",
    "WINEDLLOVERRIDES": "mscoree,mshtml=",
}
# The first holds times, the second depends on the program's own bytes, the third is what runs lock.
OF_A_RUN = {"index-changed.js", ".zicha-cache", "lock"}


def command(system, arguments):
    return [str(LINUX), *arguments] if system == "linux" else ["wine", str(BIN / "zicha.exe"), *arguments]


def run(system, folder, arguments):
    done = subprocess.run(
        command(system, arguments), cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
    )
    # Wine's own messages, and the name of the program as usage shows it.
    errors = [line for line in done.stderr.decode().splitlines() if not re.match(r"[0-9a-f]{4}:|wine:|it looks like", line)]
    return done.returncode, said(done.stdout.decode()), said("\n".join(errors))


def said(text):
    """What was printed, without carriage returns, moments and durations, with one kind of separator in paths."""
    text = re.sub(r"用时 *[0-9.]+ *(毫秒|秒)", "用时 T", text.replace("\r\n", "\n").replace("\\", "/"))
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", "TIME", text)
    return re.sub(r"[0-9.]+ 秒", "T 秒", text).strip()


def tree(folder):
    """The files of a folder. The keys by which a run knows what it has built hold the time of a program that is built without
    optimisation; they are left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in OF_A_RUN:
            content = path.read_bytes()
            if path.name == "run.json":
                content = re.sub(rb'"key": *"[0-9a-f]{64}"', b'"key": ""', content)
            found[path.relative_to(folder).as_posix()] = content
    return found


class Pair:
    """A project folder for each system, with the same in it."""

    def __init__(self, name, fill=None):
        self.name = name
        self.folders = {system: TRIAL / system / name for system in ("linux", "windows")}
        for folder in self.folders.values():
            folder.mkdir(parents=True)
            if fill:
                fill(folder)

    def both(self, *arguments, code=0, holds=()):
        """Runs a command on both systems; it ends with `code`, prints the same and leaves the same files."""
        results = {system: run(system, folder, arguments) for system, folder in self.folders.items()}
        linux, windows = results["linux"], results["windows"]
        where = f"{self.name}: zicha {' '.join(arguments)}"
        check(linux[0] == code, f"{where}: Linux ends with {linux[0]}\n{linux[1]}\n{linux[2]}")
        for of_linux, of_windows, what in zip(linux, windows, ("exit code", "standard output", "standard error")):
            check(of_linux == of_windows, f"{where}: {what}\n--- Linux\n{of_linux}\n--- Windows\n{of_windows}")
        for text in holds:
            check(text in windows[1] + windows[2], f"{where}: lacks {text}\n{windows[1]}\n{windows[2]}")
        self.compare(where)
        return windows

    def compare(self, where):
        linux, windows = (tree(self.folders[system]) for system in ("linux", "windows"))
        check(linux.keys() == windows.keys(), f"{where}: other files: {sorted(linux.keys() ^ windows.keys())}")
        other = [name for name in linux if linux[name] != windows.get(name)]
        check(not other, f"{where}: other bytes: {other}")


FAILED = []
PASSED = 0


def check(holds, message):
    global PASSED
    PASSED += bool(holds)
    if not holds:
        FAILED.append(message)
        print(f"FAILED {message}"[:4000], flush=True)


def copied(*names):
    def fill(folder):
        for name in names:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*"))

    return fill


def small(branches, more=lambda folder: None):
    """A small notice whose reports have no gap."""

    def fill(folder):
        shutil.copytree(ROOT / "tests/integration/archive/notice", folder / "templates/2018-grassroots")
        rows = {
            "党组织名册": ("党组织名称,类别,联系人", [f"{name},机关党支部,袁联系" for name in branches]),
            "干部在线学习": ("党组织,姓名,规定学时,已完成学时", [f"{name},赵,50,40" for name in branches]),
            "获奖情况": ("党组织,奖项", []),
        }
        (folder / "input").mkdir()
        for name, (header, lines) in rows.items():
            (folder / f"input/{name}.csv").write_text("".join(f"{line}\n" for line in [header, *lines]), "utf-8")
        more(folder)

    return fill


def package(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            # The time of an entry would make two packages of the same parts different.
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def hostile(folder):
    """Files that kill naive readers, in a project that allows little memory."""
    copied("templates/2018-grassroots")(folder)
    notice = folder / "templates/2018-grassroots/notice.toml"
    text = notice.read_text("utf-8")
    for old, new in [("memory_mib   = 512", "memory_mib   = 128"), ("unpacked_mib = 512", "unpacked_mib = 100000"), ("seconds      = 20", "seconds      = 120")]:
        check(old in text, f"the settings have {old}")
        text = text.replace(old, new)
    notice.write_text(text, "utf-8")
    source = next((ROOT / "input").glob("主题党日.xlsx")).read_bytes()
    files = {
        "半截.xlsx": source[: len(source) // 2],
        "图片.xlsx": b"\x89PNG\r\n\x1a\n",
        "空.xlsx": b"",
        "引号.csv": "党组织,姓名\n甲,\"赵\n".encode(),
        "文档.docx": b"PK\x03\x04 not a workbook",
        "长.ods": package(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": f"<office:document-content>{'甲' * 80_000_000}</office:document-content>",
                "META-INF/manifest.xml": "<manifest:manifest/>",
            }
        ),
    }
    for path in (ROOT / "input").iterdir():
        if path.is_file() and not path.name.startswith("."):
            (folder / "input").mkdir(exist_ok=True)
            shutil.copy(path, folder / "input" / path.name)
    (folder / "input/坏").mkdir()
    for name, content in files.items():
        (folder / "input/坏" / name).write_bytes(content)


def main_paths():
    pair = Pair("自带的 例子")
    pair.both("init")
    pair.both("init", code=2, holds=["已有 templates"])
    pair.both("check")
    pair.both("build", "--quiet", holds=["报告 18 份"])
    pair.both("build", "--quiet")
    pair.both("status", code=1)
    pair.both("build", "--quiet", "--notice", "templates/2019-safety/notice.toml", holds=["报告 12 份"])
    pair.both("form", "填报表")
    pair.both("check", "--xlsx", "问题")
    pair.both("columns", "input/主题党日.xlsx")
    pair.both("schema", "notice.schema.json")
    pair.both("new", "templates/新的", "input/干部在线学习.csv", "input/党组织名册.xlsx", "--yes", "--heading", "学习情况")
    for arguments in [("biuld",), ("build", "--date", "明天"), ("build", "--notice", "没有.toml"), ("build", "--input", "没有"), ("explain", "haeder"), ()]:
        pair.both(*arguments, code=2)


def finals_and_packages():
    pair = Pair("归档", small(["甲党支部", "乙党支部"]))
    pair.both("build", "--quiet", "--final")
    pair.both("archive", "--by", "张三", "--at", "2018-11-05", "--unsigned")
    packages = sorted(path.parent.name for path in (pair.folders["linux"] / "archive").glob("*/bagit.txt"))
    check(len(packages) == 3, f"packages: {packages}")
    pair.both("verify", *(f"archive/{name}" for name in packages), "--rebuild")
    # Packages of one system are whole on the other.
    theirs = pair.folders["linux"] / "archive"
    result = run("windows", TRIAL, ["verify", *(str(pathlib.Path("linux/归档/archive") / name) for name in packages)])
    check(result[0] == 0, f"packages of {theirs} on Windows: {result}")


def reserved_names_in_a_package():
    """A zip that another version sealed, with a ledger and a folder whose names Windows keeps for devices or shortens."""
    pair = Pair("保留名称", small(["甲党支部"]))
    pair.both("build", "--quiet", "--final")
    pair.both("archive", "--by", "张三", "--at", "2018-11-05", "--unsigned", "--zip")
    sealed = min((pair.folders["linux"] / "archive").glob("*.zip"))
    with zipfile.ZipFile(sealed) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    top = sealed.stem
    new = {"获奖情况.csv": "NUL.csv", "干部在线学习.csv": "con /尾点./干部在线学习.csv"}
    for old, name in new.items():
        parts[f"{top}/data/ledgers/{name}"] = parts.pop(f"{top}/data/ledgers/{old}")
    # Another version's reports are compared by their figures, not by the ledgers' names.
    version = re.search("<程序版本>([^<]*)<".encode(), parts[f"{top}/metadata.xml"]).group(1)
    parts[f"{top}/metadata.xml"] = parts[f"{top}/metadata.xml"].replace(version, b"0.0.1")
    listed = {name: content for name, content in parts.items() if "manifest-" not in name}
    for prefix, belongs in (("manifest", True), ("tagmanifest", False)):
        for algorithm in ("sha256", "sha512"):
            lines = [
                f"{hashlib.new(algorithm, content).hexdigest()}  {name.removeprefix(f'{top}/')}\n"
                for name, content in sorted(listed.items()) if name.startswith(f"{top}/data/") == belongs
            ]
            parts[f"{top}/{prefix}-{algorithm}.txt"] = "".join(lines).encode()
        listed.update({name: content for name, content in parts.items() if name.startswith(f"{top}/manifest-")})
    for folder in pair.folders.values():
        (folder / f"{top}.zip").write_bytes(package(parts))
    pair.both("verify", f"{top}.zip", "--rebuild", holds=["完好 1 个", "重新生成的报告与归档的一致"])


def names():
    branches = ["CON", "con", "COM¹", "a支部", "A支部", "Ａ支部", "尾点. ", "甲/乙:丙", "甲?乙:丙", "长" * 120 + "党支部", "nul .a"]
    Pair("名称", small(branches)).both("build", "--quiet")
    deep = Pair("深")
    for system, folder in deep.folders.items():
        for _ in range(14):
            folder = folder / "很长的文件夹名称很长的文件夹名称 很长"
        folder.mkdir(parents=True)
        small(["甲党支部"])(folder)
        deep.folders[system] = folder
    check(len(str(deep.folders["linux"])) > 260, "a path of more than 260 characters")
    root = TRIAL / "windows"
    code, out, err = run("linux", TRIAL, ["build", "--quiet", *of_project(deep.folders["linux"])])
    check(code == 0, f"deep on Linux: {out}{err}")
    code, out, err = run("windows", root, ["build", "--quiet", *of_project(deep.folders["windows"].relative_to(root))])
    check(code == 0, f"deep on Windows: {out}{err}")
    check(tree(deep.folders["linux"] / "output").keys() == tree(deep.folders["windows"] / "output").keys(), "deep: other files")


def long_paths():
    """Wine has no limit of 260 characters; its trace shows every path that is passed to the system. A longer one has to be in
    the form that Windows takes."""
    folder = TRIAL / "windows/long"
    for part in range(12):
        folder = folder / f"a folder with a long name {part}"
    folder.mkdir(parents=True)
    small(["甲党支部"])(folder)
    arguments = of_project(folder.relative_to(TRIAL / "windows"))
    trace = TRIAL / "paths"
    with trace.open("wb") as errors:
        done = subprocess.run(
            command("windows", ["build", "--quiet", *arguments]), cwd=TRIAL / "windows", env={**ENVIRONMENT, "WINEDEBUG": "+file"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, timeout=PATIENCE,
        )
    check(done.returncode == 0, f"a build below a long path: {done.returncode}")
    refused, seen = set(), 0
    for line in trace.read_text(errors="replace").splitlines():
        # Only what programs call, not the system's own layers below.
        call = re.search(r"trace:file:(\w+W) (.*)", line)
        for text, cut in re.findall(r'L"((?:[^"\\]|\\.)*)"(\.\.\.)?', call.group(2)) if call else ():
            path = re.sub(r"\\([0-9a-f]{4})", "字", text.replace("\\\\", "/"))
            if "a folder with a long name" in path and (cut or len(path) > 259):
                seen += 1
                if not path.startswith("//?/"):
                    refused.add(call.group(1))
    check(seen > 20, f"the trace has long paths: {seen}")
    check(not refused, f"calls that Windows would refuse for their long paths: {sorted(refused)}")


def of_project(folder):
    return ["--notice", str(folder / "templates/2018-grassroots/notice.toml"), "--input", str(folder / "input"), "--output", str(folder / "output")]


def limited_time(seconds):
    """Adds a file that takes long to read, and allows so many seconds for it."""

    def more(folder):
        notice = folder / "templates/2018-grassroots/notice.toml"
        check("[limits]" not in notice.read_text("utf-8"), "the settings have no limits of their own")
        with notice.open("a", encoding="utf-8") as settings:
            settings.write(f"\n[limits]\nseconds = {seconds}\n")
        (folder / "input/慢.xls").write_bytes(b"<html><table><tr><td>" + b"<!-- -->" * (12 << 20))

    return more


def hostile_files():
    pair = Pair("坏文件", hostile)
    pair.both("check", code=1, holds=["128 MiB", "已损坏"])
    pair.both("build", "--quiet", "--format", "md")
    Pair("慢", small(["甲党支部"], limited_time(10))).both("check", code=1, holds=["秒内没有读完"])


def processor_time():
    """A reader whose parent does not end it, with a file that takes it longer than it is allowed."""
    page = b"<html><table><tr><td>" + b"<!-- -->" * (12 << 20)
    reader = subprocess.Popen(
        command("windows", ["read-worker", "536870912", "536870912", "2000000", "100000000", "0"]), cwd=TRIAL, env=ENVIRONMENT,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    for frame in (b"\0", page):
        reader.stdin.write(struct.pack("<Q", len(frame)) + frame)
    reader.stdin.flush()
    # ERROR_NOT_ENOUGH_QUOTA, of which wine passes on the lowest byte.
    check(reader.wait(PATIENCE) == 1816 % 256, f"a reader beyond its processor time: {reader.returncode}")


def console():
    """A console that shows other characters than UTF-8, and one that shows these."""
    for page in (936, 65001, 437):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        program = subprocess.Popen(
            ["wine", "cmd", "/c", f"chcp {page} & {BIN / 'zicha.exe'} explain Z102 & {BIN / 'zicha.exe'} biuld"], cwd=TRIAL,
            env={**ENVIRONMENT, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        program.wait(PATIENCE)
        os.close(ours)
        text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>])", "", shown.decode("utf-8", "replace"))
        for wanted in ("内容与列的类型不符（错误）", "没有“biuld”这个命令，是不是“build”？"):
            check(wanted in text, f"a console of code page {page} shows {wanted}:\n{text}")


def file_open_in_word():
    pair = Pair("打开着", small(["甲党支部", "乙党支部"]))
    pair.both("build", "--quiet")
    folder = pair.folders["windows"]
    report = "output/甲党支部/甲党支部-自查报告.docx"
    hold = subprocess.Popen(
        ["wine", str(BIN / "hold.exe"), report], cwd=folder, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    check(hold.stdout.readline().startswith(b"open"), "hold.exe opened the report")
    for of_system in pair.folders.values():
        ledger = of_system / "input/干部在线学习.csv"
        ledger.write_text(ledger.read_text("utf-8").replace(",50,40", ",60,30"), "utf-8")
    before = (folder / report).read_bytes()
    code, out, err = run("windows", folder, ["build", "--quiet"])
    check(code == 1 and "甲党支部-自查报告.docx" in out and "打开着" in out, f"a report that is open: {code}\n{out}\n{err}")
    check((folder / report).read_bytes() == before, "the report that is open is as it was")
    other = folder / "output/乙党支部/乙党支部-自查报告.docx"
    check(other.stat().st_mtime > (folder / report).stat().st_mtime, "the others are written")
    hold.stdin.close()
    hold.wait()
    for system, of_system in pair.folders.items():
        code, out, err = run(system, of_system, ["build", "--quiet"])
        check(code == 0, f"once it is closed, on {system}: {code}\n{out}\n{err}")
    pair.compare("a report that was open is written by the next run")


def processes(word):
    """Those of this trial's wine alone: what is found here is killed."""
    own = f"WINEPREFIX={ENVIRONMENT['WINEPREFIX']}".encode()
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = path.with_name("environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if "zicha.exe" in line and word in line and own in environment:
            found.append(int(path.parent.name))
    return found


def wait_until(holds, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if found := holds():
            return found
        time.sleep(0.1)
    return None


def nothing_outlives_its_parent():
    pair = Pair("杀掉", small(["甲党支部"], limited_time(3600)))
    build = subprocess.Popen(
        command("windows", ["build", "--quiet"]), cwd=pair.folders["windows"], env=ENVIRONMENT,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    readers = wait_until(lambda: processes("read-worker"))
    check(readers, "a build starts a reader")
    parents = [process for process in processes("build") if process not in processes("read-worker")]
    check(parents, "the build is a process")
    for process in parents:
        os.kill(process, signal.SIGKILL)
    check(wait_until(lambda: not processes("read-worker")), "no reader outlives its build")
    build.wait()


def page():
    pair = Pair("网页", small(["甲党支部"]))
    server = subprocess.Popen(
        command("windows", ["serve", "--port", "0"]), cwd=pair.folders["windows"], env=ENVIRONMENT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    line = server.stdout.readline().decode()
    address = re.search(r"http://[^\s]+", line)
    check(address, f"serve prints its address: {line}")
    if address:
        text = urllib.request.urlopen(address.group(), timeout=60).read().decode()
        check("进度" in text, f"the page: {text[:300]}")
    for process in processes("serve"):
        os.kill(process, signal.SIGKILL)
    server.wait()


def double_click():
    folder = TRIAL / "双击 一下"
    folder.mkdir()
    for name in ("zicha.exe", "bcryptprimitives.dll"):
        shutil.copy(BIN / name, folder / name)
    browser = TRIAL / "browser"
    browser.mkdir()
    opened = browser / "opened"
    script = browser / "xdg-open"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{opened}"\n')
    script.chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{browser}:{os.environ['PATH']}"}
    # The file manager of wine starts a program that it is given, as after a double click.
    explorer = subprocess.Popen(
        ["wine", "explorer.exe", "/desktop=shell", "zicha.exe"], cwd=folder, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    address = wait_until(lambda: opened.exists() and re.search(r"http://[^\s]+", opened.read_text()), 180)
    check(address, f"a double click opens the browser; the folder has {sorted(path.name for path in folder.iterdir())}")
    check((folder / "自查/templates").is_dir() or (folder / "templates").is_dir(), "a double click makes a project")
    if address:
        text = urllib.request.urlopen(address.group(), timeout=60).read().decode()
        check("机电工程学院党总支" in text, f"the page with the sample reports: {text[:300]}")
    for process in processes(""):
        os.kill(process, signal.SIGKILL)
    explorer.kill()
    explorer.wait()


def main():
    subprocess.run(["wineboot", "-i"], env=ENVIRONMENT, check=True, capture_output=True, timeout=PATIENCE)
    parts = [
        main_paths, finals_and_packages, reserved_names_in_a_package, names, long_paths, hostile_files, processor_time, console, file_open_in_word,
        nothing_outlives_its_parent, page, double_click,
    ]
    chosen = sys.argv[3:]
    for part in parts:
        if chosen and part.__name__ not in chosen:
            continue
        started, failed = time.time(), len(FAILED)
        part()
        print(f"{part.__name__}: {'ok' if len(FAILED) == failed else 'FAILED'} ({time.time() - started:.0f} s)", flush=True)
    subprocess.run(["wineserver", "-k"], env=ENVIRONMENT, check=False)
    print(f"{PASSED} passed, {len(FAILED)} failed")
    sys.exit(bool(FAILED))


main()

"""Sets the course up from nothing but Python, then opens it or tests it.

    python3 course.py            open your own copy of the lessons, in my_lessons, with JupyterLab
                                 (options, such as --no-browser, are handed on to it)
    python3 course.py open 05    begin with lesson 5
    python3 course.py reset 03   make lesson 3 as new, and keep what you had beside it
    python3 course.py progress   say which exercises you have done
    python3 course.py test       run the unit tests and every notebook (further words go to pytest)
    python3 course.py slides     make slides of every lesson, for a browser (for instructors);
                                 `slides --pdf` prints hand-outs and scripts, too
    python3 course.py editions   make the lessons without solutions, and with (for instructors)
    python3 course.py refresh    run every notebook and store its outputs (for authors)
    python3 course.py browser    run the tests that drive a real browser (for authors)
    python3 course.py site       make the lessons into a site with search (for authors)
    python3 course.py set-up     make .venv and stop; `set-up authors` adds the authors' packages

On Windows, write `py` for `python3`. Packages go into the folder .venv beside this file and
nowhere else; the first start downloads them, later ones need no network.
"""

# Plain old Python only: a Python too old or too new for the course must still read this file,
# so that it can say so.

import hashlib
import os
import platform
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
LESSONS = os.path.join(HERE, "notebooks")
COPY = "my_lessons"
SETTINGS = os.path.join(HERE, "learner", "jupyterlab")  # defaults, which the reader's own overrule
OLDEST, NEWEST = (3, 11), (3, 13)


def reason_it_cannot_run(version, system, machine):
    """One sentence for a Python or a machine that TensorFlow has no package for, else None."""
    have = "%d.%d" % version[:2]
    if not OLDEST <= version[:2] <= NEWEST:
        return (
            "This course needs Python 3.11, 3.12 or 3.13, and this is Python %s, for which there "
            "is no TensorFlow 2.21: install one of those beside it, and start the course with "
            "`python3.12 course.py` (on Windows `py -3.12 course.py`)." % have
        )
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "TensorFlow 2.21 is not made for Intel Macs (or this is an Intel Python on an Apple "
            "chip: then install the arm64 one): use a machine with Linux, Windows or an Apple chip."
        )
    if system == "Windows" and machine.upper() not in ("AMD64", "X86_64"):
        return (
            "TensorFlow 2.21 is not made for Windows on %s: use the course under WSL, where it "
            "runs as on Linux." % machine
        )
    if sys.maxsize < 2**32:
        return "This is a 32-bit Python, and TensorFlow needs a 64-bit one: install that."
    return None


def venv_python():
    """The path of the Python inside .venv."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def fingerprint(requirements):
    """What the installed packages depend on: when it changes, they are installed anew."""
    what = hashlib.sha256(sys.version.encode() + HERE.encode())
    for name in (requirements, "requirements.txt", "pyproject.toml"):
        with open(os.path.join(HERE, name), "rb") as file:
            what.update(file.read())
    return what.hexdigest()


def set_up(for_authors=False):
    """Make .venv and install the packages into it, unless that is done already."""
    if not has_been_installed("requirements.txt"):
        print("Setting up the course in .venv (about 700 MB to download, a few minutes) ...")
        sys.stdout.flush()
        uv = shutil.which("uv")
        if uv:
            make = [uv, "venv", "--quiet", "--clear", "--no-project"]
            make += ["--python", sys.executable, VENV]
        else:
            make = [sys.executable, "-m", "venv", "--clear", VENV]
        run_or_stop(make)
        install("requirements.txt")
    if for_authors and not has_been_installed("requirements-authors.txt"):
        print("Adding the authors' packages to .venv ...")
        sys.stdout.flush()
        install("requirements-authors.txt")


def stamp_of(requirements):
    """The file that says which packages of a list are in .venv."""
    return os.path.join(VENV, "installed-" + requirements)


def has_been_installed(requirements):
    """Whether .venv holds what a list of packages asks for."""
    if not os.path.exists(stamp_of(requirements)):
        return False
    with open(stamp_of(requirements)) as file:
        return file.read() == fingerprint(requirements)


def install(requirements):
    """Install a list of packages into .venv, and note it there."""
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", venv_python()]
    else:
        command = [venv_python(), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check"]
    run_or_stop(command + ["-r", requirements])
    with open(stamp_of(requirements), "w") as file:
        file.write(fingerprint(requirements))


def run_or_stop(command):
    """Run one command of the set-up; if it fails, say what that means and stop."""
    if subprocess.call(command, cwd=HERE) != 0:
        sys.exit(
            "\nThe course could not be set up; the lines above say why: no network? disk full? "
            "a Python without venv, as on Debian (install uv, or the package python3-venv)? "
            "Mend that and run the same command again; nothing else is needed."
        )


def lesson_named(number):
    """The file of the lesson with a number, such as "05" or "5"; without such a lesson, stop."""
    lessons = sorted(name for name in os.listdir(LESSONS) if name.endswith(".ipynb"))
    for name in lessons:
        if name[:2] == number.zfill(2):
            return name
    there = ", ".join(name[:2] for name in lessons)
    sys.exit("There is no lesson %r: give the number of one, which is %s." % (number, there))


def main(words):
    """Do what the words of the command line ask for, and return the exit status."""
    reason = reason_it_cannot_run(sys.version_info, platform.system(), platform.machine())
    if reason:
        sys.exit(reason)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")):
        words = ["open"] + words
    task, rest = words[0], words[1:]
    first = lesson_named("1")
    if task == "reset":
        rest = [lesson_named(word) for word in rest or [""]]
    elif task == "open" and rest and not rest[0].startswith("-"):
        first, rest = lesson_named(rest[0]), rest[1:]
    commands = {
        # not `jupyter lab`, which may be another's; SETTINGS: that it does not ask about its news
        "open": ["-m", "jupyterlab", os.path.join(COPY, first)]
        + ["--LabApp.app_settings_dir=" + SETTINGS],
        "reset": ["-m", "learner.own_copy", "reset"],
        "progress": ["-m", "learner.progress_file"],
        "test": ["-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"],
        "slides": ["-m", "authoring.slides"],
        "editions": ["-m", "authoring.editions"],
        "refresh": ["-m", "authoring.refresh"],
        "browser": ["-m", "pytest", "-m", "browser"],
        "site": ["-m", "authoring.site"],
        "set-up": None,
    }
    if task not in commands:
        sys.exit(__doc__)
    if task == "open" and hasattr(os, "geteuid") and os.geteuid() == 0:
        rest = ["--allow-root"] + rest  # in a container everybody is root
    set_up(for_authors=task in ("browser", "site") or words == ["set-up", "authors"])
    if task == "set-up":
        return 0
    try:
        if task == "open":
            status = subprocess.call([venv_python(), "-m", "learner.own_copy"], cwd=HERE)
            if status:
                return status
        return subprocess.call([venv_python()] + commands[task] + rest, cwd=HERE)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Sets the course up from nothing but Python, then opens it or tests it.

    python3 course.py            open your own copy of the lessons, in my_lessons, with JupyterLab
                                 (options, such as --no-browser, are handed on to it)
    python3 course.py open 05    begin with lesson 5
    python3 course.py reset 03   make lesson 3 as new, and keep what you had beside it
    python3 course.py progress   say which exercises you have done
    python3 course.py test       run the unit tests and every notebook (further words go to pytest)
    python3 course.py ready      say whether all that the course needs is there
    python3 course.py slides     make slides of every lesson, for a browser (for instructors);
                                 `slides --pdf` prints hand-outs and scripts, too
    python3 course.py editions to_solve   make a zip without solutions, to hand out (for
                                 instructors); `editions solved` makes lessons with them
    python3 course.py present 02 open lesson 2 to teach it live, large and empty (for instructors)
    python3 course.py results FOLDER      run what a class handed in, exercise by exercise (for
                                 instructors)
    python3 course.py sheets     make a sheet for each lesson: minutes, questions (for instructors)
    python3 course.py wheelhouse FOLDER   put all packages into a folder, for machines without a
                                 network: there, `set-up --from FOLDER` installs them
    python3 course.py new-exercise 1.7 "Title"    write an exercise to begin with (for authors)
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
ENDED = -9  # how a program ends that the system takes the memory from
UNKNOWN_INSTRUCTION = (-4, 132, 0xC000001D)  # how a program ends that uses one


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


def set_up(for_authors=False, wheels=None):
    """Make .venv and install the packages into it, unless that is done already.

    From a folder of wheels, if one is named, and else from the internet.
    """
    # who had the authors' packages keeps them, also where .venv is made anew
    had_them = os.path.exists(stamp_of("requirements-authors.txt"))
    for_authors = for_authors or (had_them and not wheels)
    if not has_been_installed("requirements.txt"):
        if not os.access(HERE, os.W_OK):
            sys.exit("%s cannot be written: put the course into a folder of yours." % HERE)
        cost = "from %s" % wheels if wheels else "about 700 MB to download"
        print("Setting up the course in .venv (%s, a few minutes) ..." % cost)
        sys.stdout.flush()
        uv = shutil.which("uv")
        if uv:
            make = [uv, "venv", "--quiet", "--clear", "--no-project"]
            make += ["--python", sys.executable, VENV]
        else:
            make = [sys.executable, "-m", "venv", "--clear", VENV]
        run_or_stop(make)
        install("requirements.txt", wheels)
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


def install(requirements, wheels=None):
    """Install a list of packages into .venv, and note it there."""
    uv = shutil.which("uv")
    if uv:
        # compiled now, as pip does: else the first cell of a lesson would do that, 6 s each time
        # where Python may not write it down (PYTHONDONTWRITEBYTECODE, as in many containers)
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode"]
        command += ["--python", venv_python()]
    else:
        command = [venv_python(), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check"]
    if wheels:
        command += ["--no-index", "--find-links", wheels]
    run_or_stop(command + ["-r", requirements])
    with open(stamp_of(requirements), "w") as file:
        file.write(fingerprint(requirements))


def make_wheelhouse(folder):
    """Put the packages for machines like this one, with this Python, into a folder."""
    uv = shutil.which("uv")
    if uv:
        pip = [uv, "run", "--quiet", "--no-project", "--python", sys.executable]
        pip += ["--with", "pip", "python", "-m", "pip"]
    else:
        set_up()
        pip = [venv_python(), "-m", "pip"]
    with open(os.path.join(HERE, "requirements.txt")) as file:
        wanted = [line.split("#")[0].strip() for line in file]
    wanted = [line for line in wanted if line and not line.startswith("-e")]
    wanted.append("setuptools>=77")  # installs the course itself: see pyproject.toml
    os.makedirs(folder, exist_ok=True)
    run_or_stop(pip + ["download", "--quiet", "--only-binary", ":all:", "-d", folder] + wanted)
    print(
        "The packages are in %s, for this system and Python %d.%d. On a machine without a network:"
        % ((folder,) + sys.version_info[:2])
    )
    print("    python3 course.py set-up --from FOLDER")
    return 0


def told_to(words):
    """What `set-up` is told by the words behind it, or None if they make no sense."""
    if words in ([], ["authors"]):
        return {"for_authors": bool(words)}
    if len(words) == 2 and words[0] == "--from" and os.path.isdir(words[1]):
        return {"wheels": os.path.abspath(words[1])}
    return None


def is_not_in_this_copy(command):
    """Whether a command needs a folder that the edition for learners leaves out."""
    room = {"pytest": "tests"}.get(command[1], command[1].split(".")[0]) if command else ""
    return room in ("tests", "authoring") and not os.path.isdir(os.path.join(HERE, room))


def run_or_stop(command):
    """Run one command of the set-up; if it fails, say what that means and stop."""
    if subprocess.call(command, cwd=HERE) != 0:
        sys.exit(
            "\nThe course could not be set up; the lines above say why: no network? disk full? "
            "a Python without venv, as on Debian (install uv, or the package python3-venv)? "
            "Mend that and run the same command again; nothing else is needed. Where there is no "
            "network, packages come from a folder: `python3 course.py set-up --from FOLDER`, made "
            "by `python3 course.py wheelhouse FOLDER` where there is one, for the same system and "
            "Python."
        )


# What others set for their own programs, and what would lead this course's Python astray.
OTHERS = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET", "PIP_USER")
OTHERS += ("KERAS_BACKEND", "MPLBACKEND", "TF_USE_LEGACY_KERAS")


def clear_the_way():
    """Give all that is started from here an environment, and a home, that will do."""
    for name in OTHERS:
        os.environ.pop(name, None)
    os.environ.setdefault("PYTHONUTF8", "1")  # whatever letters the terminal knows
    if "PIP_INDEX_URL" in os.environ:  # of an institution: pip heeds it, uv does not
        os.environ.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
    if not os.access(os.path.expanduser("~"), os.W_OK):  # none, as some containers have it
        os.environ["HOME"] = os.path.join(HERE, ".home")
        if os.access(HERE, os.W_OK) and not os.path.isdir(os.environ["HOME"]):
            os.mkdir(os.environ["HOME"])


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
        "ready": ["-m", "helpers.ready"],
        "editions": ["-m", "authoring.editions"],
        "present": ["-m", "authoring.present"],
        "results": ["-m", "authoring.results"],
        "sheets": ["-m", "authoring.sheets"],
        "new-exercise": ["-m", "authoring.new_exercise"],
        "refresh": ["-m", "authoring.refresh"],
        "browser": ["-m", "pytest", "-m", "browser"],
        "site": ["-m", "authoring.site"],
        "set-up": None,
        "wheelhouse": None,
    }
    told = told_to(rest) if task == "set-up" else {"for_authors": task in ("browser", "site")}
    if task not in commands or told is None or (task == "wheelhouse" and len(rest) != 1):
        sys.exit(__doc__)
    if task == "wheelhouse":
        return make_wheelhouse(os.path.abspath(rest[0]))
    if is_not_in_this_copy(commands[task]):
        sys.exit(
            "This copy of the course has what learners need, and `%s` is for instructors and "
            "authors. Whether all is there says `python3 course.py ready`." % task
        )
    if task in ("open", "present") and hasattr(os, "geteuid") and os.geteuid() == 0:
        rest = rest + ["--allow-root"]  # in a container everybody is root
    set_up(**told)
    if task == "set-up":
        return 0
    try:
        if task == "open":
            status = subprocess.call([venv_python(), "-m", "learner.own_copy"], cwd=HERE)
            if status:
                return status
        status = subprocess.call([venv_python()] + commands[task] + rest, cwd=HERE)
    except KeyboardInterrupt:
        return 130
    if status == ENDED:
        print("The system has ended it, most often because memory ran out: close other programs.")
    if status in UNKNOWN_INSTRUCTION:
        print("This processor is too old for TensorFlow, which needs AVX: use another machine.")
    return status


if __name__ == "__main__":
    clear_the_way()
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")

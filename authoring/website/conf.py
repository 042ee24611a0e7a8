"""How Sphinx makes the site; authoring/site.py says from what."""

import re

import exercises
import helpers
from authoring.site import foot

project = "Three ways to a Keras model"
author = f"The authors of {project}"
copyright = author
html_title = project

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"  # the lessons are shown as they are stored
nb_merge_streams = True
nb_code_prompt_show = "Show the answer"  # to a guess: all that is folded
nb_code_prompt_hide = "Hide the answer"
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]  # anchors of terms: see authoring/glossary.py
napoleon_use_rtype = False

html_theme = "furo"
html_theme_options = foot()
html_static_path = ["static"]
html_extra_path = ["extra"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_use_index = False
html_domain_indices = False
html_scaled_image_link = False
html_copy_source = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def setup(app):
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", as_restructuredtext, priority=400)  # before napoleon


def as_restructuredtext(app, what, name, value, options, lines):
    """Write a docstring, in which `code` is as in Markdown; a public function's name is a link."""
    public = {*helpers.__all__, *exercises.__all__}

    def written(match):
        if not match[1]:
            return r"\_"  # at the end of a word, it would be a link
        return f":py:obj:`{match[1]}`" if match[1] in public else f"``{match[1]}``"

    lines[:] = re.sub(r"`([^`]+)`|_(?!\w)", written, "\n".join(lines)).split("\n")

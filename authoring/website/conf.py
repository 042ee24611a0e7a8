"""How Sphinx makes the site: read by `build.py`, which says from what."""

project = "Three ways to a Keras model"
author = f"The authors of {project}"
copyright = author
html_title = project

extensions = ["myst_nb"]
nb_execution_mode = "off"  # the lessons are shown as they are stored
nb_merge_streams = True
nb_code_prompt_show = "Show the answer"  # to a guess: all that is folded
nb_code_prompt_hide = "Hide the answer"
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["static"]
html_extra_path = ["extra"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_use_index = False
html_scaled_image_link = False
html_copy_source = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

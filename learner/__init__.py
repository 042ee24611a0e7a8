"""A learner's own copy of the lessons, and the progress that is kept in it."""

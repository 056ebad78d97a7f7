"""Sphinx extension of this book: formulas in checked answers, marks at exercises."""

from __future__ import annotations

from docutils import nodes
from html_nodes import add_renderer, html, mark, parsed
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

ANSWER = '<div class="answer'


class AnswerRenderer:
    """A plug-in of MyST-NB: the formulas in a checked answer become document nodes."""

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        if data.mime_type == "text/html" and data.string.startswith(ANSWER):
            box = html("div", parsed(data.string), Class="output text_html")
            return [box]
        return None


class MarkExercises(SphinxPostTransform):
    """A mark with the link to it beside the title of each exercise."""

    default_priority = 400

    def run(self, **kwargs):
        exercises = (exercise_node, exercise_enumerable_node)
        for title in list(self.document.findall(nodes.title)):
            exercise = title.parent
            if isinstance(exercise, exercises) and exercise["ids"]:
                title += mark(exercise["ids"][0], "exercise")


def setup(app: Sphinx) -> dict[str, bool]:
    add_renderer(app, AnswerRenderer)
    app.add_post_transform(MarkExercises)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

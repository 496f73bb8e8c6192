"""A training -> one HTML file: the data, the course, and how well it predicts, pictures inside."""

import base64
import math
from dataclasses import dataclass

from derive.environment import environment
from derive.training import pictures
from derive.training.data import Plan, Run, Start
from derive.training.run import Course
from derive.training.scores import ClassScores, Scores


@dataclass(frozen=True)
class Picture:
    """An image as a data: address, and what it shows."""

    source: str
    shows: str


def report_html(
    start: Start, plan: Plan, run: Run, course: Course, remarks: tuple[str, ...], *, file: str
) -> str:
    """The report. Pictures are left out where matplotlib is not installed."""
    html = environment().overlay(autoescape=True)
    return html.get_template("html/report.html.jinja").render(
        model=run.model,
        run=run,
        plan=plan,
        course=course,
        start=start,
        remarks=remarks,
        file=file,
        classes=course.scores if isinstance(course.scores, ClassScores) else None,
        numbers=() if isinstance(course.scores, ClassScores) else course.scores,
        share=lambda part: "–" if math.isnan(part) else f"{part:.3f}",
        pictures=_pictures(course, run.model.error),
    )


def _pictures(course: Course, error: str) -> tuple[Picture, ...]:
    try:
        curve = pictures.loss(course, error)
    except ImportError:
        return ()
    return (Picture(_address(curve), f"{error} of every pass"), *_of_scores(course.scores))


def _of_scores(found: Scores) -> tuple[Picture, ...]:
    if isinstance(found, ClassScores):
        return (Picture(_address(pictures.confusion(found)), "The classes of the validation rows"),)
    return tuple(
        Picture(_address(pictures.residuals(each)), f"{each.target} of the validation rows")
        for each in found
    )


def _address(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()

"""The links of the lecture on the page for lecturers open what they promise."""

from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from d2lutils import meanfield

pytestmark = pytest.mark.browser
LINKS = "#ten-minutes-from-links ol a"
# Words of what is said in the window, link by link.
SAID = [
    "What happens to the gradient on its way through 50 layers of ReLU with gain 1?",
    "the gradient vanishes",
    "the gradient keeps its size",
    "50 layers of ReLU with gain 1.41, each x + branch?",
    "the gradient keeps its size",
    "all inputs merge",
]


def norms(settings):
    depth = int(settings["depth"])
    skip = {"none": None, "1": 1.0, "1/sqrt(L)": depth**-0.5}[settings["skip"]]
    gain, activation = float(settings["gain"]), settings["activation"]
    return meanfield.gradient_norms(depth, activation, gain, skip)


def test_each_link_opens_its_figure_in_the_whole_window(book, chromium):
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    lecturers = (book / "chapters" / "lecturers.html").as_uri()
    page.goto(lecturers)
    for link, said in zip(page.locator(LINKS).all(), SAID, strict=True):
        address = urlsplit(link.get_attribute("href"))
        name, query = address.fragment.split("?")
        settings = dict(parse_qsl(query))
        link.click()
        shown = page.locator(f"#{name} .d2lutils-figure.fig-full")
        shown.wait_for()
        assert said in shown.locator(".fig-sentence").inner_text()
        assert shown.locator(".fig-ask button").count() == (3 if "ask" in query else 0)
        assert shown.bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
        got = shown.evaluate("figure => figure.figureResult")
        if "skip" in settings:
            np.testing.assert_allclose(got["norms"], norms(settings), rtol=1e-9)
        else:
            scales = float(settings["gain"]), float(settings["bias_scale"])
            place = meanfield.phase(*scales)
            np.testing.assert_allclose(got["chi"], place.chi, rtol=1e-9)
        page.go_back()  # one step leads back to the list
        page.wait_for_url(f"{lecturers}*")
    assert faults == []
    page.close()


def test_scaled_branches_end_at_about_the_root_of_e():
    ends = norms({"depth": 50, "activation": "relu", "gain": 2**0.5, "skip": "1"})
    assert ends[0] == pytest.approx(2.0**25)
    ends = norms(
        {"depth": 50, "activation": "relu", "gain": 2**0.5, "skip": "1/sqrt(L)"}
    )
    assert ends[0] == pytest.approx(np.exp(0.5), rel=0.01)

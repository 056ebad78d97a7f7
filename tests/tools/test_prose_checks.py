"""What `make lint` and `make links` find, and what they leave alone."""

import http.server
import threading

import links
import pytest
import styles

spelling = pytest.importorskip("spelling", reason="only the tests bring a dictionary")


@pytest.fixture(scope="module")
def dictionary():
    return spelling.SpellChecker(language="en")


WORDS = set(spelling.WORDS.read_text(encoding="utf8").split())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The gradeint vanishes.", ["gradeint"]),
        (
            "Recieve teh minimum, occurence of a seperable set",
            ["Recieve", "teh", "occurence", "seperable"],
        ),
        (
            "We minimise, regularise, generalise; the colour of a neighbour in the "
            "centre.",
            [],
        ),
        (
            "We minimize the color of a neighbor in the center.",
            ["minimize", "color", "neighbor", "center"],
        ),
        ("The size of a prize: oversized, sized, seizing.", []),
        ("*Is optimization a sufficient language?* asks its title.", []),
        ('He says that "optimization is not at all" what is hard.', []),
        ("PyTorch and NumPy's arrays, Recht's slides", []),
        ("pytorch", ["pytorch"]),
        ("The Hessian's eigenvalues don't vanish.", []),
    ],
)
def test_words_are_right_british_or_known(text, wrong, dictionary):
    assert spelling.misspelt(text, WORDS, dictionary) == wrong


def test_only_prose_is_read_and_all_of_it(tmp_path, dictionary):
    (tmp_path / "sources").mkdir()
    page = tmp_path / "sources" / "page.md"
    page.write_text(
        """---
kernelspec: {name: python3, display_name: wrongone}
---

(wrongtwo)=
# A titel

```{admonition} Take care
:class: wrongthree
The texxt of a box, with `wrongfour`, $wrongfive$ and {cite}`wrongsix`, [a lnik](wrongseven.md).
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: A currve.
  figure:
    caption: Two
      lniess.
---
wrongeight = 1
```

$$ \\wrongnine $$

```{beside-start} Proof: a title
```
What foldds.
```{beside-end}
```
"""
    )
    found = spelling.misspelt(spelling.prose(page), set(), dictionary)
    assert sorted(found) == ["currve", "foldds", "lniess", "lnik", "texxt", "titel"]


def test_the_word_list_is_needed_and_sorted(dictionary):
    """What the dictionary knows by itself has no place in it."""
    listed = spelling.WORDS.read_text(encoding="utf8").split()
    assert len(listed) == len(set(listed))
    assert listed == sorted(listed, key=str.casefold)
    assert [
        word for word in listed if not spelling.misspelt(word, set(), dictionary)
    ] == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.css", ".a { color: red; }\n", []),
        (
            "a.css",
            ".a { color: red; width: 1px; color: blue; }\n",
            ["color stands twice"],
        ),
        ("a.css", ".a { width: 9px; width: 1dvh; }\n", []),
        ("a.css", ".a { color: var(--nowhere); }\n", ["--nowhere is defined nowhere"]),
        ("a.css", ".a { --b: 1px; width: var(--b); color: var(--pst-x); }\n", []),
        ("a.css", "@media print { .a { color red; } }\n", ["before {} block"]),
        ("a.css", ".a { color: red; } }\n", ["before {} block"]),
        ("a.js", "const a = 1; // one\n", ["a comment beside code"]),
        ("a.js", 'const a = "https://b";\n// one\n', []),
        ("a.js", "a" * 89 + "\n" + "b" * 88 + "\n", ["89 characters, at most 88"]),
    ],
)
def test_scripts_and_style_sheets(name, text, found, tmp_path):
    (tmp_path / name).write_text(text)
    said = [what for _, what in styles.faults(tmp_path / name)]
    assert len(said) == len(found)
    assert all(expected in what for expected, what in zip(found, said, strict=True))


@pytest.fixture
def site(tmp_path):
    """Two pages that link to each other, and elsewhere."""
    (tmp_path / "a.html").write_text(
        '<h1 id=top>A</h1>\n<a href="b.html#there">1</a><a href="#top">2</a><a '
        'href="c/data.txt">3</a>\n'
        '<a href="b.html#gone">4</a><a href="d.html">5</a><a '
        'href="http://127.0.0.1:{port}/x#y">6</a>'
    )
    (tmp_path / "b.html").write_text(
        '<a name="there"></a><a href="a.html">7</a><a href="mailto:a@b">8</a>'
    )
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "data.txt").write_text("")
    return tmp_path


def test_links_within_the_book_have_to_arrive(site, capsys, monkeypatch):
    pages = links.read(site)
    assert list(links.broken(pages)) == [
        "a.html:3: b.html#gone: no such place on that page",
        "a.html:3: d.html: no such file",
    ]
    monkeypatch.setattr("sys.argv", ["links.py", str(site)])
    with pytest.raises(SystemExit, match="2 links do not arrive"):
        links.main()
    assert (
        "2 pages, 8 links, 1 addresses elsewhere (not asked)" in capsys.readouterr().out
    )


class Answers(http.server.BaseHTTPRequestHandler):
    """A site on this machine: /200 is there, /404 is gone, /403 wants no robots."""

    def do_GET(self):
        self.send_response(int(self.path[1:4]))
        self.end_headers()

    def log_message(self, *_):
        pass


def test_addresses_elsewhere_are_asked_on_request(site, monkeypatch, capsys):
    server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}"
    hrefs = "".join(f'<a href="{home}/{code}">x</a>' for code in (200, 403, 404))
    (site / "a.html").write_text(f'{hrefs}<a href="http://127.0.0.1:1/closed">y</a>')
    monkeypatch.setattr("sys.argv", ["links.py", str(site), "--external"])
    with pytest.raises(SystemExit, match="1 links do not arrive"):
        links.main()
    server.shutdown()
    said = capsys.readouterr().out
    assert f"\na.html: {home}/404: 404" in said
    assert f"not known: a.html: {home}/403: 403" in said
    assert "not known: a.html: http://127.0.0.1:1/closed: " in said

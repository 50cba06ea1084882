"""Rendered HTML as a reader sees it: elements in order, their text; refuses what is not balanced."""

from html.parser import HTMLParser

VOID = {"br", "hr", "input"}


class HtmlTree(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements = []  # (tag, attributes)
        self.events = []
        self.text = ""
        self._open = []
        self.feed(html)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}: {attrs}"
        self.elements.append((tag, dict(attrs)))
        self.events.append(("start", tag, sorted((name, value or "") for name, value in attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag
        self.events.append(("end", tag))

    def handle_data(self, data):
        self.text += data
        self.events.append(("text", data))

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def tags(self):
        return [tag for tag, _ in self.elements]

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

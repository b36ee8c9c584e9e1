#!/usr/bin/env python3
"""Renders an asciicast (version 2) as an SVG that plays by itself.

  Tools/cast-to-svg.py docs/session.cast > docs/session.svg

The screen is PyPI's pyte. Each row that differs is drawn once; a picture that does not move
(prefers-reduced-motion) shows the last screen.
"""
import html
import json
import sys

import pyte

WIDTH, HEIGHT, MARGIN = 8.4, 18, 12
# Pictures closer together than this are one, and none waits longer than that.
SHORTEST, LONGEST = 0.08, 2.5
LAST = 5.0
COLORS = {
    "default": "#d0d0d0", "black": "#5c6370", "red": "#e06c75", "green": "#98c379",
    "brown": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2",
    "white": "#ffffff"}


class Stream(pyte.Stream):
    """With SU, by which tmux scrolls, and which pyte does not know."""

    csi = {**pyte.Stream.csi, "S": "scroll_up"}
    events = pyte.Stream.events | {"scroll_up"}


class Screen(pyte.Screen):
    """pyte does not keep what is dim; blinking is free for it."""

    def scroll_up(self, count=1):
        row = self.cursor.y
        self.cursor.y = self.margins.bottom if self.margins else self.lines - 1
        for _ in range(count or 1):
            self.index()
        self.cursor.y = row

    def select_graphic_rendition(self, *attributes, private=False):
        translated = []
        for attribute in attributes or (0,):
            translated += {2: [5], 22: [22, 25]}.get(attribute, [attribute])
        super().select_graphic_rendition(*translated)


def color(cell):
    name = cell.bg if cell.reverse else cell.fg
    if cell.reverse and name == "default":
        return "#1b1d23"
    return COLORS.get(name.replace("bright", "")) or f"#{name}"


def row(screen, index):
    """The row as SVG, without its place."""
    cells = screen.buffer[index]
    runs = []
    for column in range(screen.columns):
        cell = cells[column]
        style = (color(cell), cell.bold, cell.blink, cell.reverse)
        if runs and runs[-1][1] == style:
            runs[-1][2] += cell.data
        elif cell.data.strip() or cell.reverse:
            runs.append([column, style, cell.data])
        elif runs:
            runs[-1][2] += cell.data
    text = ""
    for column, (fill, bold, dim, reverse), data in runs:
        data = data if reverse else data.rstrip()
        if not data:
            continue
        x = round(column * WIDTH, 1)
        length = round(len(data) * WIDTH, 1)
        if reverse:
            text += f'<rect x="{x}" y="-14" width="{length}" height="{HEIGHT}" fill="#d0d0d0"/>'
        look = ' font-weight="bold"' * bold + ' opacity=".55"' * dim
        text += f'<text x="{x}" textLength="{length}" fill="{fill}"{look}>{html.escape(data)}</text>'
    return text


def pictures(header, events):
    """When each picture begins, in seconds of the playing, and its rows."""
    screen = Screen(header["width"], header["height"])
    stream = Stream(screen)
    found, clock, last = [], 0.0, 0.0
    for index, (at, kind, text) in enumerate(events):
        if kind != "o":
            continue
        stream.feed(text)
        following = events[index + 1][0] if index + 1 < len(events) else at + LAST
        if following - at < SHORTEST:
            continue
        rows = [row(screen, number) for number in range(screen.lines)]
        cursor = None if screen.cursor.hidden else (screen.cursor.x, screen.cursor.y)
        if found:
            clock += min(at - last, LONGEST)
        last = at
        if not found or found[-1][1:] != (rows, cursor):
            found.append((clock, rows, cursor))
    return found, clock + LAST


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        header, *events = (json.loads(line) for line in file)
    found, length = pictures(header, events)
    width = round(header["width"] * WIDTH + 2 * MARGIN)
    height = header["height"] * HEIGHT + 2 * MARGIN
    known, definitions, body, style = {}, "", "", ""
    for number, (begin, rows, cursor) in enumerate(found):
        end = found[number + 1][0] if number + 1 < len(found) else length
        uses = ""
        for index, content in enumerate(rows):
            if not content:
                continue
            if content not in known:
                known[content] = f"r{len(known)}"
                definitions += f'<g id="{known[content]}">{content}</g>'
            uses += f'<use href="#{known[content]}" y="{index * HEIGHT + 14}"/>'
        if cursor:
            x, y = round(cursor[0] * WIDTH, 1), cursor[1] * HEIGHT
            uses += f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="#d0d0d0" opacity=".6"/>'
        is_last = number + 1 == len(found)
        body += f'<g class="p{" z" * is_last}" style="animation-name:k{number}">{uses}</g>\n'
        first, after = 100 * begin / length, 100 * end / length
        style += (
            f"@keyframes k{number}{{0%{{visibility:hidden}}{first:.3f}%{{visibility:visible}}"
            + ("" if is_last else f"{after:.3f}%{{visibility:hidden}}")
            + f"100%{{visibility:{'visible' if is_last else 'hidden'}}}}}\n")
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
          f'viewBox="0 0 {width} {height}" font-family="ui-monospace,Menlo,Consolas,monospace" '
          f'font-size="14" xml:space="preserve">')
    print("<title>A conversation between chatserve (above) and chatclient (below)</title>")
    print(f"<style>.p{{visibility:hidden;animation:{length:.2f}s step-end infinite}}\n{style}"
          "@media(prefers-reduced-motion){.p{animation:none}.z{visibility:visible}}</style>")
    print(f'<defs>{definitions}</defs><rect width="100%" height="100%" rx="8" fill="#1b1d23"/>')
    print(f'<g transform="translate({MARGIN},{MARGIN})">\n{body}</g></svg>')


if __name__ == "__main__":
    main()

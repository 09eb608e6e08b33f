"""Charts as Vega-Lite specifications: one definition for the page, and through vl-convert for PDF and slides.

`rows` is a list of dicts. Colours, fonts and dark mode come from the page's tokens, so a spec names no colour
except through `tone`. Decimal and date values are made JSON-plain here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

Row = Mapping[str, Any]
Spec = dict[str, Any]

# Vega format strings by kind; the browser sets the locale of the page.
FORMATS = {"count": "~s", "number": ",.2~f", "percent": ".1%", "money": "~s", "integer": ",d"}


class Common(TypedDict, total=False):
    """What every chart over two fields takes."""

    series: str | None
    x_title: Any
    y_title: Any
    x_kind: str | None
    format: str
    height: int
    labels: Mapping[str, Any] | None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _values(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _kind_of(values: list[dict[str, Any]], field: str) -> str:
    for row in values:
        value = row.get(field)
        if value is None:
            continue
        if isinstance(value, int | float):
            return "quantitative"
        text = str(value)
        if len(text) >= 10 and text[4:5] == "-" and text[7:8] == "-" and text[:4].isdigit():
            return "temporal"
        return "nominal"
    return "nominal"


def _chart(
    mark: str,
    rows: Iterable[Row],
    x: str,
    y: str,
    *,
    mark_options: dict[str, Any],
    zero: bool,
    series: str | None = None,
    x_title: Any = "",
    y_title: Any = "",
    x_kind: str | None = None,
    format: str = "count",
    height: int = 220,
    stack: bool | None = None,
    horizontal: bool = False,
    sort: Any = None,
    labels: Mapping[str, Any] | None = None,
) -> Spec:
    import altair as alt
    from altair.utils import schemapi

    schemapi.disable_debug_mode()  # checking every part against the schema takes half the time
    values = _values(rows)
    kind: Any = x_kind or _kind_of(values, x)
    number_format = FORMATS.get(format, format)
    category = alt.X if not horizontal else alt.Y
    measure = alt.Y if not horizontal else alt.X
    # Explicit Undefined keeps Altair from writing nulls into the spec.
    category_options: dict[str, Any] = {"type": kind, "title": str(x_title) if x_title else None}
    if kind != "quantitative" and sort is not None:
        category_options["sort"] = sort
    measure_options: dict[str, Any] = {
        "type": "quantitative",
        "title": str(y_title) if y_title else None,
        "axis": alt.Axis(format=number_format),
        "scale": alt.Scale(zero=zero),
    }
    if stack is not None:
        measure_options["stack"] = stack
    encodings: dict[str, Any] = {
        "y" if horizontal else "x": category(x, **category_options),
        "x" if horizontal else "y": measure(y, **measure_options),
        "tooltip": [
            alt.Tooltip(x, type=kind, title=str(x_title or x)),
            *(
                [alt.Tooltip(series, type="nominal", title=str((labels or {}).get(series, series)))]
                if series
                else []
            ),
            alt.Tooltip(y, type="quantitative", title=str(y_title or y), format=number_format),
        ],
    }
    if series:
        encodings["color"] = alt.Color(series, type="nominal", title=None)
    chart = getattr(alt.Chart(alt.Data(values=values)), f"mark_{mark}")(**mark_options).encode(**encodings)
    spec: Spec = chart.properties(width="container", height=height).to_dict(validate=False)
    spec.pop("config", None)  # the page's theme decides
    spec["usermeta"] = {
        "krm": {"x": x, "y": y, "series": series, "xTitle": str(x_title or x), "yTitle": str(y_title or y)}
    }
    return spec


def line(
    rows: Iterable[Row],
    x: str,
    y: str,
    *,
    zero: bool = False,
    points: bool = False,
    **common: Unpack[Common],
) -> Spec:
    options = {"point": points} if points else {}
    return _chart("line", rows, x, y, mark_options=options, zero=zero, **common)


def area(
    rows: Iterable[Row],
    x: str,
    y: str,
    *,
    stack: bool = True,
    **common: Unpack[Common],
) -> Spec:
    options = {"line": True, "opacity": 0.18}
    stacked = stack if common.get("series") else None
    return _chart("area", rows, x, y, mark_options=options, zero=True, stack=stacked, **common)


def bar(
    rows: Iterable[Row],
    x: str,
    y: str,
    *,
    horizontal: bool = False,
    stack: bool | None = None,
    sort: Any = None,
    **common: Unpack[Common],
) -> Spec:
    common["x_kind"] = common.get("x_kind") or "ordinal"
    return _chart(
        "bar", rows, x, y, mark_options={}, zero=True, horizontal=horizontal, stack=stack, sort=sort, **common
    )


def scatter(
    rows: Iterable[Row],
    x: str,
    y: str,
    *,
    series: str | None = None,
    x_title: Any = "",
    y_title: Any = "",
    x_format: str = "count",
    format: str = "count",
    height: int = 260,
    label: str | None = None,
    log: bool = False,
) -> Spec:
    """One point a row; `label` names it in the tooltip; `log` puts both axes on a logarithmic scale."""
    spec = _chart(
        "point", rows, x, y, series=series, x_title=x_title, y_title=y_title, x_kind="quantitative", format=format,
        height=height, mark_options={"filled": True, "opacity": 0.75, "size": 48}, zero=False,
    )  # fmt: skip
    encoding = spec["encoding"]
    encoding["x"]["axis"] = {"format": FORMATS.get(x_format, x_format)}
    encoding["x"]["scale"] = {"zero": False}
    if log:
        encoding["x"]["scale"]["type"] = encoding["y"]["scale"]["type"] = "log"
    if label:
        encoding["tooltip"].insert(0, {"field": label, "type": "nominal", "title": ""})
    return spec


def donut(
    rows: Iterable[Row], category: str, value: str, *, format: str = "count", height: int = 200
) -> Spec:
    """Parts of a whole, few of them; prefer a bar for more than five."""
    import altair as alt

    values = _values(rows)
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_arc(innerRadius=height * 0.28, outerRadius=height * 0.45)
        .encode(
            theta=alt.Theta(value, type="quantitative"),
            color=alt.Color(category, type="nominal", title=None),
            tooltip=[
                alt.Tooltip(category, type="nominal"),
                alt.Tooltip(value, type="quantitative", format=FORMATS.get(format, format)),
            ],
        )
        .properties(width="container", height=height)
    )
    spec: Spec = chart.to_dict(validate=False)
    spec.pop("config", None)
    spec["usermeta"] = {
        "krm": {"x": category, "y": value, "series": None, "xTitle": category, "yTitle": value}
    }
    return spec


def rule(spec: Spec, value: Any, label: Any = "") -> Spec:
    """The same chart with a horizontal target line."""
    values = [{"target": _plain(value), "label": str(label)}]
    layers = [
        {"mark": spec.pop("mark"), "encoding": spec.pop("encoding")},
        {
            "data": {"values": values},
            "mark": {"type": "rule", "strokeDash": [4, 4]},
            "encoding": {"y": {"field": "target", "type": "quantitative"}},
        },
    ]
    if label:
        layers.append(
            {
                "data": {"values": values},
                "mark": {"type": "text", "align": "left", "dy": -6, "x": 4},
                "encoding": {
                    "y": {"field": "target", "type": "quantitative"},
                    "text": {"field": "label", "type": "nominal"},
                },
            }
        )
    spec["layer"] = layers
    return spec


def table_of(spec: Spec) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows of a chart's data, for readers who want numbers instead of marks."""
    meta = spec.get("usermeta", {}).get("krm", {})
    data = spec.get("data", {})
    values: Sequence[dict[str, Any]] = data.get("values") or next(iter(spec.get("datasets", {}).values()), [])
    fields = [
        (meta.get("x"), meta.get("xTitle")),
        (meta.get("series"), meta.get("series")),
        (meta.get("y"), meta.get("yTitle")),
    ]
    fields = [(name, title) for name, title in fields if name]
    if not fields and values:
        fields = [(key, key) for key in values[0]]
    return [str(title) for _name, title in fields], [
        [row.get(name) for name, _title in fields] for row in values
    ]

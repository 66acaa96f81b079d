"""Values that programs and people send, by mistake or with intent."""

from typing import Any

from hypothesis import strategies as st

TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "\u202egnp.exe",
    "\u2066",
    "\ufeff",
    "\U0010ffff",
    "\ufffe",
    "İı",
    "ﷺ" * 40,
    "e" + "\u0301" * 300,
    "x" * 10_000,
    "ﬃ" * 999,
    "%",
    "\\",
    "'; drop table customer; --",
    "null",
    "NaN",
    "-1",
    "9" * 400,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0000-00-00T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-W01-1T00:00:00Z",
    "2024-01-01T00:00:00.123456789Z",
    "2024-01-01T00:00:00+99:99",
    "customer_",
    "customer_0",
    f"customer_{'0' * 32}",
    f"CUSTOMER_{'A' * 32}",
    f"customer_{'f' * 32} ",
    f"partner_{'0' * 32}",
    f"customer_{{{'0' * 30}}}",
    "customer_urn:uuid:00000000000000000000000000000000",
    "00000000-0000-0000-0000-000000000000",
    "W10",
    "WyJjdXN0b21lcnMiXQ",
    "bnVsbA",
    "IT",
    "it-IT",
    "admin@[127.0.0.1]",
    "a@" + "b" * 250 + ".example",
    "xn--a.example",
    "+" * 31,
    "+39 " + "0" * 26,
    "wingtiptoys.onmicrosoft.com.",
    "ⓦⓘⓝⓖ",
]
OTHERS: list[Any] = [
    None,
    True,
    0,
    -1,
    501,
    2**31,
    -(2**63),
    2**63,
    1e308,
    0.1,
    [],
    [[]],
    [None],
    ["x"] * 600,
    {},
    {"id": 1},
    {"__proto__": {}},
]


def deep(levels: int) -> Any:
    """A list in a list in a list …"""
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


anything = st.one_of(
    st.sampled_from([*TEXTS, *OTHERS, deep(200)]),
    # What JSON can say; a lone surrogate it cannot.
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=40),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=6,
    ),
)
texts = st.sampled_from(TEXTS) | st.text(max_size=60)

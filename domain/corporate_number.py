"""The corporate number (法人番号): 13 digits, the first of which checks the other twelve (財務省令)."""

from __future__ import annotations

import re

_DIGITS_13 = re.compile(r"[0-9]{13}")


def is_corporate_number(number: str) -> bool:
    """The first digit is 9 - (sum of Pn * Qn mod 9), where P counts the others from the right and Q is 1, 2, 1, 2, …"""
    if _DIGITS_13.fullmatch(number) is None:
        return False
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number[1:])))
    return int(number[0]) == 9 - weighed % 9

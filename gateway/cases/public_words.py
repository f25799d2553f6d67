"""What the public text of a case must be like, wherever somebody writes it."""

from gateway.cases.identity import shows_a_number

_LONGEST_TITLE = 200
_A_NUMBER = "Masih ada nomor yang tampak seperti NIK atau nomor HP. Samarkan dulu."


def public_problems(title: str, public_text: str) -> dict[str, str]:
    """Return what keeps a title and a text from the public, by field."""
    problems: dict[str, str] = {}
    if not 0 < len(title.strip()) <= _LONGEST_TITLE:
        problems["title"] = "Tulis judul publik, paling panjang 200 huruf."
    if not public_text.strip():
        problems["public_text"] = "Tulis isi publik."
    for name, text in (("title", title), ("public_text", public_text)):
        if shows_a_number(text):
            problems[name] = _A_NUMBER
    return problems

"""What a password of a member of staff must be like, and how it is kept: for all who set one.

Long and not easy to guess; no rules about kinds of letters, which make people write it down
(NIST SP 800-63B, section 3.1.1.2).
"""

from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.errors import InvalidInputError

SHORTEST: Final = 8
LONGEST: Final = 200
# OWASP's least for argon2id: a login must not take the memory of a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_FEWEST_DIFFERENT = 4  # 11111111, abababab
_FIGURES_ONLY = 12  # a shorter number is a date of birth or a telephone number
_UNMASKED = str.maketrans("013457@$!", "oieastasi")
# What people in Indonesian offices take first, without the figures and signs that they add.
_COMMON_WORDS = """
    password passwort passw0rd katasandi sandi sandiku rahasia rahasiaku rahasiasaya admin
    administrator superadmin operator petugas pimpinan bupati walikota sekda kabupaten kecamatan
    kelurahan desa diskominfo kominfo dinas pemkab pemda pemkot inspektorat aduan pengaduan lapor
    qwerty qwertyui qwertyuiop asdfgh asdfghjk asdfghjkl zxcvbnm qazwsx qazwsxedc abcdefgh
    indonesia merdeka pancasila garuda jakarta bismillah alhamdulillah assalamualaikum sayang
    sayangku cintaku akucinta iloveyou ilovehim welcome selamat selamatdatang letmein changeme
    gantisaya gantisandi ubahsaya default master komputer computer internet telkomsel persib
    persija football monkey dragon sunshine princess superman keluarga mamapapa ayahibu terserah
    lupasandi tidaktahu passwordku passwordsaya
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether this password was kept as this hash."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker settings than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def check(password: str, username: str = "") -> None:
    """Let a new password pass that is long enough and not among the first to be tried.

    Raises:
        InvalidInputError: says why not, under ``password``.
    """
    words = problem(password, username)
    if words:
        raise InvalidInputError({"password": words})


def problem(password: str, username: str = "") -> str:
    """Return what is wrong with a new password in words, or nothing."""
    if len(password) < SHORTEST:
        return f"Kata sandi paling sedikit {SHORTEST} huruf."
    if len(password) > LONGEST:
        return f"Kata sandi paling panjang {LONGEST} huruf."
    if _is_easy(password, username):
        return "Kata sandi ini mudah ditebak. Pilih yang lain, misalnya tiga kata yang tidak umum."
    return ""


def _is_easy(password: str, username: str) -> bool:
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_DIFFERENT or (plain.isdigit() and len(plain) < _FIGURES_ONLY):
        return True
    own = {_letters(username), _letters(username.partition("@")[0])} - {""}
    core = {_letters(plain), _letters(plain.translate(_UNMASKED))}
    core |= {_letters(plain.rstrip("0123456789@$!").translate(_UNMASKED))}
    return not core.isdisjoint(_COMMON | own) or _runs_on(plain)


def _letters(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalpha())


def _runs_on(plain: str) -> bool:
    """Whether each sign is the next one after the one before it, or each the one before."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps in ({1}, {-1})

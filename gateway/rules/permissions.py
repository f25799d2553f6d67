"""What each role may do: the one table. Every route and every step names a permission of it.

Whose cases a role sees is another question; `store.visibility.seen_by` answers that one.
"""

from collections.abc import Mapping
from enum import StrEnum

from store.models.staff import Role


class Permission(StrEnum):
    """Something that a member of staff may do or not."""

    OPEN_INBOX = "open_inbox"  # Kotak Masuk of Diskominfo: queues, cases, conversations
    HANDLE_CASES = "handle_cases"  # ask, reply, note, mend, put away
    OPEN_IDENTITY = "open_identity"  # unmask, with a reason
    RECORD_CASES = "record_cases"  # Catat aduan
    DECIDE_CASES = "decide_cases"  # disposisi, Bukan Kewenangan, groups, parts, conflicts
    ANSWER_CASES = "answer_cases"  # correct and send answers
    KEEP_TEXTS = "keep_texts"  # ready-made texts and macros of the own office
    WORK_AT_PD = "work_at_pd"  # Kotak Masuk PD
    HEAR_PD_WORK = "hear_pd_work"  # first to be told of cases; the head where nobody else is
    LEAD_PD = "lead_pd"  # assign inside the PD
    OPEN_ORIGINALS = "open_originals"  # attachments as they came, with all that is in them
    OPEN_FILES = "open_files"  # attachments, in the copy that is theirs
    LIST_CASES = "list_cases"  # the list Aduan, its views
    SHARE_VIEWS = "share_views"
    SEE_SHARED_VIEWS = "see_shared_views"
    SEARCH_PERSONS = "search_persons"  # by telephone number or NIK
    EXPORT_CASES = "export_cases"
    SEE_MONITOR = "see_monitor"  # figures of the leadership
    BLOCK_SENDERS = "block_senders"  # for a while, and lift it
    SEE_UNMASKINGS = "see_unmaskings"  # whose identity was opened, by whom and why
    GIVE_DIRECTIVES = "give_directives"  # Arahan to a PD
    SEE_DIRECTIVES = "see_directives"  # those about one's own cases or office
    HEAR_DAILY_LIST = "hear_daily_list"  # of what is late, in one's own chat
    KEEP_CHANNELS = "keep_channels"  # Kesehatan kanal
    KEEP_SETTINGS = "keep_settings"  # Pengaturan: PDs, categories, calendar, texts
    KEEP_GOVERNMENT = "keep_government"  # Pengaturan: name, numbers, hours, clocks, import
    KEEP_ACCOUNTS = "keep_accounts"  # people, their roles, their second step
    HELP_PD_LOGIN = "help_pd_login"  # a new password for heads and officers of PDs


_P = Permission
_OFFICE = frozenset(
    {_P.OPEN_INBOX, _P.HANDLE_CASES, _P.OPEN_IDENTITY, _P.RECORD_CASES, _P.OPEN_FILES,
     _P.LIST_CASES, _P.SEE_SHARED_VIEWS, _P.SEARCH_PERSONS, _P.SEE_DIRECTIVES}
)  # fmt: skip
_AGENCY = frozenset({_P.WORK_AT_PD, _P.OPEN_FILES, _P.LIST_CASES, _P.SEE_DIRECTIVES})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN_DISKOMINFO: _OFFICE
    | {_P.DECIDE_CASES, _P.ANSWER_CASES, _P.SHARE_VIEWS, _P.EXPORT_CASES, _P.SEE_MONITOR,
       _P.SEE_UNMASKINGS, _P.OPEN_ORIGINALS, _P.KEEP_CHANNELS, _P.KEEP_SETTINGS, _P.KEEP_TEXTS,
       _P.BLOCK_SENDERS, _P.HELP_PD_LOGIN},
    Role.OPERATOR: _OFFICE,
    Role.KEPALA_PD: _AGENCY | {_P.LEAD_PD, _P.EXPORT_CASES, _P.KEEP_TEXTS},
    Role.PETUGAS_PD: _AGENCY | {_P.HEAR_PD_WORK},
    Role.INSPEKTORAT: _AGENCY
    | {_P.SEE_UNMASKINGS, _P.HEAR_PD_WORK, _P.LEAD_PD, _P.EXPORT_CASES, _P.KEEP_TEXTS},
    Role.PIMPINAN: frozenset(
        {_P.LIST_CASES, _P.SEE_SHARED_VIEWS, _P.EXPORT_CASES, _P.SEE_MONITOR, _P.HEAR_DAILY_LIST,
         _P.GIVE_DIRECTIVES, _P.SEE_DIRECTIVES}
    ),
    Role.SUPERADMIN: frozenset(
        {_P.KEEP_CHANNELS, _P.KEEP_SETTINGS, _P.KEEP_GOVERNMENT, _P.KEEP_ACCOUNTS}
    ),
}  # fmt: skip


def holders(permission: Permission) -> frozenset[Role]:
    """Return the roles that have a permission."""
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)

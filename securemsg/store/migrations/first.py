"""Version 1 of the schema.

Identifiers of rows are positive; where a column may refer to nothing it holds 0 or an
empty blob, because no column is ever NULL. The numbers of states are those of the enums in
the repositories.
"""

from typing import Final

_OWNER: Final = (
    """create table owner(
        id integer primary key check (id = 1),
        account blob not null,
        device blob not null,
        name text not null,
        host text not null,
        port integer not null,
        pin blob not null,
        mailbox blob not null,
        link_secret blob not null,
        mailbox_key blob not null,
        registered integer not null,
        created_at integer not null
    ) strict""",
    """create table tokens(
        token blob not null primary key,
        state integer not null,
        contact integer not null,
        created_at integer not null
    ) strict, without rowid""",
)

_CONTACTS: Final = (
    """create table contacts(
        id integer primary key autoincrement,
        alias text not null,
        alias_key text not null unique,
        name text not null,
        account blob not null unique,
        trust text not null,
        trust_before text not null,
        claimant blob not null,
        claim_link text not null,
        list_version integer not null,
        accepted integer not null,
        shown blob not null,
        created_at integer not null,
        read_up_to integer not null
    ) strict""",
    """create table addresses(
        contact integer not null primary key references contacts(id) on delete cascade,
        host text not null,
        port integer not null,
        pin blob not null,
        mailbox blob not null,
        token blob not null,
        shelf blob not null
    ) strict""",
)

_SESSIONS: Final = (
    """create table books(
        id integer primary key autoincrement,
        contact integer not null references contacts(id) on delete cascade,
        device blob not null,
        generation integer not null,
        used_at integer not null,
        unique (contact, device)
    ) strict""",
    "create index books_used on books(used_at)",
    """create table sessions(
        id integer primary key autoincrement,
        book integer not null references books(id) on delete cascade,
        session blob not null unique,
        reduced integer not null,
        record blob not null
    ) strict""",
    "create index sessions_book on sessions(book)",
    """create table skipped(
        session blob not null references sessions(session) on delete cascade,
        chain integer not null,
        n integer not null,
        key blob not null,
        skipped_at integer not null,
        primary key (session, chain, n)
    ) strict, without rowid""",
)

_MESSAGES: Final = (
    """create table messages(
        id integer primary key autoincrement,
        contact integer not null references contacts(id) on delete cascade,
        direction integer not null,
        message_id blob not null,
        sent_at integer not null,
        stored_at integer not null,
        kind integer not null,
        text text not null,
        raw blob not null,
        state integer not null,
        failure text not null,
        printed integer not null,
        unique (contact, direction, message_id)
    ) strict""",
    # Covers both the pages of a conversation and the count of what is unread in it.
    "create index messages_order on messages(contact, id, direction)",
    "create index messages_unprinted on messages(id) where printed = 0",
    # Without `columnsize` each text costs one row less; only ranking would need it.
    """create virtual table words using fts5(
        text, content = 'messages', content_rowid = 'id', columnsize = 0,
        tokenize = 'unicode61 remove_diacritics 2'
    )""",
    # Else a deleted text's words stay in the index until segments happen to merge.
    "insert into words(words, rank) values ('secure-delete', 1)",
    """create trigger messages_added after insert on messages when new.text <> '' begin
        insert into words(rowid, text) values (new.id, new.text);
    end""",
    """create trigger messages_erased after delete on messages when old.text <> '' begin
        insert into words(words, rowid, text) values ('delete', old.id, old.text);
    end""",
)

_OUTBOX: Final = (
    """create table outbox(
        id integer primary key autoincrement,
        contact integer not null references contacts(id) on delete cascade,
        message integer not null,
        content blob not null,
        state integer not null,
        submit_id blob not null,
        envelope blob not null,
        host text not null,
        port integer not null,
        pin blob not null,
        mailbox blob not null,
        token blob not null,
        attempts integer not null,
        not_before integer not null,
        failure text not null,
        changed_at integer not null
    ) strict""",
    "create index outbox_waiting on outbox(contact, id) where state in (1, 2)",
    "create index outbox_message on outbox(message) where message > 0",
    "create unique index outbox_submit on outbox(submit_id) where submit_id <> x''",
)

_PREKEYS: Final = (
    """create table published(
        id integer primary key check (id = 1),
        generation integer not null,
        prekey_id integer not null,
        leaf_id integer not null,
        manifest blob not null
    ) strict""",
    """create table published_leaves(position integer primary key, sealed blob not null) strict""",
    """create table manifests(
        generation integer primary key,
        body_hash blob not null,
        replaced_at integer not null
    ) strict""",
    """create table leaves(
        id integer primary key,
        generation integer not null,
        record blob not null
    ) strict""",
    "create index leaves_generation on leaves(generation)",
    """create table weekly_keys(
        signed_prekey_id integer primary key,
        last_resort_id integer not null unique,
        hint blob not null unique,
        signed_prekey blob not null,
        last_resort blob not null,
        sealing blob not null,
        replaced_at integer not null
    ) strict""",
    """create table openings(
        last_resort_id integer not null references weekly_keys(last_resort_id) on delete cascade,
        opening blob not null,
        primary key (last_resort_id, opening)
    ) strict, without rowid""",
)

_UPKEEP: Final = (
    """create table received(
        submit_id blob not null primary key,
        received_at integer not null
    ) strict, without rowid""",
    """create table notes(
        id integer primary key autoincrement,
        at integer not null,
        kind text not null
    ) strict""",
    """create table reports(
        id integer primary key,
        contact integer not null references contacts(id) on delete cascade,
        device blob not null,
        kind integer not null,
        at integer not null
    ) strict""",
    "create index reports_peer on reports(contact, device, kind, at)",
)

STATEMENTS: Final = (*_OWNER, *_CONTACTS, *_SESSIONS, *_MESSAGES, *_OUTBOX, *_PREKEYS, *_UPKEEP)
"""Everything that version 1 creates."""

"""Step 4: replies, edits, reactions, receipts of reading, lifetimes, files, drafts, and how a chat is kept.

Directions are those of `messages` (1 in, 2 out, 0 nobody). Lifetimes are seconds; instants
are milliseconds, 0 for none.
"""

from typing import Final

_MESSAGES: Final = (
    # What step 3 kept of kinds that it did not know has bytes where these kinds have none or others:
    # it stays what nobody can read, under a kind that no content has.
    "update messages set kind = kind + 65536 where kind between 4 and 10",
    "alter table messages add column lifetime integer not null default 0",
    # Since counting has begun: the instant at which the message goes.
    "alter table messages add column expires_at integer not null default 0",
    "alter table messages add column quoted_author integer not null default 0",
    "alter table messages add column quoted_id blob not null default x''",
    "alter table messages add column edited_at integer not null default 0",
    # Above 0: only the place of the message is left, its words are gone.
    "alter table messages add column deleted_at integer not null default 0",
    # With the kind, so that lines like "the timer was set" do not count as unread.
    "drop index messages_order",
    "create index messages_order on messages(contact, id, direction, kind)",
    "create index messages_expiring on messages(expires_at) where expires_at > 0",
    "create index messages_uncounted on messages(contact, id) where lifetime > 0 and expires_at = 0",
    "create index messages_unsent on messages(id) where state in (2, 5)",
    "create index messages_files on messages(id) where kind = 9",
    # One trigger for both, because the order of two is not defined, and the index must
    # forget the old words before it learns the new ones.
    """create trigger messages_changed after update of text on messages when new.text <> old.text begin
        insert into words(words, rowid, text) select 'delete', old.id, old.text where old.text <> '';
        insert into words(rowid, text) select new.id, new.text where new.text <> '';
    end""",
)

_ABOUT_MESSAGES: Final = (
    """create table edits(
        id integer primary key,
        message integer not null references messages(id) on delete cascade,
        edited_at integer not null,
        text text not null
    ) strict""",
    "create index edits_message on edits(message, id)",
    """create table reactions(
        message integer not null references messages(id) on delete cascade,
        direction integer not null,
        emoji text not null,
        at integer not null,
        primary key (message, direction)
    ) strict, without rowid""",
    # What came before the message that it is about.
    """create table early(
        id integer primary key,
        contact integer not null references contacts(id) on delete cascade,
        target blob not null,
        stored_at integer not null,
        content blob not null
    ) strict""",
    "create index early_target on early(contact, target)",
    """create table read_pending(
        message integer not null primary key references messages(id) on delete cascade,
        contact integer not null references contacts(id) on delete cascade,
        due_at integer not null
    ) strict""",
    "create index read_pending_due on read_pending(due_at)",
    # `spool` names the ciphertext beside the vault; `taken` is the source's time of change (ns).
    """create table files(
        message integer not null primary key references messages(id) on delete cascade,
        direction integer not null,
        spool blob not null,
        host text not null,
        port integer not null,
        pin blob not null,
        blob blob not null,
        read blob not null,
        write blob not null,
        key blob not null,
        digest blob not null,
        size integer not null,
        stored integer not null,
        name text not null,
        type text not null,
        state integer not null,
        done integer not null,
        path text not null,
        taken integer not null,
        strip integer not null,
        removed text not null,
        failure text not null,
        attempts integer not null,
        not_before integer not null,
        expires_at integer not null
    ) strict""",
    "create index files_state on files(state)",
    # Edits, deletions and reactions that `receive` has not printed.
    """create table news(
        id integer primary key autoincrement,
        message integer not null references messages(id) on delete cascade,
        kind integer not null,
        unique (message, kind)
    ) strict""",
)

_OUTBOX: Final = (
    # The message id of what waits for a receipt, whether it has a row in `messages` or not.
    "alter table outbox add column content_id blob not null default x''",
    # Of an edit: the row whose words it carries, so that they go with it.
    "alter table outbox add column about integer not null default 0",
    # It may have left once.
    "alter table outbox add column was_sealed integer not null default 0",
    "create index outbox_content on outbox(contact, content_id) where content_id <> x''",
    "create index outbox_about on outbox(about) where about > 0",
    # A content begins with the heads of an array, of a kind below 128 and of 16 bytes.
    "update outbox set content_id = substr(content, 5, 16) where message > 0",
    "update outbox set was_sealed = 1 where state > 1",
    # Message ids that were used and have no row (any more): a repeat brings nothing back.
    """create table spent(
        contact integer not null references contacts(id) on delete cascade,
        direction integer not null,
        message_id blob not null,
        at integer not null,
        primary key (contact, direction, message_id)
    ) strict, without rowid""",
    "create index spent_at on spent(at)",
)

_SESSIONS: Final = (
    # 1: to be given up when that is allowed, unless something is opened in it before; 2: in any case.
    "alter table sessions add column doubted integer not null default 0",
    # What to ask for then, zeros for nothing.
    "alter table sessions add column asked blob not null default x'00000000000000000000000000000000'",
    "create index sessions_doubted on sessions(session) where doubted > 0",
)

_CONVERSATIONS: Final = (
    # No row says what a row of zeros says.
    """create table conversation_settings(
        contact integer not null primary key references contacts(id) on delete cascade,
        lifetime integer not null default 0,
        timer_version integer not null default 0,
        timer_by integer not null default 0,
        muted_until integer not null default 0,
        archived integer not null default 0,
        blocked integer not null default 0,
        marked_unread integer not null default 0
    ) strict""",
    # `editing` is the row of the message whose words are being changed.
    """create table drafts(
        contact integer not null primary key references contacts(id) on delete cascade,
        text text not null,
        quoted_author integer not null,
        quoted_id blob not null,
        editing integer not null,
        changed_at integer not null
    ) strict""",
    # A draft outlives neither the words that it changes nor the place that it answers.
    """create trigger drafts_after_erasure after delete on messages begin
        delete from drafts where contact = old.contact and editing = old.id;
        update drafts set quoted_author = 0, quoted_id = x'' where contact = old.contact
            and quoted_author = old.direction and quoted_id = old.message_id;
    end""",
    """create trigger drafts_after_deletion after update of deleted_at on messages
    when new.deleted_at > 0 begin
        delete from drafts where contact = new.contact and editing = new.id;
        update drafts set quoted_author = 0, quoted_id = x'' where contact = new.contact
            and quoted_author = new.direction and quoted_id = new.message_id;
    end""",
    """create table lifetime_clock(
        id integer primary key check (id = 1),
        last integer not null
    ) strict""",
    "insert into lifetime_clock(id, last) values (1, 0)",
)

STATEMENTS: Final = (*_MESSAGES, *_ABOUT_MESSAGES, *_OUTBOX, *_SESSIONS, *_CONVERSATIONS)
"""In the order in which they run."""

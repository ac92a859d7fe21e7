/*
 * Outbox, relay queue and acknowledgement: one sender, one mailbox, one receiver.
 *
 * Specs 08 (MB-7, MB-8), 09 (RL-1), 11 (CL-1 to CL-5). README.md says what is covered and what is not.
 *
 * Anything may crash or lose its connection at any step, as often as it likes, until `quiet` becomes true:
 * there are no budgets of faults, so every finite number of them is searched. A frame that was on a
 * connection when that ended is lost, or reaches the relay late, after frames of newer connections.
 *
 * A transaction is one atomic step on variables marked durable. All else dies with its process.
 *
 * Planted faults, one at a time, by -DNAME:
 *   ACCEPTED_BEFORE_DURABLE  ACKNOWLEDGED_BEFORE_COMMIT  SEEN_BEFORE_STORED  SUBMIT_ID_NOT_KEPT  NO_SEEN_IDS
 *   NO_SUBMIT_IDS  SUBMIT_IDS_GO_WITH_MESSAGES  MANY_UNANSWERED  TAKEOVER_RESUMES  NO_CURSOR_CHECK
 */

#define MESSAGES 3
#define IDS (2 * MESSAGES)  /* a planted fault gives a message a second submit id */
#define ROWS (2 * MESSAGES) /* a planted fault stores a message twice */
#define WINDOW 2            /* deliveries unacknowledged at most (MB-8) */

/* Message m goes under submit id m; under a planted fault later under m + MESSAGES. */
#define message_of(id) ((id > MESSAGES) -> (id - MESSAGES) : id)

bool quiet;                 /* no faults any more */

/* The sender's vault: durable. Entries are 1 to `written`, of which 1 to `sealed` have a submit id. */
byte written, sealed;
byte id_of[MESSAGES + 1];
bool taken[MESSAGES + 1];   /* the relay said that it has it on disk */

/* The sender's connection. */
bool sender_up;
byte unanswered;            /* the last submit without an answer, 0 if there is none */
chan submits = [2] of { byte };
chan late_submits = [1] of { byte };
chan answers = [2] of { byte, bool };

/* The relay's database: durable. A row holds a submit id, 0 if it was deleted. */
byte row[ROWS + 1];
byte newest, deleted;       /* the last row stored, the last row acknowledged */
bool known[IDS + 1];        /* submit ids accepted before */

/* The relay's memory. */
bool subscribed;
byte reached;               /* the last row delivered on this subscription */
byte aware;                 /* the newest row that the subscriber's node knows of: a hint may be lost (RL-51) */
byte unwritten;             /* accepted and not on disk: a planted fault only */

/* The receiver's vault: durable. */
bool seen[IDS + 1];
byte shown[MESSAGES + 1];

/* The receiver's connection and memory. */
bool receiver_up;
byte handled, told;         /* the last row in the vault, the last row acknowledged, on this connection */
byte half;                  /* taken and not in the vault: a planted fault only */
chan deliveries = [WINDOW] of { byte, byte };
chan acks = [1] of { byte };
chan late_acks = [1] of { byte };

/* For the properties only. */
byte copies[MESSAGES + 1];  /* how often the relay stored a message */
byte rows_of[MESSAGES + 1]; /* how many rows hold it now */
byte highest;               /* the latest message shown */
bool overtaken;             /* a message was shown after a later one */
bool hasty;                 /* an acknowledgement covered what was not in the vault */

#define ALL(p) (p(1) && p(2) && p(3))
#define kept_one(m) (!taken[m] || shown[m] || rows_of[m])
#define once_one(m) (shown[m] <= 1)
#define stored_once_one(m) (copies[m] <= 1)
#define done_one(m) (taken[m] && shown[m])

ltl kept { [] ALL(kept_one) }
ltl once { [] ALL(once_one) }
ltl ordered { [] !overtaken }
ltl committed_first { [] !hasty }
ltl stored_once { [] ALL(stored_once_one) }
ltl delivered { <> quiet -> <> [] (ALL(done_one) && deleted == newest) }

#define waits(m) (m <= sealed && !taken[m])
#define FIRST (waits(1) -> 1 : (waits(2) -> 2 : (waits(3) -> 3 : 0)))
#ifdef MANY_UNANSWERED
#define MAY_SUBMIT (unanswered < sealed)
#define NEXT (unanswered == 0 -> FIRST : unanswered + 1)
#else
#define MAY_SUBMIT (unanswered == 0)
#define NEXT FIRST
#endif

inline flush2(channel) {
    do
    :: channel?_, _
    :: empty(channel) -> break
    od
}

/* What is under way on a connection when it ends is lost or late. */
inline abandon(channel, late, frame) {
    do
    :: channel?frame ->
        if
        :: true
        :: nfull(late) -> late!frame
        fi
    :: empty(channel) -> break
    od;
    frame = 0
}

inline sender_loses(frame) {
    sender_up = false;
    unanswered = 0;
    flush2(answers);
    abandon(submits, late_submits, frame)
}

active proctype sender() {
    byte id;
    bool good;
end:
    do
    :: atomic { written < MESSAGES -> written++ }
    /* Ratchet step, envelope and submit id in one transaction, before anything leaves (CL-2). */
    :: atomic { sealed < written ->
        sealed++;
        id_of[sealed] = (id_of[sealed] -> sealed + MESSAGES : sealed) }
    :: atomic { !sender_up -> sender_up = true }
    /* One unanswered submit for a contact (CL-5). */
    :: atomic { sender_up && MAY_SUBMIT && NEXT && nfull(submits) ->
        unanswered = NEXT;
        submits!id_of[unanswered] }
    :: atomic { answers?id, good ->
        if
        :: good -> taken[message_of(id)] = true
        :: else
        fi;
        if
        :: message_of(id) == unanswered -> unanswered = 0
        :: else
        fi;
        id = 0; good = false }
    :: atomic { !quiet && sender_up -> sender_loses(id) }
#ifdef SUBMIT_ID_NOT_KEPT
    /* A crash finds entries that were sent and never committed as sealed. */
    :: atomic { !quiet && sender_up ->
        sender_loses(id);
        do
        :: sealed > 0 && !taken[sealed] -> sealed--
        :: else -> break
        od }
#endif
    od
}

inline store(id) {
    newest++;
    if
    :: subscribed -> aware = newest
    :: true /* a hint from another node that is lost; without a subscription there is none */
    fi;
    row[newest] = id;
    known[id] = true;
    copies[message_of(id)]++;
    rows_of[message_of(id)]++
}

#ifdef NO_SUBMIT_IDS
#define IS_NEW(id) true
#else
#define IS_NEW(id) (!known[id])
#endif
/* Only planted faults can fill the database. */
#define HAS_ROOM (unwritten == 0 && newest < ROWS)

/* One commit; an answer leaves after it (RL-1, MB-7). */
inline accept(id) {
#ifdef ACCEPTED_BEFORE_DURABLE
    unwritten = id
#else
    if
    :: IS_NEW(id) -> store(id)
    :: else
    fi
#endif
}

inline forget(upto, at) {
    at = deleted + 1;
    do
    :: at <= upto ->
        rows_of[message_of(row[at])]--;
#ifdef SUBMIT_IDS_GO_WITH_MESSAGES
        known[row[at]] = false;
#endif
        row[at] = 0;
        at++
    :: else -> break
    od;
    if
    :: upto > deleted -> deleted = upto
    :: else
    fi;
    at = 0;
    upto = 0
}

inline relay_crashes() {
    do
    :: submits?_
    :: late_submits?_
    :: answers?_, _
    :: deliveries?_, _
    :: acks?_
    :: late_acks?_
    :: len(submits) + len(late_submits) + len(answers) + len(deliveries) + len(acks) + len(late_acks) == 0 -> break
    od;
    sender_up = false; unanswered = 0;
    receiver_up = false; handled = 0; told = 0;
    subscribed = false; reached = 0; aware = 0; unwritten = 0
}

active proctype relay() {
    byte id, upto, at;
end:
    do
    :: atomic { HAS_ROOM && len(submits) > 0 && nfull(answers) ->
        submits?id;
        accept(id);
        answers!id, true;
        id = 0 }
    /* The connection of a late frame has ended: nobody hears the answer. */
    :: atomic { HAS_ROOM && len(late_submits) > 0 -> late_submits?id; accept(id); id = 0 }
    /* A full mailbox, or a commit that failed: nothing was stored (RL-5). */
    :: atomic { !quiet && len(submits) > 0 && nfull(answers) -> submits?id; answers!id, false; id = 0 }
#ifdef ACCEPTED_BEFORE_DURABLE
    :: atomic { unwritten ->
        if
        :: IS_NEW(unwritten) -> store(unwritten)
        :: else
        fi;
        unwritten = 0 }
#endif
    /* In order, from the oldest that is not acknowledged, within the window (MB-8). */
    :: atomic { subscribed && reached < aware && reached < deleted + WINDOW && nfull(deliveries) ->
        aware = newest;
        reached = (reached < deleted -> deleted + 1 : reached + 1);
        if
        :: reached <= newest -> deliveries!reached, row[reached]
        :: else -> reached = newest
        fi }
#ifndef NO_CURSOR_CHECK
    /* A node looks by itself now and then (RL-52). */
    :: atomic { subscribed && aware < newest -> aware = newest }
#endif
    :: atomic { len(acks) > 0 -> acks?upto; assert(upto <= newest); forget(upto, at) }
    :: atomic { len(late_acks) > 0 -> late_acks?upto; assert(upto <= newest); forget(upto, at) }
    :: atomic { !quiet -> relay_crashes() }
    od
}

inline display(id) {
    shown[message_of(id)]++;
    if
    :: message_of(id) < highest -> overtaken = true
    :: else -> highest = message_of(id)
    fi
}

/* What a transaction does with a submit id that may have been seen before (CL-3). */
inline commit(id) {
#ifdef NO_SEEN_IDS
    if
    :: shown[message_of(id)] < 2 -> display(id)
    :: else
    fi
#else
    if
    :: seen[id]
    :: else -> seen[id] = true; display(id)
    fi
#endif
}

#ifdef ACKNOWLEDGED_BEFORE_COMMIT
#define IS_COMMITTED true
#else
#define IS_COMMITTED (half == 0)
#endif

inline receiver_loses(frame) {
    receiver_up = false;
    handled = 0;
    told = 0;
    abandon(acks, late_acks, frame)
}

active proctype receiver() {
    byte n, id, at;
end:
    do
    /* A newer connection takes the subscription over; the older may still look alive to the relay (MB-8). */
    :: atomic { !receiver_up ->
        receiver_up = true;
        subscribed = true;
        aware = newest;
        flush2(deliveries);
#ifndef TAKEOVER_RESUMES
        reached = 0;
#endif
       }
    :: atomic { receiver_up && half == 0 && len(deliveries) > 0 ->
        deliveries?n, id;
        handled = n;
#if defined(ACKNOWLEDGED_BEFORE_COMMIT)
        half = id;
#elif defined(SEEN_BEFORE_STORED)
        if
        :: seen[id]
        :: else -> seen[id] = true; half = id
        fi;
#else
        commit(id);
#endif
        n = 0; id = 0 }
#if defined(ACKNOWLEDGED_BEFORE_COMMIT)
    :: atomic { half -> commit(half); half = 0 }
#elif defined(SEEN_BEFORE_STORED)
    :: atomic { half -> display(half); half = 0 }
#endif
    /* What was handled meanwhile is acknowledged together. */
    :: atomic { receiver_up && IS_COMMITTED && told < handled && nfull(acks) ->
        told = handled;
        acks!told;
        at = deleted + 1;
        do
        :: at <= told ->
            if
            :: row[at] && !shown[message_of(row[at])] -> hasty = true
            :: else
            fi;
            at++
        :: else -> break
        od;
        at = 0 }
    /* A lost connection, or a crash: the vault is as it was committed. */
    :: atomic { !quiet && receiver_up -> receiver_loses(n) }
    :: atomic { !quiet && receiver_up && half -> receiver_loses(n); half = 0 }
    od
}

active proctype calm() {
    quiet = true
}

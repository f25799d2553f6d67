"""The statement that keeps a webhook: its raw request and every message that is not known yet.

The messages travel as one JSON value: the driver turns twenty arrays into twenty times the work.
`fresh` asks the unique index once for each message; NOT EXISTS was planned as a scan of the whole
table. Conversations are written in the order of their keys, so that two batches never wait for
each other in a circle. A withdrawal that overtook its message is found by its control record.
"""

from typing import Final

_SPELT_OUT = """
WITH arrived AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS a(
        channel text, account text, sender_key text, sender text, sender_name text, aliases text,
        repliable boolean, account_scope text, dedup_scope text, external_id text, words text,
        extras text, sent_at timestamptz, seen_at timestamptz, ordered_at timestamptz,
        group_key text, reply_to text, forwarded boolean, unsupported boolean, blank boolean,
        edited_at timestamptz, position bigint)
), delivery AS (
    INSERT INTO webhook_delivery (provider, received_at, request, body, parse_error, spool_key)
    VALUES (%(provider)s, %(now)s, %(request)s, %(body)s, %(parse_error)s, %(spool_key)s)
    RETURNING id
), fresh AS (
    SELECT * FROM arrived a WHERE (
        SELECT m.id FROM message m
        WHERE m.dedup_scope = a.dedup_scope AND m.external_id = a.external_id) IS NULL
), talk AS (
    INSERT INTO conversation AS c (
        channel, account, sender_key, sender, sender_name, aliases, repliable,
        created_at, last_inbound_at, last_activity_at, dialogue_due_at)
    SELECT DISTINCT ON (channel, account, sender_key)
        channel, account, sender_key, decode(sender, 'base64'), decode(sender_name, 'base64'),
        decode(aliases, 'base64'), repliable, %(now)s::timestamptz,
        max(seen_at) OVER (PARTITION BY channel, account, sender_key),
        %(now)s::timestamptz, %(now)s::timestamptz
    FROM fresh ORDER BY channel, account, sender_key, position DESC
    ON CONFLICT (channel, account, sender_key) DO UPDATE SET
        sender = COALESCE(EXCLUDED.sender, c.sender),
        sender_name = COALESCE(EXCLUDED.sender_name, c.sender_name),
        aliases = COALESCE(EXCLUDED.aliases, c.aliases),
        repliable = EXCLUDED.repliable,
        last_inbound_at = GREATEST(c.last_inbound_at, EXCLUDED.last_inbound_at),
        last_activity_at = GREATEST(c.last_activity_at, EXCLUDED.last_activity_at),
        dialogue_due_at = LEAST(c.dialogue_due_at, EXCLUDED.dialogue_due_at),
        suppressed_reason = CASE
            WHEN c.suppressed_reason = 'opt_out' OR c.suppressed_at > EXCLUDED.last_inbound_at
            THEN c.suppressed_reason END
    RETURNING c.id, c.channel, c.account, c.sender_key
), written AS (
    INSERT INTO message (
        conversation_id, direction, dedup_scope, external_id, text, extras, sent_at,
        received_at, ordered_at, group_key, reply_to, forwarded, unsupported, blank,
        edited_at, withdrawn_at, in_draft)
    SELECT talk.id, 'in', f.dedup_scope, f.external_id, decode(f.words, 'base64'),
        decode(f.extras, 'base64'), f.sent_at, %(now)s, f.ordered_at, f.group_key, f.reply_to,
        f.forwarded, f.unsupported, f.blank, f.edited_at, w.occurred_at, false
    FROM fresh f
    JOIN talk USING (channel, account, sender_key)
    LEFT JOIN control_record w
        ON w.dedup_scope = f.account_scope AND w.event_id = 'withdrawn:' || f.external_id
    ORDER BY f.position
    ON CONFLICT (dedup_scope, external_id) DO NOTHING
    RETURNING id, dedup_scope, external_id
), attached AS (
    INSERT INTO attachment (message_id, ordinal, kind, source, declared_mime, filename, size_bytes,
        state, failure, attempts, next_attempt_at, is_identity)
    SELECT w.id, m.ordinal, m.kind, decode(m.source, 'base64'), m.declared_mime,
        decode(m.filename, 'base64'), m.size_bytes, m.state, m.failure, 0, %(now)s, false
    FROM json_to_recordset(%(media)s) AS m(dedup_scope text, external_id text, ordinal bigint,
        kind text, source text, declared_mime text, filename text, size_bytes bigint, state text,
        failure text) JOIN written w USING (dedup_scope, external_id)
    RETURNING state
), released AS (
    UPDATE outbox_part p SET status = 'queued', next_attempt_at = %(now)s, status_at = %(now)s
    FROM talk WHERE p.conversation_id = talk.id AND p.status = 'parked'
    RETURNING p.id
)
SELECT delivery.id AS delivery_id, written.id, written.dedup_scope, written.external_id,
    (SELECT count(*) FROM released) AS released,
    (SELECT count(*) FROM attached WHERE state = 'pending') AS fetchable
FROM delivery LEFT JOIN written ON true
"""

# Below 4096 characters the driver remembers how to send a statement.
RECORD: Final = " ".join(_SPELT_OUT.split())

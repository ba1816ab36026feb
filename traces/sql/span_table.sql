-- The partitioned table of spans, its catch-all partition, and the marks of touched traces.
--
-- Eight-byte columns stand first so that no row pays for alignment. `raw` is compressed by TOAST when a row
-- passes 2 kB. Days of a bounded window get their own partition (services.partitions_ensure); spans from
-- outside it, by a broken clock or an old import, go to traces_span_other.
CREATE TABLE traces_span (
    start_ns                    bigint   NOT NULL,
    end_ns                      bigint   NOT NULL,
    input_tokens                bigint,
    cache_read_input_tokens     bigint,
    cache_creation_input_tokens bigint,
    output_tokens               bigint,
    reasoning_output_tokens     bigint,
    project_id                  integer  NOT NULL,
    status                      smallint NOT NULL,
    trace_id                    bytea    NOT NULL,
    span_id                     bytea    NOT NULL,
    parent_span_id              bytea,
    name                        text     NOT NULL,
    kind                        text     NOT NULL,
    convention                  text,
    provider                    text,
    request_model               text,
    response_model              text,
    response_id                 text,
    agent                       text,
    tool                        text,
    tool_call_id                text,
    prompt_name                 text,
    prompt_version              text,
    session_id                  text,
    user_id                     text,
    state                       text,
    service                     text,
    environment                 text,
    release                     text,
    status_message              text,
    error_type                  text,
    resource_digest             bytea    NOT NULL,
    scope_digest                bytea    NOT NULL,
    raw                         bytea    NOT NULL,
    CONSTRAINT traces_span_pkey PRIMARY KEY (project_id, trace_id, span_id, start_ns),
    CONSTRAINT traces_span_trace_id_size CHECK (octet_length(trace_id) = 16),
    CONSTRAINT traces_span_span_id_size CHECK (octet_length(span_id) = 8)
) PARTITION BY RANGE (start_ns);

CREATE TABLE traces_span_other PARTITION OF traces_span DEFAULT;

CREATE TABLE traces_mark (
    project_id integer     NOT NULL,
    trace_id   bytea       NOT NULL,
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    slot       smallint    NOT NULL,
    marked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT traces_mark_pkey PRIMARY KEY (project_id, trace_id, id)
);

-- Claims take the oldest marks of one slot.
CREATE INDEX traces_mark_slot ON traces_mark (slot, id);

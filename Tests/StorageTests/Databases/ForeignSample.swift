/// Small databases as other programs write them.
enum ForeignSample {
    /// Phoenix, with costs and annotations.
    static let phoenix = """
        CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR);
        CREATE TABLE traces (id INTEGER PRIMARY KEY, project_rowid INTEGER, trace_id VARCHAR, start_time TIMESTAMP, end_time TIMESTAMP);
        CREATE TABLE spans (id INTEGER PRIMARY KEY, trace_rowid INTEGER, span_id VARCHAR, parent_id VARCHAR, name VARCHAR,
          span_kind VARCHAR, start_time TIMESTAMP, end_time TIMESTAMP, attributes JSONB, events JSONB, status_code VARCHAR,
          status_message VARCHAR, cumulative_error_count INTEGER);
        CREATE INDEX ix_model ON spans (json_extract(attributes, '$.llm.model_name'));
        CREATE TABLE span_costs (id INTEGER PRIMARY KEY, span_rowid INTEGER, total_cost FLOAT);
        CREATE TABLE span_annotations (id INTEGER PRIMARY KEY, span_rowid INTEGER, name VARCHAR, label VARCHAR, score FLOAT,
          explanation VARCHAR, annotator_kind VARCHAR, created_at TIMESTAMP);
        INSERT INTO projects VALUES(1, 'default'), (2, 'support-bot');
        INSERT INTO traces VALUES(1, 2, '5b8efff798038103d269b633813fc60c', '2025-10-11 09:00:00', '2025-10-11 09:00:03');
        INSERT INTO spans VALUES(1, 1, 'eee19b7ec3c1b173', NULL, 'chain', 'CHAIN', '2025-10-11 09:00:00.000000',
          '2025-10-11 09:00:03.000000', '{"openinference":{"span":{"kind":"CHAIN"}}}', '[]', 'OK', '', 1);
        INSERT INTO spans VALUES(2, 1, 'eee19b7ec3c1b174', 'eee19b7ec3c1b173', 'ChatCompletion', 'LLM', '2025-10-11 09:00:02.000000',
          '2025-10-11 09:00:02.400000',
          '{"openinference":{"span":{"kind":"LLM"}},"llm":{"model_name":"gpt-4o","token_count":{"prompt":120},"input_messages":[{"message":{"role":"user","content":"hi"}}]},"session":{"id":"s1"}}',
          '[{"name":"exception","timestamp":"2025-10-11T09:00:02.390000+00:00","attributes":{"exception.type":"openai.RateLimitError","exception.message":"Error code: 429","exception.escaped":false}}]',
          'ERROR', 'RateLimitError: Error code: 429', 1);
        INSERT INTO spans VALUES(3, 1, 'eee19b7ec3c1b175', 'ffffffffffffffff', 'chat', 'UNKNOWN', '2025-10-11 09:00:02.500000',
          '2025-10-11 09:00:02.900000', '{"gen_ai":{"request":{"model":"gpt-4o-mini"},"usage":{"input_tokens":120,"output_tokens":30}}}',
          '[]', 'UNSET', '', 0);
        INSERT INTO span_costs VALUES(1, 3, 0.25);
        INSERT INTO span_annotations VALUES(7, 3, 'helpful', 'yes', 1.0, 'answers', 'LLM', '2025-10-11 10:00:00');
        """
    /// An exporter's traces, generations and spans.
    static let dashboard = """
        CREATE TABLE traces (id TEXT PRIMARY KEY, name TEXT, user_id TEXT, session_id TEXT, trace_metadata TEXT, input TEXT,
          output TEXT, created_at TEXT NOT NULL, updated_at TEXT, release TEXT, tags TEXT);
        CREATE TABLE generations (id TEXT PRIMARY KEY, trace_id TEXT, name TEXT, model TEXT, model_parameters TEXT, input TEXT,
          output TEXT, input_tokens INTEGER DEFAULT 0, output_tokens INTEGER DEFAULT 0, total_tokens INTEGER DEFAULT 0,
          total_cost REAL DEFAULT 0.0, latency_ms REAL, created_at TEXT NOT NULL, updated_at TEXT, metadata TEXT,
          level TEXT DEFAULT 'DEFAULT', status_message TEXT, completion_start_time TEXT, completion_end_time TEXT);
        CREATE TABLE spans (id TEXT PRIMARY KEY, trace_id TEXT, name TEXT, start_time TEXT NOT NULL, end_time TEXT, input TEXT,
          output TEXT, metadata TEXT, level TEXT DEFAULT 'DEFAULT', status_message TEXT);
        INSERT INTO traces(id, name, created_at, tags) VALUES('t-1', 'assistant_task', '2025-10-11T09:00:00', '["assistant"]');
        INSERT INTO generations(id, trace_id, model, input_tokens, output_tokens, total_tokens, total_cost, latency_ms, created_at,
          completion_end_time, metadata) VALUES('g-1', 't-1', 'gpt-4o-mini', 120, 30, 150, 0.00004, 1.25, '2025-10-11T09:00:00',
          '2025-10-11T09:00:01.250000', '{"agent": "writer"}');
        INSERT INTO generations(id, trace_id, model, created_at, completion_end_time, level, status_message) VALUES
          ('g-2', 't-1', 'gpt-4o', '2025-10-11T09:00:02', '2025-10-11T09:00:02.400000', 'ERROR', 'Error code: 429');
        INSERT INTO generations(id, trace_id, model, created_at, level, status_message, latency_ms, output) VALUES
          ('g-3', 't-404', 'claude-3-5-sonnet', '2025-10-11T04:00:03-05:00', 'WARNING', 'retrying', 1500, '{"role": broken');
        INSERT INTO spans(id, trace_id, name, start_time, level) VALUES('s-1', 't-1', 'tool', '2025-10-11T09:00:00', 'ERROR');
        """
    /// MLflow: one trace with spans, one whose spans lie elsewhere.
    static let mlflow = """
        CREATE TABLE trace_info (request_id VARCHAR PRIMARY KEY, experiment_id INTEGER, timestamp_ms BIGINT, execution_time_ms BIGINT,
          status VARCHAR, request_preview VARCHAR, response_preview VARCHAR);
        CREATE TABLE trace_request_metadata ("key" VARCHAR, value VARCHAR, request_id VARCHAR);
        CREATE TABLE spans (trace_id VARCHAR, experiment_id INTEGER, span_id VARCHAR, parent_span_id VARCHAR, name TEXT, type VARCHAR,
          status VARCHAR, start_time_unix_nano BIGINT, end_time_unix_nano BIGINT,
          duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED, content TEXT NOT NULL,
          model_name VARCHAR, PRIMARY KEY(trace_id, span_id));
        INSERT INTO trace_info VALUES('tr-f65be59c50f0f2eb813008f38da1f53b', 1, 1760173200000, 6, 'OK', '{"ok": false}', '"hi"'),
          ('tr-00000000000000000000000000000abc', 1, 1760173300000, 6, 'ERROR', NULL, NULL);
        INSERT INTO trace_request_metadata VALUES('mlflow.trace.session', 's1', 'tr-f65be59c50f0f2eb813008f38da1f53b');
        INSERT INTO spans(trace_id, experiment_id, span_id, parent_span_id, name, type, status, start_time_unix_nano,
          end_time_unix_nano, content, model_name) VALUES
          ('tr-f65be59c50f0f2eb813008f38da1f53b', 1, '25926077c32bb0b8', '36e2463f41ba728d', 'llm_call', 'CHAT_MODEL', 'ERROR',
           1760173200001000000, 1760173200003000000,
           '{"trace_id":"9lvlnFDw8uuBMAjzjaH1Ow==","span_id":"JZJgd8MrsLg=","events":[{"name":"exception","time_unix_nano":1760173200002900000,"attributes":{"exception.message":"Error code: 429 - Rate limit reached","exception.type":"RateLimitError"}}],"status":{"code":"STATUS_CODE_ERROR","message":"RateLimitError: Error code: 429 - Rate limit reached"},"attributes":{"mlflow.llm.model":"\\"gpt-4o-mini\\"","mlflow.chat.tokenUsage":"{\\"input_tokens\\": 10, \\"output_tokens\\": 2}"}}',
           'gpt-4o-mini'),
          ('tr-f65be59c50f0f2eb813008f38da1f53b', 1, '36e2463f41ba728d', NULL, 'agent', 'AGENT', 'OK', 1760173200000000000, NULL,
           '{"events":[],"status":{"code":"STATUS_CODE_UNSET"},"attributes":{"mlflow.spanType":"\\"AGENT\\""}}', NULL);
        """
    /// The program llm's log of both generations.
    static let llm = """
        CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT, tip_message_hash TEXT, model TEXT,
          resolved_model TEXT, options_json TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER,
          datetime_utc TEXT);
        CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT, tool_name TEXT, text TEXT, payload TEXT);
        CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT,
          response TEXT, conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER,
          token_details TEXT, resolved_model TEXT);
        CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
        CREATE TABLE tool_results (id INTEGER PRIMARY KEY, response_id TEXT, name TEXT, output TEXT, tool_call_id TEXT, exception TEXT);
        INSERT INTO parts VALUES(1, 'b2:61', 0, 'text', NULL, 'hello', NULL), (2, 'b2:91', 0, 'text', NULL, 'hi', NULL);
        INSERT INTO turns VALUES('01kf2rw8jj', '01kf2rw8jh', 'b2:61', 'b2:91', 'gpt-4o-mini', NULL, NULL, 12, 3,
          '{"cached_tokens": 4}', 812, '2025-10-11T09:00:00.346301+00:00');
        INSERT INTO responses VALUES('01k1', 'gpt-4o', 'run it', NULL, NULL, '{}', '', '01k0', 400, '2025-07-01T09:00:00+00:00', 20, 0,
          NULL, NULL), ('01h0', '4o', 'hi', NULL, NULL, NULL, 'hello', NULL, NULL, '2023-11-01T10:00:00', NULL, NULL, NULL, NULL);
        INSERT INTO tool_results VALUES(1, '01k1', 'simple_eval', 'Error: division by zero', 'call_1', 'ZeroDivisionError: division by zero');
        """
    /// LiteLLM's spend log.
    static let spend = """
        CREATE TABLE "LiteLLM_SpendLogs" (request_id TEXT PRIMARY KEY, call_type TEXT, spend REAL, "startTime" TEXT, "endTime" TEXT,
          model TEXT, custom_llm_provider TEXT, metadata TEXT, cache_hit TEXT, status TEXT);
        INSERT INTO "LiteLLM_SpendLogs" VALUES('c-2', 'acompletion', 0, '2025-10-11 09:00:02.000', '2025-10-11 09:00:02.400', 'gpt-4o',
          'openai', '{"error_information": {"error_code": "429", "error_class": "RateLimitError", "error_message": "no"}}', 'None', 'failure');
        """

    static let all = [phoenix, dashboard, mlflow, llm, spend]
}

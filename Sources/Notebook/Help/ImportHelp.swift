import Ingest

/// What `help import` and the README say of sources that are refused or not wholly understood.
enum ImportHelp {
    static let paragraphs = [
        "`import langfuse://cloud.langfuse.com last 48h` (on the command line `--last 48h`; 24h by default) reads the public API of a "
            + "Langfuse server, and `follow langfuse://HOST` keeps reading it. The keys of the project come from `LANGFUSE_PUBLIC_KEY` and "
            + "`LANGFUSE_SECRET_KEY`. HTTPS is the default, HTTP on this machine (`langfuse://localhost:3000`) and with "
            + "`langfuse+http://HOST`. An interrupted import continues where it stopped when it is run again. A followed project is read at "
            + "most every ten seconds; its last half hour is read again from time to time, because observations arrive and end late.",
        "When a file is refused, the message describes its content and suggests a mapping. `import --map FIELD=COLUMN,…` names the "
            + "columns of a log, as in `import --map provider=vendor,latency_ms=took \"calls.jsonl\"`; the mapping is kept for the source, "
            + "also while it is followed. Fields: " + ColumnMap.fields.joined(separator: " ") + ".",
        "A log needs a time and something that identifies calls or errors: a model, a provider, an error, a level with a message. "
            + "Rows with a model, tokens or a cost are calls, other rows are events. A row failed when a flag, a status, an outcome, a "
            + "level or an error says so; an unknown outcome is reported but is not an error.",
        "UTF-16 and byte order marks are read. OTLP in protobuf is read as one message or as length-prefixed messages, as the "
            + "Collector's file exporter writes them without compression. Parquet, metrics and pandas tables written by column are "
            + "refused by name: export them as JSON, JSON lines (`orient=\"records\"`) or CSV.",
    ]
}

/// What `help listen` says of receiving, and `help follow` of addresses.
enum ListenHelp {
    static let paragraphs = [
        "Where the program runs that is to be observed: `export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 "
            + "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`. Traces and logs are received, as protobuf or JSON, plain, gzip or deflate, at "
            + "any path that ends in /v1/traces or /v1/logs. Metrics are counted and not stored: `OTEL_METRICS_EXPORTER=none` stops them. "
            + "gRPC and TLS are refused with what to set.",
        "A request is acknowledged when its records are stored; a request that is sent again changes nothing. When the store is busy "
            + "or more than 256 MB wait, clients are told to send again later (429 or 503 with Retry-After). A body may have 64 MB.",
        "At the prompt, `listen` and `follow otlp://127.0.0.1:4318` receive beside it until it ends, or `unfollow`. `faultline listen` "
            + "receives until Ctrl-C, also into a store that a prompt in another terminal asks. Only programs on this machine reach "
            + "127.0.0.1; `listen 0.0.0.0:4318` lets every machine of the network add records.",
    ]
}

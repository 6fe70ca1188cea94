import Testing

@testable import Ingest

@Suite("Failures in free-form metadata")
struct MetadataFailureTests {
    @Test(
        "an error with a value is found at any depth",
        arguments: [
            (#"{"error": "boom"}"#, "boom"), (#"{"response": {"error": "boom"}}"#, "boom"),
            (#"{"a": {"b": {"error": {"message": "boom"}}}}"#, #"{"message": "boom"}"#),
            (#"{"status": "failed"}"#, "status failed"), (#"{"exception": "RateLimitError"}"#, "RateLimitError"),
            (#"[{"error": true}]"#, "true"), (#""ERROR: boom""#, "ERROR: boom"), ("ERROR: boom", "ERROR: boom"),
            ("error: boom", "error: boom"), ("2026-11-20 10:00:00 ERROR boom", "2026-11-20 10:00:00 ERROR boom"),
            ("RateLimitError: slow down", "RateLimitError: slow down"), ("started\nERROR: boom", "started\nERROR: boom"),
            ("Traceback (most recent call last):\n  x", "Traceback (most recent call last):\n  x"),
        ] as [(String, String)])
    func found(_ text: String, _ message: String) {
        #expect(MetadataFailure(text)?.message == message)
    }

    @Test(
        "a field that means no error is not an error",
        arguments: [
            "", "{}", "null", #"{"error": null}"#, #"{"error": ""}"#, #"{"error": false}"#, #"{"error": {}}"#, #"{"error": 0}"#,
            #"{"error": {"message": null, "code": ""}}"#, #"{"error": "None"}"#, #"{"note": "no error here"}"#,
            #"{"status": "ok"}"#, #"{"author": 403, "max_output_tokens": 4000}"#, "no error here", "plain words", "ERROR: none",
            #"{"request": {"error": "asked for"}}"#, #"{"previous_attempt": {"error": "recovered since"}}"#, "see the ERROR log",
        ])
    func nothing(_ text: String) {
        #expect(MetadataFailure(text) == nil)
    }
}

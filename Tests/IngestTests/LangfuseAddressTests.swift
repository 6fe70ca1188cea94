import Model
import Testing

@testable import Ingest

@Suite("Addresses of Langfuse servers")
struct LangfuseAddressTests {
    @Test(
        "HTTPS is used except on this machine or where HTTP is named",
        arguments: [
            ("langfuse://cloud.langfuse.com", "https://cloud.langfuse.com"),
            ("langfuse://US.Cloud.Langfuse.com/", "https://us.cloud.langfuse.com"),
            ("LANGFUSE://example.org:8443/langfuse/", "https://example.org:8443/langfuse"),
            ("langfuse://localhost:3000", "http://localhost:3000"),
            ("langfuse://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("langfuse://127.8.9.10", "http://127.8.9.10"),
            ("langfuse://[::1]:3000", "http://[::1]:3000"),
            ("langfuse+https://localhost:3000", "https://localhost:3000"),
            ("langfuse+http://langfuse.internal:3000", "http://langfuse.internal:3000"),
            ("langfuse://127.0.0.1.example.org", "https://127.0.0.1.example.org"),
            ("langfuse://localhost.example.org", "https://localhost.example.org"),
        ])
    func bases(text: String, base: String) throws {
        #expect(LangfuseAddress.isAddress(text))
        let address = try LangfuseAddress(text)
        #expect(address.base == base)
        #expect(try LangfuseAddress(address.text) == address)
    }

    @Test(
        "addresses with keys, queries or without a host are refused, and keys are not repeated",
        arguments: [
            "langfuse://", "langfuse:///x", "langfuse://pk-lf-1:sk-lf-2@cloud.langfuse.com", "langfuse://host?key=sk-lf-2",
            "langfuse://ho st", "langfuse://host/#sk", "langfuse://ho\"st", "https://cloud.langfuse.com",
        ])
    func refused(text: String) {
        do {
            _ = try LangfuseAddress(text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(!"\(error)".contains("sk-lf-2") || !text.contains("@"), "\(error)")
        }
    }

    @Test("the URL of a page names the window in UTC and the place")
    func urls() throws {
        let address = try LangfuseAddress("langfuse://h"), from = Timestamp(seconds: 1_760_000_000), to = from + .hours(1)
        #expect(
            LangfuseList.observations.url(address, from: from, to: to, at: .page(3))
                == "https://h/api/public/observations?limit=100&fromStartTime=2025-10-09T08:53:20Z&toStartTime=2025-10-09T09:53:20Z&page=3"
        )
        let url = LangfuseList.observationsByCursor.url(address, from: from, to: to, at: .cursor("a+b/c=&"))
        #expect(url.hasPrefix("https://h/api/public/v2/observations?") && url.hasSuffix("&cursor=a%2Bb%2Fc%3D%26"))
        #expect(LangfuseList.traces.url(address, from: from, to: to, at: .start).contains("fromTimestamp="))
    }

    @Test("a page knows its rows and the next place")
    func pages() throws {
        func page(_ text: String, _ list: LangfuseList, _ place: LangfusePage.Place = .start) -> LangfusePage? {
            LangfusePage(Array(text.utf8), of: list, at: place)
        }
        let first = try #require(
            page(#"{"data":[{"id":"a"},{"id":"b"}],"meta":{"page":1,"totalItems":3,"totalPages":2}}"# + "\n", .observations))
        #expect(first.ids == ["a", "b"] && first.total == 3 && first.next == .page(2) && !first.line.contains(0x0A))
        #expect(page(#"{"data":[{"id":"c"}],"meta":{"page":2,"totalItems":3,"totalPages":2}}"#, .traces, .page(2))?.next == nil)
        #expect(page(#"{"data":[{"id":"c"}],"meta":{"cursor":"x"}}"#, .observationsByCursor)?.next == .cursor("x"))
        #expect(page(#"{"data":[],"meta":{}}"#, .observationsByCursor)?.next == nil)
        for broken in ["", "{", "[]", #"{"data":{}}"#, #"{"data":[]"#, #"{"data":[]}}"#, "<html>"] {
            #expect(page(broken, .observations) == nil, "\(broken)")
        }
    }
}

/// A text with placeholders `%name%` that get new values at each use.
struct Template: Sendable {
    /// A placeholder.
    enum Place: String, CaseIterable, Sendable {
        /// Numbers of one to six digits.
        case n1, n2, n3, n4, n5, n6
        /// Properties of the call; see `Facts`.
        case model, agent, tool, host, window, tokens, prompt, completion, limit, used, asked, wait, seconds
        /// Random ids, addresses and secrets (all fake, in the right format).
        case org, project, req, uuid, hex, ip, email, openaiKey, maskedKey, anthropicKey, googleKey, groqKey, githubToken, awsKey,
            bearer
        case url
    }

    /// Properties of a call that a text can mention.
    struct Facts: Sendable {
        var model = "", agent = "", tool = "", host = ""
        /// Tokens: the model's context window, and what the prompt and the answer would need.
        var window = 0, prompt = 0, completion = 0
        /// Tokens per minute: the limit, the amount used and the amount requested.
        var limit = 0, used = 0, asked = 0
        var waitInMilliseconds = 0, seconds = 0
    }

    private enum Piece: Sendable {
        case text(String)
        case place(Place)
    }

    private let pieces: [Piece]

    /// Parses a template; an unknown placeholder is a programming error.
    init(_ source: String) {
        var pieces: [Piece] = []
        for (index, part) in source.split(separator: "%", omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 0 {
                if !part.isEmpty { pieces.append(.text(String(part))) }
            } else if let place = Place(rawValue: String(part)) {
                pieces.append(.place(place))
            } else {
                preconditionFailure("unknown placeholder in a template: \(part)")
            }
        }
        self.pieces = pieces
    }

    /// Returns the text with all placeholders filled.
    func text(_ facts: Facts, _ random: inout RandomSource) -> String {
        if pieces.count == 1, case .text(let text) = pieces[0] { return text }
        var result = ""
        result.reserveCapacity(160)
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .place(let place): result += Template.fill(place, facts, &random)
            }
        }
        return result
    }

    private static func fill(_ place: Place, _ facts: Facts, _ random: inout RandomSource) -> String {
        switch place {
        case .n1: String(random.among(2...9))
        case .n2: String(random.among(10...99))
        case .n3: String(random.among(100...999))
        case .n4: String(random.among(1000...9999))
        case .n5: String(random.among(10_000...99_999))
        case .n6: String(random.among(100_000...999_999))
        case .model: facts.model
        case .agent: facts.agent
        case .tool: facts.tool
        case .host: facts.host
        case .window: String(facts.window)
        case .tokens: String(facts.prompt + facts.completion)
        case .prompt: String(facts.prompt)
        case .completion: String(facts.completion)
        case .limit: String(facts.limit)
        case .used: String(facts.used)
        case .asked: String(facts.asked)
        case .wait:
            facts.waitInMilliseconds < 1000
                ? "\(facts.waitInMilliseconds)ms" : "\(facts.waitInMilliseconds / 1000).\(facts.waitInMilliseconds % 1000 / 100)s"
        case .seconds: String(facts.seconds)
        case .org: "org-" + RandomText.word(24, RandomText.letters, &random)
        case .project: "proj_" + RandomText.word(24, RandomText.letters, &random)
        case .req: "req_" + RandomText.word(24, RandomText.letters, &random)
        case .uuid: RandomText.uuid(&random)
        case .hex: RandomText.word(12, RandomText.hex, &random)
        case .ip: "10.\(random.below(256)).\(random.below(256)).\(random.among(1...254))"
        case .email: RandomText.email(&random)
        case .openaiKey: "sk-proj-FAKE" + RandomText.word(44, RandomText.letters, &random)
        case .maskedKey: "sk-proj-********************************" + RandomText.word(4, RandomText.letters, &random)
        case .anthropicKey: "sk-ant-api03-FAKE" + RandomText.word(60, RandomText.letters, &random) + "AA"
        case .googleKey: "AIzaFAKE" + RandomText.word(31, RandomText.letters, &random)
        case .groqKey: "gsk_FAKE" + RandomText.word(48, RandomText.letters, &random)
        case .githubToken: "ghp_FAKE" + RandomText.word(32, RandomText.letters, &random)
        case .awsKey: "AKIAFAKE" + RandomText.word(12, RandomText.capitals, &random)
        case .bearer: "Bearer FAKE" + RandomText.word(36, RandomText.letters, &random)
        case .url: "https://files.example.com/\(RandomText.word(8, RandomText.hex, &random))/\(random.among(1...400)).pdf"
        }
    }
}

/// Random values in realistic formats.
enum RandomText {
    static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    static let hex = Array("0123456789abcdef".utf8)

    /// Returns a word of `length` random letters.
    static func word(_ length: Int, _ letters: [UInt8], _ random: inout RandomSource) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            for index in 0..<length { buffer[index] = letters[random.below(letters.count)] }
            return length
        }
    }

    /// Returns 16 lower-case hexadecimal digits.
    static func digits(_ number: UInt64) -> String { digits([number]) }

    /// Returns 32 lower-case hexadecimal digits.
    static func digits(_ high: UInt64, _ low: UInt64) -> String { digits([high, low]) }

    private static func digits(_ numbers: [UInt64]) -> String {
        String(unsafeUninitializedCapacity: numbers.count * 16) { buffer in
            for index in 0..<numbers.count * 16 {
                buffer[index] = hex[Int((numbers[index / 16] >> UInt64(60 - index % 16 * 4)) & 15)]
            }
            return numbers.count * 16
        }
    }

    /// Returns a UUID with dashes.
    static func uuid(_ random: inout RandomSource) -> String {
        [8, 4, 4, 4, 12].map { word($0, hex, &random) }.joined(separator: "-")
    }

    /// Returns an address at example.com, which is reserved.
    static func email(_ random: inout RandomSource) -> String {
        let names = ["jane.doe", "m.keller", "a.rossi", "priya.n", "tom.baker", "lena.vogt", "omar.h", "kim.park"]
        return "\(random.pick(names))\(random.among(1...99))@example.com"
    }
}

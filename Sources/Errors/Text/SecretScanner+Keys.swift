/// Values that are secret because of the key they stand behind.
extension SecretScanner {
    /// Names whose value is secret, and how sure that is.
    private static let keyNames: [(name: [UInt8], kind: SecretFind.Kind)] =
        names(
            """
            api_key apikey api-key accountkey secret_key secretkey secret_access_key client_secret access_key subscription-key \
            private_key shared_access_key signing_key encryption_key secret key sig signature
            """, .key)
        + names(
            "access_token refresh_token auth_token id_token session_token bearer_token security-token token authorization", .token
        )
        + names("password passwd pwd passphrase", .password)

    private static func names(_ words: String, _ kind: SecretFind.Kind) -> [(name: [UInt8], kind: SecretFind.Kind)] {
        words.split(separator: " ").map { (Array($0.utf8), kind) }
    }

    /// `api_key=…`, `"password": "…"`.
    func assigned(_ at: Int) -> SecretFind? {
        var nameEnd = at
        while nameEnd > 0, at - nameEnd < 4, [0x20, 0x22, 0x27, 0x5C].contains(bytes[nameEnd - 1]) { nameEnd -= 1 }
        var nameStart = nameEnd
        while nameStart > 0, nameEnd - nameStart < 48, isKeyByte(bytes[nameStart - 1]) { nameStart -= 1 }
        guard nameEnd - nameStart >= 3, let key = key(nameStart..<nameEnd) else { return nil }
        var start = at + 1
        var isQuoted = false
        while start < bytes.count, start - at < 6, [0x20, 0x22, 0x27, 0x5C].contains(bytes[start]) {
            if bytes[start] == 0x22 || bytes[start] == 0x27 { isQuoted = true }
            start += 1
        }
        let end = run(start) {
            switch $0 {
            case 0...0x20, 0x22, 0x27, 0x2C, 0x3B, 0x26, 0x29, 0x5D, 0x7D, 0x3C, 0x3E, 0x60, 0x5C: false
            default: true
            }
        }
        guard start < end, isSecretValue(start..<end, key, isAssignment: bytes[at] == 0x3D, isQuoted: isQuoted) else {
            return nil
        }
        return SecretFind(range: start..<end, kind: key.kind)
    }

    private func key(_ range: Range<Int>) -> (isSure: Bool, kind: SecretFind.Kind)? {
        for (name, kind) in SecretScanner.keyNames where name.count <= range.count {
            let start = range.upperBound - name.count
            var isSame = true
            for index in 0..<name.count {
                let byte = bytes[start + index]
                if (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) != name[index] {
                    isSame = false
                    break
                }
            }
            guard isSame, start == range.lowerBound || bytes[start - 1] == 0x5F || bytes[start - 1] == 0x2D || isCapital(start)
            else { continue }
            let isVague = name.count <= 5 || name == Array("signature".utf8)
            return (!isVague || kind == .password, kind)
        }
        return nil
    }

    private func isCapital(_ at: Int) -> Bool { bytes[at] >= 0x41 && bytes[at] <= 0x5A }

    private func isSecretValue(
        _ range: Range<Int>, _ key: (isSure: Bool, kind: SecretFind.Kind), isAssignment: Bool, isQuoted: Bool
    ) -> Bool {
        switch bytes[range.lowerBound] {
        case 0x5B, 0x7B, 0x24, 0x2A, 0x28, 0x25, 0x3D, 0x3A, 0x2F: return false
        default: break
        }
        let value = bytes[range]
        if value.contains(0x2A) || has([0x2E, 0x2E, 0x2E], at: range.upperBound - 3) { return false }
        var digits = 0, letters = 0, capitals = 0, dashes = 0
        for byte in value {
            if FoldedText.isDigit(byte) { digits += 1 } else if byte == 0x2D { dashes += 1 }
            if byte >= 0x41 && byte <= 0x5A { capitals += 1 }
            if byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A { letters += 1 }
        }
        if value.contains(0x2E) && value.contains(0x5F) && digits == 0 { return false }
        if letters == 0 && value.count < 20 { return key.kind == .password && isAssignment && value.count >= 4 }
        if !key.isSure {
            // `token: 512` and `key: name` are no secrets; ids with dashes are ids.
            return value.count >= 20 && digits >= 2 && letters >= 2 && !(value.count == 36 && dashes == 4)
        }
        if hasWord("bearer", at: range.lowerBound) || hasWord("basic", at: range.lowerBound) { return false }
        for word in ["none", "null", "true", "false", "undefined", "missing", "invalid", "required"] as [StaticString]
        where value.count == word.utf8CodeUnitCount && hasWord(word, at: range.lowerBound) { return false }
        if key.kind == .password { return value.count >= 4 && (isAssignment || isQuoted || digits > 0) }
        guard value.count >= 8 else { return false }
        return digits > 0 || capitals > 1 && letters > capitals || value.count >= 24 && isAssignment
    }
}
